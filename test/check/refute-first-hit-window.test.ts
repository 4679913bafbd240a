import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { moreThanWindowsHold } from '../../lib/check/refute/first-hit-window.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { againstWindow } from './against-window.ts'
import { drawnEvidence, expectFewAdmitted, reasonsIn } from './drawn-evidence.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** Whether windows can follow one another, of which each starts at a known instant, with nothing against any of them. */
function canFollow(evidence: Evidence, limit: number, windowUs: number): boolean {
  const { loUs, hiUs, cost, demand, use } = evidence
  const index = new EvidenceIndex(evidence)
  const all = [...loUs.keys()]
  const lo = (i: number) => loUs[i] as number
  const hi = (i: number) => hiUs[i] as number
  const against = Object.values(againstWindow(evidence, limit, windowUs))
  /** A refusal after one window's start, and before another's, that belongs to the first of them, or to none. */
  const refusedBetween = (beforeUs: number, startUs: number) =>
    all
      .filter((j) => demand[j] === 2 && lo(j) >= beforeUs && hi(j) < startUs)
      .some((j) => {
        const lastUs = beforeUs + windowUs - 1
        const most = lo(j) <= lastUs ? index.possibleBeside(j, beforeUs, Math.min(hi(j), lastUs)) : 0
        return most + (cost[j] as number) <= limit
      })
  const goesOn = (beforeUs: number): boolean => {
    const endUs = beforeUs + windowUs
    // By then something is counted that comes after the end for sure.
    const byUs = Math.min(...all.filter((i) => use[i] === 1 && lo(i) >= endUs).map(hi))
    if (byUs === Number.POSITIVE_INFINITY && !refusedBetween(beforeUs, byUs)) return true
    const possible = all.filter((i) => use[i] !== 0 && hi(i) >= endUs)
    const firstUs = Math.max(endUs, Math.min(...possible.map(lo)))
    const lastUs = Math.min(byUs, Math.max(...possible.map(hi)))
    for (let startUs = firstUs; startUs <= lastUs; startUs++) {
      const isFirst = beforeUs === Number.NEGATIVE_INFINITY
      const window = { startUs, sureFromUs: endUs, beforeUs: isFirst ? undefined : beforeUs }
      if (refusedBetween(beforeUs, startUs) || against.some((reason) => reason(window))) continue
      if (goesOn(startUs)) return true
    }
    return false
  }
  return goesOn(Number.NEGATIVE_INFINITY)
}

/** Of shorter windows so many can follow one another that the search is given up. */
const numbers = [fc.integer({ min: 1, max: 4 }), fc.integer({ min: 6, max: 12 })] as const
const shown = drawnEvidence.filter(({ hiddenUseUntilUs }) => hiddenUseUntilUs === Number.NEGATIVE_INFINITY)

it('first-hit windows are refuted just where no starts can follow one another', () => {
  const seen = { open: 0, closed: 0 }
  fc.assert(
    fc.property(shown, ...numbers, (evidence, limit, windowUs) => {
      const index = new EvidenceIndex(evidence)
      const hypothesis = limiter('first-hit-window', limit, windowUs)
      const found = refuteByBounds(index, hypothesis, true)
      // Several of them together may hold too little for what is let through, though no single one does.
      const isOpen = canFollow(evidence, limit, windowUs) && !moreThanWindowsHold(index, hypothesis)
      if (!found.refuted) expect(found.exhausted).toBe(false)
      // Of requests that cost differently not all are looked at that were let through.
      if (evidence.unitCost !== undefined) expect(found.refuted).toBe(!isOpen)
      else if (isOpen) expect(found.refuted).toBe(false)
      expectFewAdmitted(evidence, found, limit)
      seen[isOpen ? 'open' : 'closed']++
    }),
    { numRuns: 300 },
  )
  expect(Math.min(seen.open, seen.closed)).toBeGreaterThan(50)
})

/** What is found against first-hit windows of 2 in 10. */
function found(seen: readonly Seen[], hiddenUseUntilUs?: number, narrowestUs?: number) {
  const evidence = evidenceOf(
    seen.toSorted((a, b) => a.lo - b.lo),
    hiddenUseUntilUs,
  )
  const refutation = refuteByBounds(
    new EvidenceIndex(evidence),
    limiter('first-hit-window'),
    true,
    narrowestUs,
  )
  reasonsIn(evidence, refutation)
  return refutation
}

