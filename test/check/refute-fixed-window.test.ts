import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { windowReason } from '../../lib/check/refute/window-reason.ts'
import { caseHolds } from '../../lib/check/verify/verify-certificate.ts'
import { againstWindow, type Window } from './against-window.ts'
import { drawnEvidence, expectLeft, leftOpen, phasesOf, windowStarts } from './drawn-evidence.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** What speaks against one of many fixed windows, of which the start is known, and does not by itself. */
function againstSeveral(evidence: Evidence, limit: number, windowUs: number) {
  const { loUs, hiUs, cost, demand } = evidence
  const index = new EvidenceIndex(evidence)
  const refused = [...loUs.keys()].filter((i) => demand[i] === 2)
  return {
    tooMuchTogether: ({ startUs }: Window) =>
      [2, 3].some(
        (several) => index.admitted.surelyWithin(startUs, startUs + several * windowUs - 1) > several * limit,
      ),
    tooLittleOnEitherSide: ({ startUs }: Window) =>
      refused.some((j) => {
        const [lo, hi, units] = [loUs[j], hiUs[j], cost[j]] as [number, number, number]
        if (lo < startUs - windowUs || lo >= startUs || hi < startUs || hi >= startUs + windowUs) return false
        const before = index.possibleBeside(j, startUs - windowUs, startUs - 1)
        const after = index.possibleBeside(j, startUs, hi)
        return Math.max(before, after) + units <= limit
      }),
  }
}

const numbers = [fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 12 })] as const

it('a start of fixed windows is left open just where nothing that is looked at speaks against any of them', () => {
  const seen = { open: 0, closed: 0 }
  fc.assert(
    fc.property(drawnEvidence, ...numbers, (evidence, limit, windowUs) => {
      const h = limiter('fixed-window', limit, windowUs)
      const { full, refusedBefore, tooLittle, ...others } = {
        ...againstWindow(evidence, limit, windowUs),
        ...againstSeveral(evidence, limit, windowUs),
      }
      const equalCosts = evidence.unitCost !== undefined
      const sure = [
        ...Object.values(others),
        // Of requests that cost differently not all are looked at that were let through.
        ...(equalCosts ? [full, refusedBefore] : []),
        tooLittle,
      ]
      const reasons = [full, refusedBefore, tooLittle, ...Object.values(others)]
      const open = (some: typeof reasons) =>
        phasesOf(h).filter(
          (us) =>
            !windowStarts(evidence, us, windowUs).some((startUs) =>
              some.some((reason) => reason({ startUs })),
            ),
        )
      const left = expectLeft(evidence, h, seen)
      expect(left).toEqual(expect.arrayContaining(open(reasons)))
      expect(open(sure)).toEqual(expect.arrayContaining(left))
    }),
    { numRuns: 250 },
  )
  expect(Math.min(seen.open, seen.closed)).toBeGreaterThan(50)
})

/** The reasons against fixed windows of 2 in 10 that start at 0, or up to so much later. */
function reasonAt(seen: readonly Seen[], [fromUs, toUs] = [0, 0], hiddenUseUntilUs?: number) {
  const evidence = evidenceOf(seen, hiddenUseUntilUs)
  const window = { startUs: [fromUs, toUs], beforeUs: [fromUs - 10, toUs - 10], sureFromUs: toUs } as const
  const reason = windowReason(new EvidenceIndex(evidence), window, 10, 2)?.()
  const one = reason && { startUs: [fromUs, toUs] as [number, number], reason }
  if (one) expect(caseHolds(evidence, limiter('fixed-window'), one)).toBe(true)
  return reason
}

