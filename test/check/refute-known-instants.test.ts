import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import type { Refutation } from '../../lib/check/refute/certificate.ts'
import { condensed } from '../../lib/check/refute/condense.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { modulo } from '../../lib/limiters/exact.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** Bounds leave open what is decided within so much of the instant at which a bucket holds just enough. */
const leewayUs = 1
/** What is drawn is taken for so many microseconds, for a bucket that is refilled all the time. */
const grainUs = 1000

/** Requests of which it is known when they were decided, no two at once. */
const drawn = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  windowUs: fc.integer({ min: 3, max: 9 }),
  refillTickUs: fc.integer({ min: 2, max: 9 }),
  counted: fc.boolean(),
  highestCost: fc.constantFrom(1, 1, 2, 3),
  phaseUs: fc.nat(8),
  firstUs: fc.constantFrom(-20, 100),
  requests: fc.array(
    fc.record({
      gapUs: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
        fc.integer({ min: 4, max: 20 }),
      ),
      cost: fc.integer({ min: 1, max: 3 }),
      vacant: fc.nat(9).map((n) => n === 0),
    }),
    { minLength: 2, maxLength: 12 },
  ),
  misread: fc.option(fc.nat(11), { nil: undefined }),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

/** What such a limiter answers from a phase on; an answer may have been read as its opposite. */
function answered(
  { requests, highestCost, misread, counted, phaseUs, firstUs }: Drawn,
  h: Hypothesis,
  grain = isBucket(h) ? grainUs : 1,
): Evidence {
  const model = createLimiter(h.algorithm, { ...h, phaseUs })
  let state = model.init()
  let atUs = firstUs * grain
  const seen = requests.map(({ gapUs, vacant, ...request }, row): Seen => {
    atUs += gapUs * grain
    const cost = Math.min(request.cost, highestCost)
    const admitted = model.admits(state, atUs, cost)
    // Of requests that are let through and not counted, bounds look at the last one in a window alone.
    const asVacant = vacant && highestCost === 1
    const as = admitted !== (row === misread) ? (asVacant ? 'vacant' : 'accepted') : 'refused'
    if (as === 'accepted' || (as === 'refused' && counted)) state = model.charge(state, atUs, cost)
    return { lo: atUs, as, cost }
  })
  return counted ? countingRefusals(seen) : evidenceOf(seen)
}

function isBucket({ algorithm, refillTickUs }: Hypothesis): boolean {
  return algorithm === 'gcra' || (algorithm === 'token-bucket' && refillTickUs === undefined)
}

/**
 * The phases that explain the answers, played forward from each there is; just 0 for a limiter that has none.
 * A sliding counter may round either way, each time.
 */
function explaining(evidence: Evidence, h: Hypothesis, toUs = 0): number[] {
  const phases = Array.from({ length: phasePeriodUs(h) ?? 1 }, (_, phaseUs) => phaseUs)
  return phases.filter((phaseUs) => isExplained(evidence, h, phaseUs, toUs))
}

/** @param toUs who was let through may have been so much later, and who was refused so much earlier. */
function isExplained(
  { loUs, cost, demand, use }: Evidence,
  h: Hypothesis,
  phaseUs: number,
  toUs = 0,
): boolean {
  const down = createLimiter(h.algorithm, { ...h, phaseUs, rounding: 'floor' })
  const up = createLimiter(h.algorithm, { ...h, phaseUs, rounding: 'ceil' })
  let state = down.init()
  return loUs.every((atUs, i) => {
    const units = cost[i] as number
    const asTold =
      demand[i] === 2 ? !up.admits(state, atUs - toUs, units) : down.admits(state, atUs + toUs, units)
    if (use[i] === 1) state = down.charge(state, atUs, units)
    return asTold
  })
}

/** The phases that a look at all of them leaves open. */
function phasesLeft(found: Refutation, h: Hypothesis): number[] {
  const period = phasePeriodUs(h)
  if (found.refuted || period === undefined) return []
  const left = found.openUs.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, k) => modulo(from + k, period)),
  )
  return [...new Set(left)].sort((a, b) => a - b)
}

const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm, algorithm, refilled: false })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket' as const, refilled: true },
]

