import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { Demand, type Evidence, Use } from '../../lib/check/evidence/evidence.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { refuteByOrders } from '../../lib/check/order/refute-orders.ts'
import { someOrderExplains, someOrderExplainsTogether } from '../../lib/check/verify/verify-order.ts'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'
import { consistent, type OracleLimit } from './oracle.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

// The enumeration that checks proofs by exhaustion again, by itself: brute force with the plain models
// has to find an order exactly where it does.

const mostOrders = 1_000_000
const rule = fc.constantFrom('counted' as const, 'free' as const)

/** Each algorithm, and the one that can be said to be refilled at intervals. */
const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm as string, algorithm, refilled: false })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket' as const, refilled: true },
]

const seenRequests = fc.array(
  fc.record({
    lo: fc.nat(11),
    took: fc.nat(4),
    as: fc.constantFrom<As>(
      'accepted',
      'accepted',
      'accepted',
      'refused',
      'refused',
      'refused',
      'unknown',
      'vacant',
    ),
    cost: fc.constantFrom(1, 1, 2),
    told: fc.constantFrom(true, true, true, false),
  }),
  { minLength: 2, maxLength: 5 },
)
type As = NonNullable<Seen['as']>
type SeenRequest = typeof seenRequests extends fc.Arbitrary<(infer One)[]> ? One : never

const numbers = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  windowUs: fc.integer({ min: 3, max: 6 }),
  limitedRequests: rule,
  chargedWhenRefused: rule,
  rounding: fc.constantFrom('floor' as const, 'ceil' as const),
  refillTickUs: fc.integer({ min: 2, max: 6 }),
  hiddenUseUntilUs: fc.oneof(
    { weight: 3, arbitrary: fc.constant(Number.NEGATIVE_INFINITY) },
    { weight: 1, arbitrary: fc.nat(8) },
  ),
})

/** What the limiter met. Those that it let through and another refused cost more than that other ever lets through. */
function evidenceFrom(
  requests: readonly SeenRequest[],
  hypothesis: Hypothesis,
  hiddenUseUntilUs: number,
): Evidence {
  const evidence = evidenceOf(
    requests.map(
      ({ lo, took, as, cost }): Seen => ({ lo, hi: lo + took, as, cost: as === 'vacant' ? 2 : cost }),
    ),
    hiddenUseUntilUs,
  )
  const use = evidence.use.map((use, i) => {
    const { as } = requests[i] as SeenRequest
    if (as === 'refused') return hypothesis.limitedRequests === 'counted' ? Use.surely : Use.never
    return as === 'vacant' ? (hypothesis.chargedWhenRefused === 'counted' ? Use.surely : Use.never) : use
  })
  return { ...evidence, use }
}

/** All histories of which the evidence tells as much. */
function historiesFrom(
  { rows, loUs, hiUs, cost, demand, use, hiddenUseUntilUs }: Evidence,
  told: ReadonlySet<number>,
): History[] {
  let all: RecordInput[][] = [[]]
  for (const row of rows) {
    const [sentUs, receivedUs] = [loUs[row] as number, hiUs[row] as number]
    const hidden = demand[row] === Demand.refuse && sentUs < hiddenUseUntilUs
    // What used nothing up, and of which nothing is known, says nothing.
    if (use[row] === Use.never && (hidden || !told.has(row))) continue
    const meant = told.has(row) ? outcomes[demand[row] as Demand] : [Outcome.unknown]
    const either = hidden && told.has(row) ? [Outcome.accepted, Outcome.limited] : meant
    const descriptor = told.has(row) && demand[row] === Demand.vacant ? 'B' : 'A'
    all = all.flatMap((before) =>
      either.map((outcome) => [
        ...before,
        {
          descriptor,
          sentUs,
          receivedUs,
          outcome,
          cost: cost[row] as number,
          status: 500,
          ...(descriptor === 'B' && { limitedBy: 'other' }),
        },
      ]),
    )
  }
  return all.map((records) =>
    historyFromRecords({ descriptors: { A: { key: 'A' }, B: { key: 'A', other: 'B' } } }, records),
  )
}

const outcomes = {
  [Demand.none]: [Outcome.unknown],
  [Demand.admit]: [Outcome.accepted],
  [Demand.refuse]: [Outcome.limited],
  [Demand.vacant]: [Outcome.limited],
}

