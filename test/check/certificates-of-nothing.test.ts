import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { type Algorithm, algorithms } from '../../lib/spec/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

const windowUs = 6
const drawnAnswers = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  phaseUs: fc.nat(windowUs - 1),
  highestCost: fc.constantFrom(1, 2),
  requests: fc.array(
    fc.record({ gapUs: fc.nat(4), early: fc.nat(2), late: fc.nat(2), cost: fc.integer({ min: 1, max: 2 }) }),
    { minLength: 3, maxLength: 7 },
  ),
})

/** What a limiter of that kind really answered, at instants that are then forgotten. */
function answered(algorithm: Algorithm, drawn: Drawn): Evidence {
  const { limit, phaseUs, highestCost, requests } = drawn
  const model = createLimiter(algorithm, { limit, windowUs, phaseUs })
  let state = model.init()
  let atUs = 20
  const seen = requests.map(({ gapUs, early, late, ...request }): Seen => {
    atUs += gapUs
    const cost = Math.min(request.cost, highestCost)
    const admitted = model.admits(state, atUs, cost)
    if (admitted) state = model.charge(state, atUs, cost)
    return { lo: atUs - early, hi: atUs + late, as: admitted ? 'accepted' : 'refused', cost }
  })
  return evidenceOf(seen)
}

interface Drawn {
  limit: number
  phaseUs: number
  highestCost: number
  requests: { gapUs: number; early: number; late: number; cost: number }[]
}

/** Every reason that can be put into words about so many rows. */
function allReasons(rows: readonly number[], subsets: readonly number[][], bucket: boolean): Reason[] {
  return [
    ...subsets.flatMap((some): Reason[] => [
      ...(bucket ? [{ kind: 'over-refill', rows: some } as const] : []),
      ...[1, 2, 3].map((windows): Reason => ({ kind: 'over-admission', windows, rows: some })),
      ...rows.map((row): Reason => ({ kind: 'over-admission', windows: 1, rows: some, afterRefused: row })),
      ...rows.map((row): Reason => ({ kind: 'admitted-when-full', admitted: row, rows: some })),
    ]),
    ...rows.flatMap((row): Reason[] => [
      { kind: 'unjustified-refusal', refused: row, unitsAtMost: 0 },
      ...rows.map((other): Reason => ({ kind: 'refusal-before-admission', refused: row, admitted: other })),
    ]),
  ]
}

/** A reason against each start on its own, as far as any is accepted for it. */
function closed(evidence: Evidence, algorithm: Algorithm, limit: number, reasons: readonly Reason[]): Case[] {
  const hypothesis = limiter(algorithm, limit, windowUs)
  const holds = (cases: Case[], unsaid?: string) =>
    verifyCertificate(evidence, { refuted: true, hypothesis, cases }) === unsaid
  const found: Case[] = []
  if (algorithm !== 'fixed-window' && algorithm !== 'sliding-counter') {
    for (const reason of reasons) if (holds([{ reason }])) return [{ reason }]
    return []
  }
  for (let residue = 0; residue < windowUs; residue++) {
    const of = (startUs: number, reason: Reason): Case => ({ startUs: [startUs, startUs], reason })
    const others = Array.from({ length: windowUs }, (_, k): Case => ({ startUs: [k, k] }))
    const starts = Array.from({ length: 10 }, (_, k) => residue + k * windowUs)
    const one = starts
      .flatMap((startUs) => reasons.map((reason) => of(startUs, reason)))
      .find((first) => holds([first, ...others], 'a case without a reason'))
    if (!one) return found
    found.push(one)
  }
  return found
}

describe.each(algorithms)('against what a %s answered', (algorithm) => {
  it('no certificate stands, whatever its reasons', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(drawnAnswers, (drawn) => {
        const evidence = answered(algorithm, drawn)
        const rows = [...evidence.rows]
        const bucket = algorithm === 'token-bucket' || algorithm === 'gcra'
        // More rows than need be do no harm but to a bucket, where each widens the span.
        const subsets = bucket
          ? Array.from({ length: 2 ** rows.length - 1 }, (_, n) => rows.filter((k) => ((n + 1) >> k) & 1))
          : [rows]
        const found = closed(evidence, algorithm, drawn.limit, allReasons(rows, subsets, bucket))
        if (found.length < (algorithm === 'fixed-window' || algorithm === 'sliding-counter' ? windowUs : 1))
          return
        expect(found).toBe('nothing')
      }),
      { numRuns: Number(process.env.ONSET_CERT_RUNS ?? 150) },
    )
  })
})