describe.each(limiters)('where it is known when each was decided, a $name', ({ algorithm, refilled }) => {
  it('is refuted by bounds alone just where no phase explains the answers; else those are left that do', () => {
    const seen = { explained: 0, refuted: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const { limit, windowUs, refillTickUs } = one
        const h: Hypothesis = {
          ...limiter(algorithm, limit, windowUs),
          ...(refilled && { refillTickUs: Math.min(windowUs, refillTickUs) }),
        }
        if (isBucket(h)) h.windowUs *= grainUs
        if (one.counted) h.limitedRequests = 'counted'
        const evidence = answered(one, h)
        const phasesUs = explaining(evidence, h)
        const truth = phasesUs.length > 0
        const index = new EvidenceIndex(evidence)
        const found = refuteByBounds(index, h, true)
        if (truth) expect(found.refuted).toBe(false)
        else if (!isBucket(h) || explaining(evidence, h, leewayUs).length === 0)
          expect(found.refuted).toBe(true)
        if (!found.refuted) expect(found.exhausted).toBe(false)
        else {
          expect(verifyCertificate(evidence, found)).toBe(undefined)
          const fewer = condensed(evidence, found)
          expect(fewer.cases.length).toBeLessThanOrEqual(found.cases.length)
          expect(verifyCertificate(evidence, fewer)).toBe(undefined)
          // In whichever order the cases were found.
          const backwards = { ...found, cases: found.cases.toReversed() }
          if (phasePeriodUs(h) !== undefined) expect(condensed(evidence, backwards)).toEqual(fewer)
        }
        expect(phasesLeft(refuteByBounds(index, h, false), h)).toEqual(
          phasePeriodUs(h) === undefined ? [] : phasesUs,
        )
        seen[truth ? 'explained' : 'refuted']++
      }),
      { numRuns: Number(process.env.ONSET_BOUNDS_RUNS ?? 250) },
    )
    expect(Math.min(seen.explained, seen.refuted)).toBeGreaterThan(10)
  })
})

it('where it is not known when one was refused, a fixed window is left just the phases in which it was full', () => {
  const seen = { open: 0, closed: 0 }
  fc.assert(
    fc.property(
      drawn,
      fc.nat(11),
      fc.nat(3),
      fc.integer({ min: 1, max: 6 }),
      (one, which, early, widthUs) => {
        const h = limiter('fixed-window', one.limit, one.windowUs)
        const known = answered({ ...one, misread: undefined, counted: false }, h)
        const refused = Array.from(known.demand.keys()).filter((i) => known.demand[i] === 2)
        const row = refused[which % refused.length]
        fc.pre(row !== undefined && widthUs < one.windowUs)
        const from = (known.loUs[row as number] as number) - Math.min(early, widthUs)
        const evidence = byInstant({
          ...known,
          loUs: known.loUs.with(row as number, from),
          hiUs: known.hiUs.with(row as number, from + widthUs),
        })
        const left = Array.from({ length: one.windowUs }, (_, phaseUs) => phaseUs).filter((phaseUs) =>
          Array.from({ length: widthUs + 1 }, (_, k) => from + k).some((us) => {
            const loUs = known.loUs.with(row as number, us)
            return isExplained(byInstant({ ...known, loUs }), h, phaseUs)
          }),
        )
        expect(phasesLeft(refuteByBounds(new EvidenceIndex(evidence), h, false), h)).toEqual(left)
        seen.open += left.length
        seen.closed += one.windowUs - left.length
      },
    ),
    { numRuns: 400 },
  )
  expect(Math.min(seen.open, seen.closed)).toBeGreaterThan(100)
})

/** The same in the order of the instants; at the same one what is counted comes first. */
function byInstant(evidence: Evidence): Evidence {
  const { loUs, hiUs, cost, demand, use } = evidence
  const order = Array.from(loUs.keys()).sort(
    (a, b) =>
      (loUs[a] as number) - (loUs[b] as number) || Number(demand[a] === 2) - Number(demand[b] === 2) || a - b,
  )
  const of = <Column extends { [i: number]: number }>(column: Column) => order.map((i) => column[i] as number)
  return {
    ...evidence,
    loUs: Float64Array.from(of(loUs)),
    hiUs: Float64Array.from(of(hiUs)),
    cost: Float64Array.from(of(cost)),
    demand: Uint8Array.from(of(demand)),
    use: Uint8Array.from(of(use)),
  }
}

