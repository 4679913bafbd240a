import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import type { Reason } from '../../lib/check/refute/certificate.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { Told } from '../../lib/check/verify/told.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { refillCases } from '../../lib/check/verify/verify-refill-ticks.ts'
import { counterReason } from '../../lib/check/verify/verify-sliding-counter.ts'
import { isOfSeveral, reasonsIn } from './drawn-evidence.ts'
import { countingRefusals, limiter, type Seen } from './evidence-of.ts'

// Where refused requests are counted, each of two that were refused at once may have been for the other's sake. The one
// that came first was not.

const reasonOf = (refused: number, ...alike: number[]): Reason => ({
  kind: 'unjustified-refusal',
  refused,
  ...(alike.length > 0 && { alike }),
  unitsAtMost: 1,
})

const two: Seen[] = [
  { lo: 3, hi: 4 },
  { lo: 5, hi: 8, as: 'refused' },
  { lo: 6, hi: 9, as: 'refused' },
]
const dear: Seen[] = two.map((one, k) => (k === 2 ? { ...one, cost: 2 } : one))

const limited = limiter('sliding-log')
const every10 = { ...limiter('token-bucket'), refillTickUs: 10 }

/** What does not hold of a reason against each of them; where it has windows or refills, against those that begin at 0 to 3. */
const limiters = [
  ...(['sliding-log', 'gcra', 'token-bucket'] as const).map((algorithm) => ({
    name: algorithm,
    wrong: (evidence: Evidence, reason: Reason) =>
      verifyCertificate(evidence, { refuted: true, hypothesis: limiter(algorithm), cases: [{ reason }] }),
  })),
  {
    name: 'sliding-counter',
    wrong: (evidence: Evidence, reason: Reason) =>
      counterReason(new Told(evidence, limited.limit, limited.windowUs), reason, [0, 3], [-10, -7]),
  },
  {
    name: 'token-bucket that is refilled every 10',
    wrong: (evidence: Evidence, reason: Reason) =>
      refillCases(new Told(evidence, every10.limit, every10.windowUs), every10.refillTickUs, [
        { startUs: [0, 3], reason },
      ]),
  },
]

describe.each(limiters)('a $name of 2 in 10 that refused two', ({ wrong }) => {
  const says = (seen: readonly Seen[], reason: Reason, hiddenUseUntilUs = Number.NEGATIVE_INFINITY) =>
    wrong({ ...countingRefusals(seen), hiddenUseUntilUs }, reason)

  it('is refuted by both together, and by neither alone', () => {
    expect(says(two, reasonOf(1, 2))).toBeUndefined()
    expect(says(two, reasonOf(2, 1))).toBeUndefined()
    expect(says(two, reasonOf(1))).toBeDefined()
    expect(says(two, reasonOf(2))).toBeDefined()
  })

  it('is not where another may have come before them that is not among them', () => {
    expect(says([...two, { lo: 8, hi: 9, as: 'refused' }], reasonOf(1, 2))).toBeDefined()
    expect(says([...two, { lo: 8, as: 'unknown' }], reasonOf(1, 2))).toBeDefined()
    // That the first of them was decided by 8, the earlier of their ends, is known.
    expect(says([...two, { lo: 9, as: 'refused' }], reasonOf(1, 2))).toBeUndefined()
    expect(says([...two, { lo: 9 }], reasonOf(1, 2))).toBeUndefined()
  })

  it('is not by what is no refusal, or none that proves anything', () => {
    expect(says(two, reasonOf(1, 0))).toBeDefined()
    expect(says(two, reasonOf(1, 2, 0))).toBeDefined()
    expect(says(two, reasonOf(1, 2, 99))).toBeDefined()
    expect(says(two, reasonOf(1, 2), 5)).toBeUndefined()
    expect(says(two, reasonOf(1, 2), 6)).toBeDefined()
  })

  it('is not by two of which one costs more', () => {
    expect(says(dear, reasonOf(1, 2))).toBeDefined()
  })
})

it.each(['sliding-log', 'gcra', 'token-bucket'] as const)(
  'a %s is found to be refuted by two',
  (algorithm) => {
    const found = (seen: readonly Seen[]) =>
      refuteByBounds(new EvidenceIndex(countingRefusals(seen)), limiter(algorithm), true)
    const refutation = found(two)
    expect(refutation.refuted && refutation.cases[0]?.reason).toMatchObject({ refused: 1, alike: [2] })
    expect(found(dear).refuted).toBe(false)
  },
)

describe('a limiter whose windows or refills may begin anywhere', () => {
  /** The same happens in two parts of the window, so that it lies within one, or between two refills, somewhere. */
  const twice: Seen[] = [0, 105].flatMap((us): Seen[] => [
    { lo: us + 3, hi: us + 4 },
    { lo: us + 5, hi: us + 7, as: 'refused' },
    { lo: us + 6, hi: us + 7, as: 'refused' },
  ])
  it.each([limiter('sliding-counter'), every10])('is found to be refuted by two: %o', (hypothesis) => {
    const evidence = countingRefusals(twice)
    const found = refuteByBounds(new EvidenceIndex(evidence), hypothesis, true)
    expect(found.refuted).toBe(true)
    expect(reasonsIn(evidence, found).every(isOfSeveral)).toBe(true)
  })
})
