import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countedBefore, firstHitStarts, type Starts } from '../../lib/check/evidence/counted-before.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** Requests of which it is known when they were decided, no two at once. */
const drawn = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  windowUs: fc.integer({ min: 3, max: 9 }),
  phaseUs: fc.nat(8),
  counted: fc.boolean(),
  requests: fc.array(
    fc.record({
      gapUs: fc.integer({ min: 1, max: 5 }),
      cost: fc.integer({ min: 1, max: 3 }),
      as: fc.constantFrom('accepted' as const, 'accepted' as const, 'refused' as const),
    }),
    { minLength: 1, maxLength: 10 },
  ),
})

interface Counted {
  atUs: number
  units: number
}

/** What weighs on a limiter at an instant, added up from all that was counted before, one by one. */
type Weight = (before: readonly Counted[], atUs: number, h: Hypothesis, phaseUs: number) => number

const sum = (some: readonly Counted[]) => some.reduce((all, { units }) => all + units, 0)
const windowOf = (us: number, { windowUs }: Hypothesis, phaseUs: number) =>
  Math.floor((us - phaseUs) / windowUs)

const inFixedWindow: Weight = (before, atUs, h, phaseUs) =>
  sum(before.filter((one) => windowOf(one.atUs, h, phaseUs) === windowOf(atUs, h, phaseUs)))

const inFirstHitWindow: Weight = (before, atUs, { windowUs }) => {
  let openUs = Number.NEGATIVE_INFINITY
  for (const one of before) if (one.atUs >= openUs + windowUs) openUs = one.atUs
  return atUs < openUs + windowUs ? sum(before.filter((one) => one.atUs >= openUs)) : 0
}

const inLog: Weight = (before, atUs, { windowUs }) => sum(before.filter((one) => one.atUs > atUs - windowUs))

const inCounter: Weight = (before, atUs, h, phaseUs) => {
  const window = windowOf(atUs, h, phaseUs)
  const elapsedUs = atUs - phaseUs - window * h.windowUs
  const previous = sum(before.filter((one) => windowOf(one.atUs, h, phaseUs) === window - 1))
  const carried = (previous * (h.windowUs - elapsedUs)) / h.windowUs
  const rounded = h.rounding === 'ceil' ? Math.ceil(carried) : Math.floor(carried)
  return inFixedWindow(before, atUs, h, phaseUs) + rounded
}

const inBucket: Weight = (before, atUs, { limit, windowUs }) => {
  let [lacking, lastUs] = [0, before[0]?.atUs ?? atUs]
  for (const { atUs: us, units } of before) {
    lacking = Math.max(0, lacking - ((us - lastUs) * limit) / windowUs) + units
    lastUs = us
  }
  return Math.max(0, lacking - ((atUs - lastUs) * limit) / windowUs)
}

const weights = [
  { name: 'fixed window', h: limiter('fixed-window'), weight: inFixedWindow },
  { name: 'first-hit window', h: limiter('first-hit-window'), weight: inFirstHitWindow },
  { name: 'sliding log', h: limiter('sliding-log'), weight: inLog },
  { name: 'sliding counter', h: limiter('sliding-counter'), weight: inCounter },
  {
    name: 'sliding counter that rounds up',
    h: { ...limiter('sliding-counter'), rounding: 'ceil' as const },
    weight: inCounter,
  },
  { name: 'bucket', h: limiter('gcra'), weight: inBucket },
]

/** Requests so far apart, each decided at a known instant. */
function seenAfterGaps(requests: readonly (Omit<Seen, 'lo'> & { gapUs: number })[]): Seen[] {
  let atUs = 30
  return requests.map(({ gapUs, ...request }) => {
    atUs += gapUs
    return { lo: atUs, ...request }
  })
}

describe.each(weights)('what weighed on a $name when a request came', ({ h: kind, weight }) => {
  it('is told to the unit where all instants and the phase are known', () => {
    fc.assert(
      fc.property(drawn, ({ limit, windowUs, counted, requests, ...of }) => {
        const h: Hypothesis = { ...kind, limit, windowUs }
        const phaseUs = 20 + (of.phaseUs % windowUs)
        const seen = seenAfterGaps(requests)
        const evidence = counted ? countingRefusals(seen) : evidenceOf(seen)
        const index = new EvidenceIndex(evidence)
        const known: Starts = {
          windows: [{ range: [phaseUs, phaseUs], sureFromUs: phaseUs }],
          unknownFromUs: Number.POSITIVE_INFINITY,
        }
        const starts = h.algorithm === 'first-hit-window' ? firstHitStarts(index, windowUs) : known
        const uses = seen.map(({ lo, cost = 1 }, i) => ({
          atUs: lo,
          units: evidence.use[i] === 1 ? cost : 0,
        }))
        const before = (i: number) => uses.slice(0, i).filter(({ units }) => units > 0)
        for (const [i, { lo }] of seen.entries()) {
          const { surely, possibly } = countedBefore(index, h, i, starts)
          const exact = weight(before(i), lo, h, phaseUs)
          // Outside of all first-hit windows that are known, one may have started anywhere.
          const isInside = starts.windows.some(({ range: [us] }) => us <= lo && lo < us + windowUs)
          if (h.algorithm === 'first-hit-window' && !isInside) {
            expect(surely).toBeLessThanOrEqual(exact)
            expect(possibly).toBeGreaterThanOrEqual(exact)
            continue
          }
          // Bounds of a bucket are rounded outwards, to hundredths.
          expect(exact - surely).toBeGreaterThan(-1e-9)
          expect(possibly - exact).toBeGreaterThan(-1e-9)
          expect(possibly - surely).toBeLessThan(h.algorithm === 'gcra' ? 0.021 : 1e-9)
        }
      }),
      { numRuns: 120 },
    )
  })
})