const phased = limiters.filter(({ algorithm, refilled }) => refilled || /fixed|counter/.test(algorithm))

const scaled = phased.flatMap((one) => [
  { ...one, scale: 20_000 },
  { ...one, scale: 300 },
])

describe.each(scaled)('in windows of $scale times as long, a $name', ({ algorithm, refilled, scale }) => {
  it('starts where bounds leave it open, and may start wherever they do', () => {
    const seen = { open: 0, explaining: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const h: Hypothesis = {
          ...limiter(algorithm, one.limit, one.windowUs * scale),
          ...(refilled && { refillTickUs: Math.min(one.windowUs, one.refillTickUs) * scale }),
        }
        const phaseUs = one.phaseUs * scale + 1
        const evidence = answered({ ...one, misread: undefined, phaseUs, counted: false }, h, scale)
        const found = refuteByBounds(new EvidenceIndex(evidence), h, false)
        expect(found.refuted).toBe(false)
        if (found.refuted) return
        const period = phasePeriodUs(h) as number
        const isOpen = found.openUs.some(([from, to]) => modulo(phaseUs - from, period) <= to - from)
        expect(isOpen).toBe(true)
        for (const [from, to] of found.openUs) {
          seen.open++
          if ([from, to].every((us) => isExplained(evidence, h, modulo(us, period)))) seen.explaining++
        }
      }),
      { numRuns: 20 },
    )
    // What a sliding counter carries over is looked at down to a share of the window.
    const least = algorithm === 'sliding-counter' ? 0.99 : 1
    expect(seen.explaining / seen.open).toBeGreaterThanOrEqual(least)
  })
})

describe.each(limiters)(
  'where something unseen may have been counted, a $name',
  ({ algorithm, refilled }) => {
    const h: Hypothesis = { ...limiter(algorithm), ...(refilled && { refillTickUs: 5 }) }
    const refuted = (seen: readonly Seen[]) => {
      const evidence = evidenceOf(seen, Number.POSITIVE_INFINITY)
      const found = refuteByBounds(new EvidenceIndex(evidence), h, true)
      if (found.refuted) expect(verifyCertificate(evidence, found)).toBe(undefined)
      return found.refuted
    }
    /** Of the reasons for that, the refusals before an admission: whether it is told that no refill came in between. */
    const toldOfRefills = (seen: readonly Seen[]) => {
      const found = refuteByBounds(new EvidenceIndex(evidenceOf(seen, Number.POSITIVE_INFINITY)), h, true)
      return (found.refuted ? found.cases : []).flatMap(({ reason }) =>
        reason?.kind === 'refusal-before-admission' ? [reason.betweenRefills === true] : [],
      )
    }

    it('is refuted by what was let through, and not by what was refused', () => {
      expect(refuted([0, 1, 2, 3, 4].map((lo) => ({ lo })))).toBe(true)
      expect(refuted([{ lo: 0 }, { lo: 5, as: 'refused' }, { lo: 100, as: 'refused' }])).toBe(false)
    })

    it('is refuted by what costs more than it has, whether counted or not', () => {
      const isSeen = algorithm !== 'first-hit-window'
      expect(refuted([{ lo: 0, cost: 3 }])).toBe(isSeen)
      expect(refuted([{ lo: 0, cost: 3, as: 'vacant' }])).toBe(isSeen)
      expect(refuted([{ lo: 0, cost: 2, as: 'vacant' }])).toBe(false)
    })

    it('is refuted by who was let through right after a refusal, if only a window or a refill lets go', () => {
      // Whatever the phase, no window and no refill comes in between in one of the two cases.
      const pairs = [6, 28].flatMap((lo): Seen[] => [{ lo, as: 'refused' }, { lo: lo + 1 }])
      expect(refuted(pairs)).toBe(algorithm === 'fixed-window' || refilled)
      expect(new Set(toldOfRefills(pairs))).toEqual(
        new Set(refilled ? [true] : algorithm === 'fixed-window' ? [false] : []),
      )
      // Another one that may have been let through later makes no difference.
      const beside = pairs.flatMap((seen) => (seen.as ? [seen] : [{ ...seen, hi: seen.lo + 20 }, seen]))
      expect(refuted(beside)).toBe(algorithm === 'fixed-window' || refilled)
    })
  },
)