/** Refuses all that cost 2, and counts nothing. */
const other: OracleLimit = { scope: 'other', ...limiter('sliding-log', 1, 1) }

describe.each(limiters)('orders of what one $name answered', ({ algorithm, refilled }) => {
  const drawn = fc
    .tuple(seenRequests, numbers)
    .map(([requests, { limit, windowUs, hiddenUseUntilUs, ...rest }]) => {
      const hypothesis: Hypothesis = {
        ...limiter(algorithm, limit, windowUs),
        limitedRequests: rest.limitedRequests,
        chargedWhenRefused: rest.chargedWhenRefused,
        ...(algorithm === 'sliding-counter' && { rounding: rest.rounding }),
        ...(refilled && { refillTickUs: Math.min(rest.refillTickUs, windowUs) }),
      }
      const told = new Set(requests.flatMap((request, row) => (request.told ? [row] : [])))
      return { hypothesis, told, evidence: evidenceFrom(requests, hypothesis, hiddenUseUntilUs) }
    })

  it('are found where brute force finds one, and only there', () => {
    const seen = { explained: 0, impossible: 0 }
    fc.assert(
      fc.property(drawn, ({ evidence, hypothesis, told }) => {
        const found = someOrderExplains(evidence, hypothesis, told, mostOrders)
        const truth = historiesFrom(evidence, told).some((history) =>
          consistent(history, [{ ...hypothesis, scope: 'key' }, other]),
        )
        expect(found).toBe(truth)
        seen[truth ? 'explained' : 'impossible']++
      }),
      { numRuns: 200 },
    )
    expect(Math.min(seen.explained, seen.impossible)).toBeGreaterThan(10)
  })

  it('are found for a request that may have used it up where they are if it did, or if it did not', () => {
    fc.assert(
      fc.property(drawn, fc.nat(4), ({ evidence, hypothesis, told }, which) => {
        const row = which % evidence.rows.length
        const found = (use: Use) => {
          const changed = { ...evidence, use: evidence.use.map((was, i) => (i === row ? use : was)) }
          return someOrderExplains(changed, hypothesis, told, mostOrders)
        }
        // A refusal that proves nothing is taken to be counted where it may be, full or not, if it surely was.
        const hidden = (evidence.loUs[row] as number) < evidence.hiddenUseUntilUs
        fc.pre(evidence.demand[row] !== Demand.none && !hidden)
        expect(found(Use.maybe)).toBe(found(Use.surely) || found(Use.never))
      }),
      { numRuns: 100 },
    )
  })

  it('are searched with the same outcome, and no less is said than what is needed for it', () => {
    const seen = { explained: 0, impossible: 0 }
    const uses = fc.array(fc.constantFrom(undefined, undefined, Use.maybe), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(drawn, uses, ({ evidence: known, hypothesis }, maybe) => {
        // What was let through was counted, surely.
        const isOpen = (i: number) => maybe[i] !== undefined && known.demand[i] !== Demand.admit
        const evidence = { ...known, use: known.use.map((use, i) => (isOpen(i) ? Use.maybe : use)) }
        // What nobody saw may have opened a first-hit window at any time: nothing is searched then.
        fc.pre(algorithm !== 'first-hit-window' || evidence.hiddenUseUntilUs === Number.NEGATIVE_INFINITY)
        const explains = (rows: Iterable<number>) =>
          someOrderExplains(evidence, hypothesis, new Set(rows), mostOrders)
        const explained = explains(evidence.rows)
        const found = refuteByOrders(evidence, hypothesis, createAllowance())
        expect(found === undefined).toBe(explained)
        seen[explained ? 'explained' : 'impossible']++
        const reason = found?.cases[0]?.reason
        if (reason?.kind !== 'no-order') return
        expect(explains(reason.rows)).toBe(false)
        // Whether a refusal was counted may be known by its being one: then less need not say less.
        if (evidence.use.some((use, i) => use !== known.use[i])) return
        for (const row of reason.rows) expect(explains(reason.rows.filter((r) => r !== row))).toBe(true)
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
            cells.toReversed().map((cell) => ({ cell, hypothesis: assumed[cell.limitIndex] as Hypothesis })),
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
      { numRuns: 500 },
    )
    expect(Math.min(seen.explained, seen.impossible)).toBeGreaterThan(20)
  })
})
