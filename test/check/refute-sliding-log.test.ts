import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { drawnEvidence, expectFewRows, reasonsIn, refusedTogether } from './drawn-evidence.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

it('a sliding log is refuted just where more was let through than it holds, or at the wrong time, or too little', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(
      fc.oneof(drawnEvidence, refusedTogether),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 2, max: 14 }),
      (evidence, limit, windowUs) => {
        const { loUs, hiUs, cost, demand } = evidence
        const index = new EvidenceIndex(evidence)
        const lo = (i: number) => loUs[i] as number
        const hi = (i: number) => hiUs[i] as number
        const units = (i: number) => cost[i] as number
        const having = (...demands: number[]) =>
          [...loUs.keys()].filter((i) => demands.includes(demand[i] as number))
        const tooMuch = [1, 2, 3, 4, 5, 6, 7, 8].some((windows) =>
          having(1).some(
            (i) => index.admitted.surelyWithin(lo(i), lo(i) + windows * windowUs - 1) > windows * limit,
          ),
        )
        const whenFull = having(1, 3).some(
          (i) => index.used.surelyWithin(hi(i) - windowUs + 1, lo(i) - 1) + units(i) > limit,
        )
        const withRoom = having(2).some(
          (i) => index.possibleBeside(i, lo(i) - windowUs + 1, hi(i)) + units(i) <= limit,
        )
        // Of those under way when one of them ended, the first: none of the others was logged before it.
        const firstWithRoom = having(2).some((ended) => {
          const some = having(2).filter((i) => lo(i) <= hi(ended) && hi(i) >= hi(ended))
          if (evidence.use[ended] === 0 || some.some((i) => lo(i) < evidence.hiddenUseUntilUs)) return false
          const fromUs = Math.min(...some.map(lo)) - windowUs + 1
          const logged = [...loUs.keys()].filter(
            (i) => evidence.use[i] !== 0 && !some.includes(i) && lo(i) <= hi(ended) && hi(i) >= fromUs,
          )
          return logged.reduce((sum, i) => sum + units(i), 0) + Math.max(...some.map(units)) <= limit
        })
        const found = refuteByBounds(
          new EvidenceIndex(evidence),
          limiter('sliding-log', limit, windowUs),
          true,
        )
        expect(found.refuted).toBe(tooMuch || whenFull || withRoom || firstWithRoom)
        // They are looked for in this order.
        const kind = tooMuch
          ? 'over-admission'
          : whenFull
            ? 'admitted-when-full'
            : withRoom || firstWithRoom
              ? 'unjustified-refusal'
              : undefined
        const [reason] = reasonsIn(evidence, found)
        expect(reason?.kind).toBe(kind)
        seen.set(`${kind}`, (seen.get(`${kind}`) ?? 0) + 1)
        if (reason?.kind === 'unjustified-refusal' && reason.alike)
          seen.set('together', (seen.get('together') ?? 0) + 1)
        if (reason?.kind === 'over-admission') {
          expectFewRows(evidence, reason.rows, reason.windows * limit)
        }
        if (reason?.kind === 'admitted-when-full') {
          const own = cost[evidence.rows.indexOf(reason.admitted)] as number
          if (own <= limit) expectFewRows(evidence, reason.rows, limit - own)
        }
      },
    ),
    { numRuns: 800 },
  )
  expect(seen.size).toBe(5)
  expect(Math.min(...seen.values())).toBeGreaterThan(5)
})

describe('a sliding log of 4 in 10, of requests that cost differently', () => {
  function reason(seen: readonly Seen[]) {
    const evidence = evidenceOf(seen)
    const found = refuteByBounds(new EvidenceIndex(evidence), limiter('sliding-log', 4), true)
    return reasonsIn(evidence, found)[0]
  }

  it('is refuted by what it lets through in less than a window, and by no more than that', () => {
    const seen = (hi: number): Seen[] => [
      { lo: 3, cost: 2 },
      { lo: 5, cost: 1 },
      { lo: 6, hi, cost: 2 },
    ]
    expect(reason(seen(12))).toEqual({ kind: 'over-admission', windows: 1, rows: [0, 1, 2] })
    expect(reason(seen(13))).toBeUndefined()
  })

  it('is refuted by one let through while what was counted before it has not left the log', () => {
    const seen = (countedUs: number, hi: number): Seen[] => [
      { lo: 3, hi: countedUs, cost: 2 },
      { lo: 6, hi, cost: 3, as: 'vacant' },
    ]
    expect(reason(seen(5, 12))).toEqual({ kind: 'admitted-when-full', admitted: 1, rows: [0] })
    expect(reason(seen(5, 13))).toBeUndefined()
    expect(reason(seen(6, 12))).toBeUndefined()
  })

  it('is refuted by one refused when what may still be in the log leaves room for it', () => {
    const seen = (leftUs: number, begunUs: number): Seen[] => [
      { lo: 3, hi: leftUs, cost: 2 },
      { lo: 15, hi: 20, cost: 2, as: 'refused' },
      { lo: begunUs, cost: 1, as: 'unknown' },
    ]
    expect(reason(seen(5, 20))).toEqual({ kind: 'unjustified-refusal', refused: 1, unitsAtMost: 1 })
    expect(reason(seen(5, 21))).toEqual({ kind: 'unjustified-refusal', refused: 1, unitsAtMost: 0 })
    expect(reason(seen(6, 20))).toBeUndefined()
    expect(reason(seen(6, 21))).toEqual({ kind: 'unjustified-refusal', refused: 1, unitsAtMost: 2 })
  })
})
