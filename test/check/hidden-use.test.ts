import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { fullAgainUs } from '../../lib/check/evidence/full-again.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'
import { shortWindows } from './oracle-runs.ts'

// What used a limit up and does not stand in the history is no reason to fail it: a limiter really answers a
// few requests, of which some are then left out.

/** Each algorithm, and the one that can be said to be refilled at intervals. */
const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm as string, algorithm, refillTickUs: undefined })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket' as const, refillTickUs: 3 },
]
type Kind = (typeof limiters)[number]

const drawn = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  windowUs: fc.integer({ min: 4, max: 8 }),
  phaseUs: fc.nat(7),
  counted: fc.constantFrom(true, false, false),
  highestCost: fc.constantFrom(1, 2),
  before: fc.nat(4),
  requests: fc.array(
    fc.record({
      gapUs: fc.nat(4),
      early: fc.constantFrom(0, 0, 1),
      late: fc.constantFrom(0, 0, 1),
      cost: fc.integer({ min: 1, max: 2 }),
      foreign: fc.boolean(),
    }),
    { minLength: 6, maxLength: 16 },
  ),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer One> ? One : never

/** What such a limiter answers. */
function answered({ algorithm, refillTickUs }: Kind, drawn: Drawn) {
  const { limit, windowUs, highestCost } = drawn
  const phaseUs = drawn.phaseUs % windowUs
  const model = createLimiter(algorithm, { limit, windowUs, phaseUs, rounding: 'floor', refillTickUs })
  let state = model.init()
  let atUs = 100
  return drawn.requests.map(({ gapUs, early, late, foreign, ...request }) => {
    atUs += gapUs
    const cost = Math.min(request.cost, highestCost)
    const admitted = model.admits(state, atUs, cost)
    if (admitted || drawn.counted) state = model.charge(state, atUs, cost)
    const outcome = admitted ? Outcome.accepted : Outcome.limited
    const record: RecordInput = {
      descriptor: 'A',
      sentUs: atUs - early,
      receivedUs: atUs + late,
      outcome,
      cost,
    }
    return { record, foreign }
  })
}

/** Whether a limiter of so many is refuted by those records, where the spec says what may be hidden. */
function isRefuted(
  { algorithm, refillTickUs }: Kind,
  { windowUs, counted }: Drawn,
  limit: number,
  records: readonly RecordInput[],
  said: Record<string, unknown>,
): boolean {
  const limitedRequests = counted ? 'counted' : 'free'
  const [spec] = shortWindows([{ scope: 'key', limit, algorithm, limitedRequests, ...said }], windowUs)
  const hypothesis: Hypothesis = {
    algorithm,
    limit,
    windowUs,
    limitedRequests,
    chargedWhenRefused: 'free',
    refillTickUs,
    ...(algorithm === 'sliding-counter' && { rounding: 'floor', refillTickUs }),
  }
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
  const file = new CaseFile(history, [spec as NonNullable<typeof spec>], 0)
  const proof = file.refuteLimit(0, hypothesis)
  expect(file.rejectedProofs).toEqual([])
  return proof !== undefined
}

describe.each(limiters)('what a history does not show of a $name', (kind) => {
  it('is no reason to refute it: hits from before the history', () => {
    const seen = { emptied: 0, other: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const records = answered(kind, one)
          .slice(one.before)
          .map(({ record }) => record)
        expect(isRefuted(kind, one, one.limit, records, { startsEmpty: false })).toBe(false)
        if (isRefuted(kind, one, one.limit, records, {})) seen.emptied++
        const others = [one.limit + 1, Math.max(1, one.limit - 1)].filter((limit) => limit !== one.limit)
        if (others.some((limit) => isRefuted(kind, one, limit, records, { startsEmpty: false }))) seen.other++
      }),
      { numRuns: 100 },
    )
    // Said to start empty, it would be; and what is no reason for that is one against another limit.
    expect(Math.min(seen.emptied, seen.other)).toBeGreaterThan(3)
  })

  it('is no reason to refute it: hits of others at any time', () => {
    const seen = { alone: 0, other: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const records = answered(kind, one).flatMap(({ record, foreign }) => (foreign ? [] : [record]))
        fc.pre(records.length > 0)
        expect(isRefuted(kind, one, one.limit, records, { foreignTraffic: 'possible' })).toBe(false)
        if (isRefuted(kind, one, one.limit, records, {})) seen.alone++
        if (one.limit > 1 && isRefuted(kind, one, 1, records, { foreignTraffic: 'possible' })) seen.other++
      }),
      { numRuns: 100 },
    )
    expect(Math.min(seen.alone, seen.other)).toBeGreaterThan(3)
  })
})

describe('a bucket of 2 in 10 that may have been empty at 0', () => {
  const fullAgain = (seen: readonly Seen[], endUs = Number.POSITIVE_INFINITY, refillTickUs?: number) =>
    fullAgainUs(0, evidenceOf(seen), { ...limiter('gcra'), refillTickUs }, endUs)

  it('is full when both have flowed in, and all that was taken out meanwhile', () => {
    expect(fullAgain([])).toBe(11)
    expect(fullAgain([{ lo: 11 }, { lo: 11 }])).toBe(11)
    expect(fullAgain([{ lo: 10 }, { lo: 16 }])).toBe(16)
    expect(fullAgain([{ lo: 10, cost: 2 }, { lo: 16 }, { lo: 30 }])).toBe(26)
  })

  it('is not as long as it is used as fast', () => {
    expect(fullAgain(Array.from({ length: 20 }, (_, k): Seen => ({ lo: 5 * k })))).toBe(111)
  })

  it('loses nothing to what uses nothing, and maybe to what may use it', () => {
    expect(fullAgain([{ lo: 5, as: 'refused' }])).toBe(11)
    expect(fullAgain([{ lo: 5, as: 'unknown' }])).toBe(16)
  })

  it('is some time later where tokens come at intervals', () => {
    expect(fullAgain([], undefined, 4)).toBe(15)
  })

  it('is never where what comes next is not known', () => {
    expect(fullAgain([{ lo: 5 }], 16)).toBe(16)
    expect(fullAgain([{ lo: 5 }], 15)).toBe(Number.POSITIVE_INFINITY)
  })
})
