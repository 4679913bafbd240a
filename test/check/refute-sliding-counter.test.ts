import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { modulo } from '../../lib/limiters/exact.ts'
import {
  drawnEvidence,
  expectLeft,
  leftOpen,
  phasesOf,
  reasonsIn,
  refusedTogether,
  windowStarts,
} from './drawn-evidence.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** What speaks against a window that starts at `s`, whichever way the counter rounds: requests one by one, or together. */
function speaksAgainst(evidence: Evidence, limit: number, windowUs: number) {
  const { loUs, hiUs, cost, demand, use, hiddenUseUntilUs } = evidence
  const index = new EvidenceIndex(evidence)
  const { admitted, used, possible } = index
  const all = [...loUs.keys()]
  const lo = (i: number) => loUs[i] as number
  const hi = (i: number) => hiUs[i] as number
  const units = (i: number) => cost[i] as number
  return (s: number) => {
    const inside = all.filter((i) => lo(i) >= s && hi(i) < s + windowUs)
    const tooMuch = (several: number) =>
      admitted.surelyWithin(s, s + several * windowUs - 1) > several * limit
    const letThroughWhenFull = inside
      .filter((i) => demand[i] === 1 || demand[i] === 3)
      .some((i) => {
        const now = used.surelyWithin(s, lo(i) - 1)
        const both = used.surelyWithin(s - windowUs, lo(i) - 1)
        const carried = Math.floor((Math.max(0, both - now) * (s + windowUs - hi(i))) / windowUs)
        return carried + now + units(i) > limit
      })
    // What may have been counted in the window before, and not in this one.
    const before = possible.possiblyWithin(s - windowUs, s) - possible.possiblyWithin(s, s)
    const refusedWithRoom = inside
      .filter((j) => demand[j] === 2)
      .some((j) => {
        const carried = Math.ceil((before * (s + windowUs - lo(j))) / windowUs)
        const now = index.possibleBeside(j, s, hi(j))
        return carried + now + units(j) <= limit
      })
    // Of those under way when one of them ended, the first: none of the others was counted before it.
    const firstRefusedWithRoom = all
      .filter((ended) => demand[ended] === 2 && use[ended] !== 0 && hi(ended) < s + windowUs)
      .some((ended) => {
        const some = all.filter((i) => demand[i] === 2 && lo(i) <= hi(ended) && hi(i) >= hi(ended))
        const fromUs = Math.min(...some.map(lo))
        if (fromUs < s || fromUs < hiddenUseUntilUs) return false
        const carried = Math.ceil((before * (s + windowUs - fromUs)) / windowUs)
        const now = all.filter((i) => use[i] !== 0 && !some.includes(i) && lo(i) <= hi(ended) && hi(i) >= s)
        const most = carried + now.reduce((sum, i) => sum + units(i), 0)
        return most + Math.max(...some.map(units)) <= limit
      })
    if ([1, 2, 3].some(tooMuch) || letThroughWhenFull || refusedWithRoom) return 'one by one'
    return firstRefusedWithRoom ? 'together' : undefined
  }
}

const numbers = [fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 12 })] as const

it('a start of the windows of a counter is left open just where nothing speaks against any of them', () => {
  const seen = { open: 0, closed: 0 }
  let together = 0
  fc.assert(
    fc.property(fc.oneof(drawnEvidence, refusedTogether), ...numbers, (evidence, limit, windowUs) => {
      const h = limiter('sliding-counter', limit, windowUs)
      const against = speaksAgainst(evidence, limit, windowUs)
      const left = expectLeft(evidence, h, seen)
      const told = phasesOf(h).map((us) => windowStarts(evidence, us, windowUs).map(against))
      together += told.filter((all) => all.includes('together') && !all.includes('one by one')).length
      expect(left).toEqual(phasesOf(h).filter((_, k) => told[k]?.every((reason) => reason === undefined)))
    }),
    { numRuns: 400 },
  )
  expect(Math.min(seen.open, seen.closed)).toBeGreaterThan(50)
  expect(together).toBeGreaterThan(5)
})

describe('a counter of 4 in 10 that let four through at 0', () => {
  const h = limiter('sliding-counter', 4)
  /** What is found where one more comes at `us`, and the reasons where a window starts at an instant. */
  function found(us: number, as: Seen['as']) {
    const evidence = evidenceOf([...Array.from({ length: 4 }, (): Seen => ({ lo: 0 })), { lo: us, as }])
    const refutation = refuteByBounds(new EvidenceIndex(evidence), h, true)
    reasonsIn(evidence, refutation)
    const { cases } = { cases: [], ...refutation }
    const at = (startUs: number): Reason[] =>
      cases.flatMap(({ startUs: range, reason }: Case) => {
        const [fromUs, toUs] = range as [number, number]
        return reason && modulo(startUs - fromUs, 10) <= toUs - fromUs ? [reason] : []
      })
    return { open: leftOpen(refutation, h), at }
  }

  it('is refuted by one more for as long as nothing of what a window holds has flowed off in the next one', () => {
    const tooMany: Reason = { kind: 'over-admission', windows: 1, rows: [0, 1, 2, 3, 4] }
    const counted: Reason = { kind: 'admitted-when-full', admitted: 4, rows: [0, 1, 2, 3], carriedUnits: 0 }
    const carried: Reason = { kind: 'admitted-when-full', admitted: 4, rows: [], carriedUnits: 4 }
    expect([0, 1].map(found(1, 'accepted').at)).toEqual([[tooMany], [carried]])
    expect([0, 1].map(found(1, 'vacant').at)).toEqual([[counted], [carried]])
    // Of four that weigh nine tenths three are left, rounded down.
    expect([found(2, 'accepted').open, found(2, 'vacant').open]).toEqual([[1], [1]])
  })

  it('is refuted by a refusal from when what is carried over leaves room, rounded up', () => {
    // Where a window starts at 0 the next one starts at 10: seven tenths of four are three, eight tenths are four.
    expect(found(12, 'refused').open).toEqual([0])
    const { open, at } = found(13, 'refused')
    expect(open).toEqual([])
    const reason = (unitsAtMost: number): Reason => ({ kind: 'unjustified-refusal', refused: 4, unitsAtMost })
    expect([0, 3, 4].map(at)).toEqual([[reason(3)], [reason(0)], [reason(1)]])
  })
})

it('a range of starts is told all the same, where a finer look at it would leave none', () => {
  const evidence = evidenceOf([
    { lo: 21, hi: 1_353 },
    { lo: 925, hi: 937 },
    { lo: 6_879, hi: 7_626 },
    { lo: 11_678, as: 'refused' },
  ])
  const h = limiter('sliding-counter', 2, 3_013)
  const index = new EvidenceIndex(evidence)
  // Every start has a reason against it …
  expect(refuteByBounds(index, h, true).refuted).toBe(true)
  // … but finer looks put no proof together: they only narrow down what is told.
  const found = refuteByBounds(index, h, false)
  expect(found).toEqual({
    refuted: false,
    openUs: [[expect.any(Number), expect.any(Number)]],
    exhausted: false,
  })
})
