import type { Arrival } from './arrival.ts'

/** What traffic is made for. */
export interface TrafficShape {
  limit: number
  windowMs: number
  keys: readonly string[]
  /** Costs are drawn from 1 to this. */
  highestCost: number
}

/**
 * Random traffic that finds out about a limiter: every key is filled past its limit, watched until it
 * recovers, and filled again, at rates, gaps and offsets that are drawn, with bursts within a moment
 * among them. It lasts some three windows.
 */
export function drawTraffic(
  { limit, windowMs, keys, highestCost }: TrafficShape,
  random: () => number,
): Arrival[] {
  const arrivals: Arrival[] = []
  const cost = () => 1 + Math.floor(random() * highestCost)
  const startMs = 1_700_000_000_000 + random() * windowMs
  for (const key of keys) {
    let atMs = startMs + random() * windowMs * 0.3
    const endMs = startMs + windowMs * (2.6 + random())
    const burst = (share: number, lastsMs: number) => {
      const count = Math.ceil(limit * share) + Math.floor(random() * 3)
      for (let k = 0; k < count; k++) {
        arrivals.push({ sentMs: atMs + (k * lastsMs) / count + random() * 2, key, cost: cost() })
      }
      atMs += lastsMs
    }
    const probe = (untilMs: number, everyMs: number) => {
      for (; atMs < untilMs; atMs += everyMs * (0.5 + random()))
        arrivals.push({ sentMs: atMs, key, cost: cost() })
    }
    while (atMs < endMs) {
      // Either a trickle before the burst, so that a window is half used when it comes, or none.
      if (random() < 0.3) burst(0.5 * random(), windowMs * random() * 0.5)
      burst(1.05 + random() * 0.3, windowMs * (random() < 0.5 ? 0.01 : 0.1))
      probe(Math.min(endMs, atMs + windowMs * (0.7 + 0.5 * random())), windowMs / (20 + 30 * random()))
      if (random() < 0.2) atMs += windowMs * random()
    }
  }
  return arrivals.sort((a, b) => a.sentMs - b.sentMs)
}
