import { setTimeout } from 'node:timers/promises'

/** What a key's limit lets through, and within which time. */
export interface KeyLimit {
  limit: number
  windowMs: number
}

/** Keeps the requests of one key below its limit: one that would use up more waits. */
export interface Pace {
  /** Waits until another request may be sent, and counts it; an aborted signal ends the waiting. */
  turn(signal?: AbortSignal): Promise<void>
  /** How long until so few of these requests count that all of the limit but its reserve is free again. */
  restMs(): number
}

/** So much of a limit is left to others who use the same key. */
const reserve = 0.2

/** For clocks of whole seconds. */
const spareMs = 1_000

/** Shorter waits are told to nobody. */
const leastToldMs = 2_000

/** How many requests may be sent within a window. */
function mostIn({ limit }: KeyLimit): number {
  return Math.max(1, Math.floor(limit * (1 - reserve)))
}

/** When the request that was so many turns ago counts no more. */
function pastMs(turnsMs: readonly number[], turnsAgo: number, { windowMs }: KeyLimit): number {
  return (turnsMs.at(-turnsAgo) ?? Number.NEGATIVE_INFINITY) + windowMs + spareMs
}

/** When the next request may be sent. */
function nextMs(limits: readonly KeyLimit[], turnsMs: readonly number[], nowMs: number): number {
  return Math.max(nowMs, ...limits.map((each) => pastMs(turnsMs, mostIn(each), each)))
}

/** How long so many requests with one key wait altogether at most where it has these limits; 0 without any. */
export function paceMs(limits: readonly KeyLimit[], requests: number): number {
  const turnsMs: number[] = []
  for (let sent = 0; sent < requests; sent++) turnsMs.push(nextMs(limits, turnsMs, turnsMs.at(-1) ?? 0))
  return turnsMs.at(-1) ?? 0
}

/** How long it takes at most after so many requests until a key's limits are free again but for their reserve. */
export function restMs(limits: readonly KeyLimit[], requests: number): number {
  const full = limits.filter((each) => requests > each.limit - mostIn(each))
  return Math.max(0, ...full.map(({ windowMs }) => windowMs + spareMs))
}

/** The time that a pace goes by. */
export interface PaceClock {
  nowMs(): number
  /** Waits; an aborted signal ends it. */
  pause(waitMs: number, signal: AbortSignal | undefined): Promise<void>
}

const realClock: PaceClock = {
  nowMs: () => performance.now(),
  async pause(waitMs, signal) {
    await setTimeout(waitMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal?.aborted) throw error
    })
  },
}

/**
 * A pace for one key. It knows of no requests but those that take turns.
 * @param onWait called before a wait that somebody would notice.
 */
export function createPace(
  limits: readonly KeyLimit[],
  onWait: (waitMs: number) => void = () => {},
  { nowMs, pause }: PaceClock = realClock,
): Pace {
  const turnsMs: number[] = []
  return {
    async turn(signal) {
      const now = nowMs()
      const at = nextMs(limits, turnsMs, now)
      turnsMs.push(at)
      if (at - now >= leastToldMs) onWait(at - now)
      if (at > now) await pause(at - now, signal)
    },
    restMs() {
      const now = nowMs()
      const freeMs = limits.map((each) => pastMs(turnsMs, each.limit - mostIn(each) + 1, each))
      return Math.max(now, ...freeMs) - now
    },
  }
}
