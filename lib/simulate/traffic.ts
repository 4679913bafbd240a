import type { Arrival } from './arrival.ts'

/** What traffic is made for. */
export interface TrafficShape {
  limit: number
  windowMs: number
  /** What is filled, each by itself: a key, or keys that share a limit, of which one is drawn each time. */
  keys: readonly (string | readonly string[])[]
  /** Costs are drawn from 1 to this. */
  highestCost: number
  /** When it starts, at the earliest, in Unix milliseconds. Default: some instant in 2023. */
  startMs?: number
}

/** So near to a boundary, in milliseconds, requests are sent that hug it. */
const nearMs = 3

/**
 * Random traffic that finds out about a limiter: every key is filled past its limit, watched until it
 * recovers, and filled again, at rates, gaps and offsets that are drawn. Some bursts come at one instant,
 * so that their requests race; some hug a boundary, at a multiple of the window on the Unix clock or a
 * window after the last burst; and now and then a key is idle for whole windows. It lasts some three
 * windows, and as much longer as keys are idle.
 */
export function drawTraffic(shape: TrafficShape, random: () => number): Arrival[] {
  const startMs = (shape.startMs ?? 1_700_000_000_000) + random() * shape.windowMs
  return shape.keys
    .flatMap((key) => trafficOfKey(key, startMs, shape, random))
    .sort((a, b) => a.sentMs - b.sentMs)
}

function trafficOfKey(
  key: string | readonly string[],
  startMs: number,
  { limit, windowMs, highestCost }: TrafficShape,
  random: () => number,
): Arrival[] {
  const arrivals: Arrival[] = []
  let atMs = startMs + random() * windowMs * 0.3
  let endMs = startMs + windowMs * (2.6 + random())
  let burstMs = atMs
  const send = (sentMs: number) =>
    arrivals.push({ sentMs, key: oneOf(key, random), cost: 1 + Math.floor(random() * highestCost) })

  function burst(share: number, lastsMs: number): void {
    const count = Math.ceil(limit * share) + Math.floor(random() * 3)
    for (let k = 0; k < count; k++) send(lastsMs === 0 ? atMs : atMs + (k * lastsMs) / count + random() * 2)
    atMs += lastsMs
  }

  /** Ends a burst just before a boundary and leaves the next one to begin at it, or just after. */
  function hugBoundary(): void {
    const ofClockMs = Math.ceil(atMs / windowMs) * windowMs
    const ofBurstMs = burstMs + windowMs
    const boundaryMs = random() < 0.5 && ofBurstMs > atMs ? ofBurstMs : ofClockMs
    const beforeMs = boundaryMs - nearMs * random()
    if (beforeMs > atMs) {
      atMs = beforeMs
      burst(random(), 0)
    }
    atMs = Math.max(atMs, boundaryMs + (random() < 0.5 ? 0 : nearMs * random()))
  }

  function probe(untilMs: number, everyMs: number): void {
    for (; atMs < untilMs; atMs += everyMs * (0.5 + random())) send(atMs)
  }

  function idle(): void {
    const idleMs = windowMs * (1 + 2 * random())
    atMs += idleMs
    endMs += idleMs
  }

  while (atMs < endMs) {
    // Either a trickle before the burst, so that a window is half used when it comes, or none.
    if (random() < 0.3) burst(0.5 * random(), windowMs * random() * 0.5)
    if (random() < 0.3) hugBoundary()
    burstMs = atMs
    burst(1.05 + random() * 0.3, windowMs * lengthOfBurst(random()))
    probe(Math.min(endMs, atMs + windowMs * (0.7 + 0.5 * random())), windowMs / (20 + 30 * random()))
    const gap = random()
    if (gap < 0.2) atMs += windowMs * random()
    else if (gap < 0.3) idle()
  }
  return arrivals
}

function oneOf(key: string | readonly string[], random: () => number): string {
  return typeof key === 'string' ? key : (key[Math.floor(random() * key.length)] as string)
}

/** How long a burst lasts, as a share of the window. */
function lengthOfBurst(draw: number): number {
  if (draw < 0.2) return 0
  return draw < 0.6 ? 0.01 : 0.1
}
