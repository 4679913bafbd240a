import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { someOrderExplains, someOrderExplainsTogether } from '../../lib/check/verify/verify-order.ts'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'
import { consistent } from './oracle.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

// The enumeration that checks proofs by exhaustion again, by itself: brute force with the plain models
// has to find an order exactly where it does.

const mostOrders = 1_000_000

/** Each algorithm, and the one that can be said to be refilled at intervals. */
const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm as string, algorithm, refilled: false })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket' as const, refilled: true },
]

const seenRequests = fc.array(
  fc.record({
    lo: fc.nat(11),
    took: fc.nat(4),
    as: fc.constantFrom<keyof typeof outcomes>('accepted', 'accepted', 'refused', 'refused', 'unknown'),
    cost: fc.constantFrom(1, 1, 2),
    told: fc.constantFrom(true, true, true, false),
  }),
  { minLength: 2, maxLength: 5 },
)
type SeenRequest = typeof seenRequests extends fc.Arbitrary<(infer One)[]> ? One : never

const numbers = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  windowUs: fc.integer({ min: 3, max: 6 }),
  limitedRequests: fc.constantFrom('counted' as const, 'free' as const),
  rounding: fc.constantFrom('floor' as const, 'ceil' as const),
  refillTickUs: fc.integer({ min: 2, max: 6 }),
})

const outcomes = { accepted: Outcome.accepted, refused: Outcome.limited, unknown: Outcome.unknown }

/** What the limiter met: refused requests are used where they are counted. */
function evidenceFrom(requests: readonly SeenRequest[], counted: boolean): Evidence {
  const evidence = evidenceOf(
    requests.map(({ lo, took, as, cost }): Seen => ({ lo, hi: lo + took, as, cost })),
  )
  return counted
    ? { ...evidence, use: evidence.use.map((use, i) => (evidence.demand[i] === 2 ? 1 : use)) }
    : evidence
}

/** The same as a history; a request whose outcome does not count may have had any, if it could use the limit up. */
function historyFrom(requests: readonly SeenRequest[], counted: boolean): History {
  const records = requests
    .filter(({ told, as }) => told || counted || as !== 'refused')
    .map(({ lo, took, as, cost, told }): RecordInput => {
      const outcome = told ? outcomes[as] : Outcome.unknown
      return { descriptor: 'A', sentUs: lo, receivedUs: lo + took, outcome, cost, status: 500 }
    })
  return historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
}

describe.each(limiters)('orders of what one $name answered', ({ algorithm, refilled }) => {
  it('are found where brute force finds one, and only there', () => {
    const seen = { explained: 0, impossible: 0 }
    fc.assert(
      fc.property(seenRequests, numbers, (requests, { limit, windowUs, limitedRequests, ...drawn }) => {
        const hypothesis: Hypothesis = {
          ...limiter(algorithm, limit, windowUs),
          limitedRequests,
          ...(algorithm === 'sliding-counter' && { rounding: drawn.rounding }),
          ...(refilled && { refillTickUs: Math.min(drawn.refillTickUs, windowUs) }),
        }
        const counted = limitedRequests === 'counted'
        const told = new Set(requests.flatMap((request, row) => (request.told ? [row] : [])))
        const found = someOrderExplains(evidenceFrom(requests, counted), hypothesis, told, mostOrders)
        const truth = consistent(historyFrom(requests, counted), [{ ...hypothesis, scope: 'key' }])
        expect(found).toBe(truth)
        seen[truth ? 'explained' : 'impossible']++
      }),
      { numRuns: 150 },
    )
    expect(Math.min(seen.explained, seen.impossible)).toBeGreaterThan(10)
  })
})

describe('orders of what several limits answered together', () => {
  const descriptors = { A: { inner: 'A', outer: 'all' }, B: { inner: 'B', outer: 'all' } }
  const one = fc.record({
    kind: fc.constantFrom(...limiters),
    limit: fc.integer({ min: 1, max: 2 }),
    windowUs: fc.integer({ min: 3, max: 4 }),
    limitedRequests: fc.constantFrom('counted' as const, 'free' as const),
    chargedWhenRefused: fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const),
  })

  it('are found where brute force finds one, and only there', () => {
    const seen = { explained: 0, impossible: 0 }
    fc.assert(
      fc.property(
        smallHistories({ requests: 4, spanUs: 6, longestUs: 2, descriptors, highestCost: 2, named: true }),
        one,
        one,
        fc.nat(15),
        (history, inner, outer, untoldBits) => {
          const assumed = [inner, outer].map(
            ({ kind: { algorithm, refilled }, ...rest }): Hypothesis => ({
              algorithm,
              ...rest,
              ...(algorithm === 'sliding-counter' && { rounding: 'floor' as const }),
              ...(refilled && { refillTickUs: 2 }),
            }),
          )
          const scopes = ['inner', 'outer']
          const specs = shortWindows(
            scopes.map((scope, k) => ({ scope, limit: assumed[k]?.limit })),
            4,
          )
          const { cells, bounds } = new CaseFile(history, specs, 0)
          const rows = Array.from({ length: history.count }, (_, row) => row)
          const told = rows.filter((row) => ((untoldBits >> row) & 1) === 0 || row > 2)
          const found = someOrderExplainsTogether(
            history,
            bounds,
            cells.map((cell) => ({ cell, hypothesis: assumed[cell.limitIndex] as Hypothesis })),
            rows,
            new Set(told),
            mostOrders,
          )
          const outcome = history.outcome.map((was, row) => (told.includes(row) ? was : Outcome.unknown))
          const truth = consistent(
            { ...history, outcome },
            assumed.map((hypothesis, k) => ({ ...hypothesis, scope: scopes[k] as string })),
          )
          expect(found).toBe(truth)
          seen[truth ? 'explained' : 'impossible']++
        },
      ),
      { numRuns: 300 },
    )
    expect(Math.min(seen.explained, seen.impossible)).toBeGreaterThan(20)
  })
})
