import type { Tally } from './ledger.ts'

/** How a run stands, for whoever watches. */
export interface Progress {
  /** Since the start of the firing. */
  elapsedMs: number
  /** Until the deadline of the plan; a run whose questions are answered ends before. */
  leftMs: number
  /** By the descriptor's name. */
  descriptors: ReadonlyMap<string, Tally & { ratePerSecond: number }>
}

/** Over how long a current rate is taken. */
const rateSpanMs = 1_000

/**
 * Makes a pure view of a run's tallies that knows the current rates: requests sent within the last
 * second, or since the last look where that is longer ago.
 */
export function createProgress(
  deadlineMs: number,
): (elapsedMs: number, tallies: ReadonlyMap<string, Tally>) => Progress {
  let looks: { elapsedMs: number; sent: Map<string, number> }[] = [{ elapsedMs: 0, sent: new Map() }]
  return (elapsedMs, tallies) => {
    const fromMs = elapsedMs - rateSpanMs
    const baseIndex = Math.max(
      0,
      looks.findLastIndex((look) => look.elapsedMs <= fromMs),
    )
    looks = looks.slice(baseIndex)
    const base = looks[0] as (typeof looks)[number]
    const spanS = Math.max(elapsedMs - base.elapsedMs, 1) / 1000
    looks.push({ elapsedMs, sent: new Map([...tallies].map(([name, { sent }]) => [name, sent])) })
    const descriptors = new Map(
      [...tallies].map(([name, tally]) => {
        const ratePerSecond = (tally.sent - (base.sent.get(name) ?? 0)) / spanS
        return [name, { ...tally, ratePerSecond }]
      }),
    )
    return { elapsedMs, leftMs: Math.max(0, deadlineMs - elapsedMs), descriptors }
  }
}
