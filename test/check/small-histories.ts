import fc from 'fast-check'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'

/** What small random histories are drawn from. */
export interface SmallHistory {
  /** At most so many requests. */
  requests: number
  spanUs: number
  longestUs: number
  descriptors: Record<string, Record<string, string>>
  /** Costs from 1 to this. Default 1. */
  highestCost?: number
  /** Whether refusals may name the scope that refused. Default: no. */
  named?: boolean
}

/**
 * A handful of requests on a coarse grid, with nested and overlapping intervals and any outcome:
 * mostly accepted, so that many histories are consistent. Shrinks to fewer requests that take less
 * time.
 */
export function smallHistories(shape: SmallHistory): fc.Arbitrary<History> {
  const names = Object.keys(shape.descriptors)
  const scopes = [...new Set(Object.values(shape.descriptors).flatMap((values) => Object.keys(values)))]
  const request = fc.record({
    descriptor: fc.constantFrom(...names),
    sentUs: fc.nat(shape.spanUs - 1),
    tookUs: fc.nat(shape.longestUs),
    outcome: fc.oneof(
      { weight: 6, arbitrary: fc.constant(Outcome.accepted) },
      { weight: 3, arbitrary: fc.constant(Outcome.limited) },
      { weight: 1, arbitrary: fc.constant(Outcome.unknown) },
    ),
    cost: fc.integer({ min: 1, max: shape.highestCost ?? 1 }),
    answered: fc.boolean(),
    limitedBy: shape.named
      ? fc.option(fc.constantFrom(...scopes), { nil: undefined })
      : fc.constant(undefined),
  })
  return fc.array(request, { minLength: 2, maxLength: shape.requests }).map((requests) =>
    historyFromRecords(
      { descriptors: shape.descriptors },
      requests.map(
        ({ descriptor, sentUs, tookUs, outcome, cost, answered, limitedBy }): RecordInput => ({
          descriptor,
          sentUs,
          receivedUs: sentUs + tookUs,
          outcome,
          cost,
          // Answered with neither yes nor no, it was decided by then, if at all; unanswered, at any time.
          ...(outcome === Outcome.unknown && { status: answered ? 500 : 0 }),
          ...(outcome === Outcome.limited && limitedBy !== undefined && { limitedBy }),
        }),
      ),
    ),
  )
}
