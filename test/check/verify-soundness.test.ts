import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import type { Case, Reason, Refuted } from '../../lib/check/refute/certificate.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { algorithms, type Limit } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { oracleRuns, shortWindows } from './oracle-runs.ts'

// What was proven of one history is held against another that differs a little: a verifier that overlooks
// something takes the proof for one that it does not fit, and brute force knows better.

const { runs: share, seed } = oracleRuns(0.1 / algorithms.length)
const runs = Math.max(Number(process.env.ONSET_SOUNDNESS_RUNS ?? 400), share)
const timeout = 3_600_000

interface Request {
  sentUs: number
  tookUs: number
  outcome: Outcome
  cost: number
}

const request: fc.Arbitrary<Request> = fc.record({
  sentUs: fc.nat(13),
  tookUs: fc.nat(3),
  outcome: fc.oneof(
    { weight: 6, arbitrary: fc.constant(Outcome.accepted) },
    { weight: 4, arbitrary: fc.constant(Outcome.limited) },
    { weight: 1, arbitrary: fc.constant(Outcome.unknown) },
  ),
  cost: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
})

/** One change to a history: a request's numbers or its outcome; or to the limit or the window. */
const change = fc.record({
  what: fc.constantFrom('sent', 'took', 'outcome', 'cost', 'limit', 'window', 'proof'),
  where: fc.nat(100),
  by: fc.constantFrom(-2, -1, 1, 2),
})
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never

function changed(requests: readonly Request[], { what, where, by }: Change): Request[] {
  const at = where % requests.length
  return requests.map((one, k) => {
    if (k !== at) return one
    if (what === 'sent') return { ...one, sentUs: Math.max(0, one.sentUs + by) }
    if (what === 'took') return { ...one, tookUs: Math.max(0, one.tookUs + by) }
    if (what === 'cost') return { ...one, cost: Math.max(1, one.cost + by) }
    return what === 'outcome' ? { ...one, outcome: ((one.outcome + by + 3) % 3) as Outcome } : one
  })
}

/** One number in a proof, moved: a row, or an end of a range. */
function changedProof(proof: Refuted, { what, where, by }: Change): Refuted {
  if (what !== 'proof') return proof
  let place = where % Math.max(1, count(proof.cases))
  const moved = (n: number) => (place-- === 0 ? n + by : n)
  const inReason = (reason: Reason): Reason => {
    const fields = Object.entries(reason).map(([name, value]) => [
      name,
      typeof value === 'number' ? moved(value) : Array.isArray(value) ? value.map(moved) : value,
    ])
    return Object.fromEntries(fields) as Reason
  }
  const inCase = ({ startUs, reason, next }: Case): Case => ({
    ...(startUs && { startUs: [moved(startUs[0]), moved(startUs[1])] as [number, number] }),
    ...(reason && { reason: inReason(reason) }),
    ...(next && { next: next.map(inCase) }),
  })
  return { ...proof, cases: proof.cases.map(inCase) }
}

function count(cases: readonly Case[]): number {
  const numbers = (reason: Reason) => Object.values(reason).flat().filter(Number.isFinite).length
  return cases.reduce(
    (sum, { startUs, reason, next }) =>
      sum + (startUs ? 2 : 0) + (reason ? numbers(reason) : 0) + (next ? count(next) : 0),
    0,
  )
}

function historyOf(requests: readonly Request[]): History {
  const records = requests.map(
    ({ sentUs, tookUs, ...rest }): RecordInput => ({
      descriptor: 'A',
      sentUs,
      receivedUs: sentUs + tookUs,
      ...rest,
    }),
  )
  return historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
}

describe.each(algorithms)('a proof about one %s', (algorithm) => {
  it('is taken for no other history that can be explained', { timeout }, () => {
    const seen = { taken: 0, refused: 0 }
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 3, max: 6 }),
        fc.constantFrom('counted' as const, 'free' as const),
        fc.array(change, { minLength: 6, maxLength: 12 }),
        (requests, limit, windowUs, limitedRequests, changes) => {
          const [spec] = shortWindows([{ scope: 'key', limit, algorithm, limitedRequests }], windowUs) as [
            Limit,
          ]
          const file = new CaseFile(historyOf(requests), [spec], 0)
          for (const hypothesis of hypotheses(spec, file.surroundings(0))) {
            const proof = file.refuteLimit(0, hypothesis)
            if (!proof || proof.cases[0]?.reason?.kind === 'no-order') continue
            for (const one of changes) {
              const other = historyOf(changed(requests, one))
              const h: Hypothesis = {
                ...hypothesis,
                limit: Math.max(1, limit + (one.what === 'limit' ? one.by : 0)),
                windowUs: Math.max(2, windowUs + (one.what === 'window' ? one.by : 0)),
              }
              const otherFile = new CaseFile(other, [spec], 0)
              const [cell] = otherFile.cells
              if (!cell) continue
              const evidence = otherFile.evidence(cell, h)
              const taken = verifyCertificate(evidence, { ...changedProof(proof, one), hypothesis: h })
              seen[taken === undefined ? 'taken' : 'refused']++
              if (taken !== undefined) continue
              expect(consistent(other, [{ ...h, scope: 'key' }])).toBe(false)
            }
          }
        },
      ),
      { numRuns: runs, seed },
    )
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(runs / 4)
  })
})