const phased = weights.filter(({ h }) => phasePeriodUs(h) !== undefined)

describe.each(phased)('what weighed on a $name whose phase is known to a range', ({ h: kind, weight }) => {
  it('lies between the bounds for each phase of it, and meets both of them at times', () => {
    const met = { surely: 0, possibly: 0 }
    fc.assert(
      fc.property(drawn, fc.nat(8), ({ limit, windowUs, counted, requests, ...of }, width) => {
        const h: Hypothesis = { ...kind, limit, windowUs }
        const from = 20 + (of.phaseUs % windowUs)
        const to = from + Math.min(width, windowUs - 1)
        const seen = seenAfterGaps(requests)
        const evidence = counted ? countingRefusals(seen) : evidenceOf(seen)
        const index = new EvidenceIndex(evidence)
        const ranged: Starts = {
          windows: [{ range: [from, to], sureFromUs: to }],
          unknownFromUs: Number.POSITIVE_INFINITY,
        }
        const unknown: Starts = { windows: [], unknownFromUs: Number.NEGATIVE_INFINITY }
        const uses = seen.map(({ lo, cost = 1 }, i) => ({
          atUs: lo,
          units: evidence.use[i] === 1 ? cost : 0,
        }))
        for (const [i, { lo }] of seen.entries()) {
          const before = uses.slice(0, i).filter(({ units }) => units > 0)
          const phases = Array.from({ length: to - from + 1 }, (_, k) => from + k)
          const exact = phases.map((phaseUs) => weight(before, lo, h, phaseUs))
          for (const starts of [ranged, unknown]) {
            const { surely, possibly } = countedBefore(index, h, i, starts)
            expect(Math.min(...exact)).toBeGreaterThanOrEqual(surely)
            expect(Math.max(...exact)).toBeLessThanOrEqual(possibly)
            if (starts === unknown) continue
            if (Math.min(...exact) === surely) met.surely++
            if (Math.max(...exact) === possibly) met.possibly++
          }
        }
      }),
      { numRuns: 120 },
    )
    expect(Math.min(met.surely, met.possibly)).toBeGreaterThan(100)
  })
})

describe('first-hit windows of 10', () => {
  const startsOf = (seen: readonly Seen[], hiddenUntilUs?: number) =>
    firstHitStarts(new EvidenceIndex(evidenceOf(seen, hiddenUntilUs)), 10)

  it('start one after another, each when the last one is over', () => {
    expect(startsOf([{ lo: 0 }, { lo: 3 }, { lo: 10 }, { lo: 25 }])).toEqual({
      windows: [
        { range: [0, 0], sureFromUs: Number.NEGATIVE_INFINITY },
        { range: [10, 10], sureFromUs: 10 },
        { range: [25, 25], sureFromUs: 20 },
      ],
      unknownFromUs: 35,
    })
  })

  it('start no sooner than the last one can be over, however early the request may have come', () => {
    const { windows } = startsOf([{ lo: 0 }, { lo: 3, hi: 22 }, { lo: 20 }])
    expect(windows.map(({ range }) => range)).toEqual([
      [0, 0],
      [10, 20],
    ])
  })

  it('may be opened by what may not have been counted, and need not be', () => {
    expect(
      startsOf([
        { lo: 0, as: 'unknown' },
        { lo: 5, hi: 6 },
        { lo: 7, as: 'refused' },
      ]),
    ).toEqual({
      windows: [{ range: [0, 6], sureFromUs: Number.NEGATIVE_INFINITY }],
      unknownFromUs: 10,
    })
    expect(startsOf([{ lo: 0, as: 'unknown' }]).windows).toEqual([])
  })

  it('weigh on who surely came in one, and perhaps not on who may have come when all known ones were over', () => {
    const surely = (hi: number) => {
      const index = new EvidenceIndex(evidenceOf([{ lo: 0 }, { lo: 5 }, { lo: 8, hi }]))
      return countedBefore(index, limiter('first-hit-window', 3), 2, {
        windows: [{ range: [0, 0], sureFromUs: Number.NEGATIVE_INFINITY }],
        unknownFromUs: 10,
      }).surely
    }
    expect(surely(9)).toBe(2)
    expect(surely(10)).toBe(0)
  })

  it('start anywhere where something unseen may have been counted', () => {
    expect(startsOf([{ lo: 0 }], 0)).toEqual({ windows: [], unknownFromUs: Number.NEGATIVE_INFINITY })
  })
})