describe('a window that starts somewhere in a range has a reason against it', () => {
  it('where more was let through than it holds, from the last start to the first end', () => {
    const three = (last: number): Seen[] => [{ lo: 3 }, { lo: 4 }, { lo: 8, hi: last }]
    const reason = { kind: 'over-admission', windows: 1, rows: [0, 1, 2] }
    expect(reasonAt(three(9))).toEqual(reason)
    expect(reasonAt(three(10))).toBeUndefined()
    expect(reasonAt(three(9), [0, 3])).toEqual(reason)
    expect(reasonAt(three(9), [0, 4])).toBeUndefined()
    expect(reasonAt(three(9), [-1, 3])).toBeUndefined()
    expect(reasonAt([...three(9), { lo: 9 }])).toEqual({ ...reason, rows: [0, 1, 2] })
  })

  it('where so much was let through after a refusal in the window before', () => {
    // The first two may have been let through in the window before, if it was not full by then.
    const seen = (refusedUs: number, hi: number): Seen[] => [
      { lo: -5, hi: refusedUs, as: 'refused' },
      { lo: -1, hi: 2 },
      { lo: -1, hi: 2 },
      { lo: 8, hi },
    ]
    const reason = { kind: 'over-admission', windows: 1, rows: [1, 2, 3], afterRefused: 0 }
    expect(reasonAt(seen(-2, 9))).toEqual(reason)
    expect(reasonAt(seen(-1, 9))).toBeUndefined()
    expect(reasonAt(seen(-2, 10))).toBeUndefined()
    expect(reasonAt(seen(-2, 9), [0, 5])).toEqual(reason)
    expect(reasonAt(seen(-2, 9), [0, 6])).toBeUndefined()
  })

  it('where one was let through after as many were counted for sure, whether let through or not', () => {
    const seen = (hi: number): Seen[] => [
      { lo: 3, cost: 2 },
      { lo: 5, hi, cost: 1, as: 'vacant' },
    ]
    const reason = { kind: 'admitted-when-full', admitted: 1, rows: [0] }
    expect(reasonAt(seen(9))).toEqual(reason)
    expect(reasonAt(seen(10))).toBeUndefined()
    expect(reasonAt(seen(9), [0, 3])).toEqual(reason)
    expect(reasonAt(seen(9), [0, 4])).toBeUndefined()
    expect(reasonAt([{ lo: 3, hi: 4, cost: 2 }, ...seen(9).slice(1)])).toEqual(reason)
    expect(reasonAt([{ lo: 3, hi: 5, cost: 2 }, ...seen(9).slice(1)])).toBeUndefined()
  })

  it('where one was let through after another was refused that costs no more', () => {
    const seen = (hi: number, cost = 1): Seen[] => [
      { lo: 2, as: 'unknown', cost: 2 },
      { lo: 3, hi, as: 'refused', cost },
      { lo: 7, hi: 9 },
    ]
    const reason = { kind: 'refusal-before-admission', refused: 1, admitted: 2 }
    expect(reasonAt(seen(6))).toEqual(reason)
    expect(reasonAt(seen(7))).toBeUndefined()
    expect(reasonAt(seen(6, 2))).toBeUndefined()
    expect(reasonAt(seen(6), [0, 3])).toEqual(reason)
    expect(reasonAt(seen(6), [0, 4])).toBeUndefined()
  })

  it('where one was refused with too little counted before it, and beside it', () => {
    const seen = (hi: number, more: readonly Seen[] = []): Seen[] => [
      { lo: -3, hi: 0 },
      { lo: 4, hi, as: 'refused' },
      ...more,
    ]
    const reason = { kind: 'unjustified-refusal', refused: 1, unitsAtMost: 1 }
    expect(reasonAt(seen(9))).toEqual(reason)
    expect(reasonAt(seen(10))).toBeUndefined()
    expect(reasonAt(seen(8, [{ lo: 8, as: 'unknown' }]))).toBeUndefined()
    expect(reasonAt(seen(8, [{ lo: 9, as: 'unknown' }]))).toEqual(reason)
    expect(reasonAt(seen(9), [1, 4])).toEqual({ ...reason, unitsAtMost: 0 })
    expect(reasonAt(seen(9), [1, 5])).toBeUndefined()
  })

  it('where one was refused like that after one to which something hidden may have happened', () => {
    const seen: Seen[] = [
      { lo: 2, as: 'refused' },
      { lo: 5, hi: 6, as: 'refused' },
    ]
    expect(reasonAt(seen, [0, 0], 5)).toEqual({ kind: 'unjustified-refusal', refused: 1, unitsAtMost: 0 })
    expect(reasonAt(seen, [0, 0], 6)).toBeUndefined()
  })

  it('where of some that cost differently any was refused with too little counted', () => {
    const dear: Seen = { lo: 5, as: 'refused', cost: 3 }
    const cheap: Seen = { lo: 6, hi: 8, as: 'refused', cost: 2 }
    const reason = { kind: 'unjustified-refusal', refused: 1, unitsAtMost: 0 }
    expect(reasonAt([dear, cheap])).toEqual(reason)
    expect(reasonAt([dear])).toBeUndefined()
    expect(reasonAt([dear, { ...cheap, hi: 10 }])).toBeUndefined()
  })
})

it('of those refused about the start of a window that any one may have met, the last 256 are looked at', () => {
  // Only the first of them would have found room, whichever window it met; the others cost more than there is.
  const refuted = (others: number) => {
    const dear = Array.from({ length: others }, (): Seen => ({ lo: -2, hi: 6, as: 'refused', cost: 3 }))
    const evidence = evidenceOf([{ lo: -2, hi: 6, as: 'refused', cost: 1 }, ...dear])
    return refuteByBounds(new EvidenceIndex(evidence), limiter('fixed-window'), true).refuted
  }
  expect([255, 256].map(refuted)).toEqual([true, false])
})

it('ranges of starts are not cut below the width that is asked for, and hold all that stay open', () => {
  const h = limiter('fixed-window', 2, 1_000)
  // Three that are too many unless a window starts among them, and others all over it.
  const three: Seen[] = [{ lo: 100 }, { lo: 290 }, { lo: 500 }]
  const others = Array.from({ length: 40 }, (_, k): Seen => ({ lo: 3_000 + 1_027 * k, as: 'unknown' }))
  const seen = [...three, ...others]
  const index = new EvidenceIndex(evidenceOf(seen))
  const fine = leftOpen(refuteByBounds(index, h, false), h)
  expect(fine).toEqual(Array.from({ length: 400 }, (_, k) => 101 + k))
  for (let narrowestUs = 16; narrowestUs <= 64; narrowestUs++) {
    const coarse = refuteByBounds(index, h, false, narrowestUs)
    const left = new Set(leftOpen(coarse, h))
    expect(fine.filter((us) => !left.has(us))).toEqual([])
    // Wider ones were halved.
    const widths = coarse.refuted ? [] : coarse.openUs.map(([from, to]) => to - from)
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(Math.floor(narrowestUs / 2))
  }
})