describe('first-hit windows', () => {
  it('are refuted by a refusal before anything can have been counted', () => {
    const seen = (firstUs: number): Seen[] => [{ lo: 3, hi: 7, as: 'refused' }, { lo: firstUs }]
    const reason = { kind: 'unjustified-refusal', refused: 0, unitsAtMost: 0 }
    expect(found(seen(8))).toMatchObject({ refuted: true, cases: [{ startUs: [8, 8], reason }] })
    expect(found([{ lo: 3, hi: 7, as: 'refused' }])).toMatchObject({ cases: [{ reason }] })
  })

  it('are refuted by a refusal that comes after the end of one window, and before the next one', () => {
    const seen = (us: number): Seen[] => [
      ...[{ lo: 0 }, { lo: 1 }],
      { lo: us, as: 'refused' },
      { lo: 30 },
      { lo: 31 },
    ]
    const reason = { kind: 'unjustified-refusal', refused: 2, unitsAtMost: 0 }
    expect(found(seen(9))).toEqual({ refuted: false, openUs: [[0, 0]], exhausted: false })
    expect(found(seen(10))).toMatchObject({
      refuted: true,
      cases: [{ startUs: [0, 0], next: [{ startUs: [30, 30], reason }] }],
    })
    // None need follow, but the refusal needs one.
    expect(found(seen(10).slice(0, 3))).toMatchObject({
      refuted: true,
      cases: [{ startUs: [0, 0], next: [{ reason }] }],
    })
  })

  it('are not by a refusal after the end of one window, if another one may hold as much by then', () => {
    const seen = (as: Seen['as'], us: number): Seen[] => [
      ...[{ lo: 0 }, { lo: 1 }],
      ...[
        { lo: 14, as },
        { lo: us, as },
      ],
      { lo: 17, as: 'refused' },
    ]
    expect(found(seen('unknown', 17)).refuted).toBe(false)
    expect(found(seen('unknown', 18)).refuted).toBe(true)
    expect(found(seen('accepted', 17)).refuted).toBe(false)
    expect(found(seen('accepted', 18)).refuted).toBe(true)
  })

  it('say at which start they stay possible, or that nothing was counted', () => {
    expect(
      found([
        { lo: 4, as: 'vacant' },
        { lo: 9, hi: 11, as: 'vacant' },
      ]),
    ).toEqual({
      refuted: false,
      openUs: [[4, 11]],
      exhausted: false,
    })
    expect(
      found([
        { lo: 4, hi: 7 },
        { lo: 8, hi: 9 },
      ]),
    ).toEqual({
      refuted: false,
      openUs: [[5, 5]],
      exhausted: false,
    })
  })

  it('are looked for in ranges of starts no narrower than is asked for', () => {
    // Either start of the first window has a reason against it, and not the same one.
    const seen: Seen[] = [{ lo: 0, hi: 1 }, { lo: 0, as: 'refused' }, { lo: 1 }, { lo: 4, hi: 10 }]
    expect(found(seen)).toMatchObject({
      refuted: true,
      cases: [
        { startUs: [0, 0], reason: { kind: 'refusal-before-admission', refused: 1, admitted: 2 } },
        { startUs: [1, 1], reason: { kind: 'unjustified-refusal', refused: 1, unitsAtMost: 0 } },
      ],
    })
    expect(found(seen, undefined, 1)).toEqual({ refuted: false, openUs: [[0, 1]], exhausted: false })
  })

  it('that something unseen may have opened are refuted by what so many hold as their span touches', () => {
    for (const windows of [2, 3, 4]) {
      const seen = (count: number, hi: number) =>
        Array.from({ length: count }, (_, k): Seen => ({ lo: k, hi: Math.max(hi, k) }))
      const spanUs = 10 * (windows - 1)
      const most = 2 * windows
      const of = (count: number, hi: number) => found(seen(count, hi), 0.5)
      expect(of(most + 1, spanUs - 1)).toMatchObject({
        refuted: true,
        cases: [
          {
            reason: { kind: 'over-admission', windows, rows: Array.from({ length: most + 1 }, (_, k) => k) },
          },
        ],
      })
      expect(of(most + 1, spanUs)).toEqual({ refuted: false, openUs: [], exhausted: false })
      expect(of(most, spanUs - 1).refuted).toBe(false)
    }
  })
})
