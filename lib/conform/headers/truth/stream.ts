import type { Answer } from '../answer.ts'
import type { Observed } from '../observed.ts'
import type { Quota } from '../quota.ts'
import type { Measured } from './measured.ts'

/** What one answer said of one quota. */
export interface Statement {
  seen: Observed
  quota: Quota
}

/**
 * Statements of one quota to one client: alike in dialect, name, partition key, limit, window and the
 * limiters that were met.
 */
export interface Stream {
  scopes: readonly string[]
  limit: number | undefined
  windowSeconds: number | undefined
  /**
   * Of how many limiters it can speak, now of one and now of another: 1 where the quota has a name or the
   * answers met a single limiter.
   */
  limiters: number
  statements: Statement[]
}

/** Units that are requests; of others nothing can be foretold from the number of requests. */
const requestUnits = new Set([undefined, 'requests', 'request'])

export function streamsOf(answers: readonly Answer[]): Stream[] {
  const streams = new Map<string, Stream>()
  for (const { seen, quotas } of answers) {
    for (const quota of quotas) {
      if (!requestUnits.has(quota.unit)) continue
      const scopes = [...seen.scopes].sort()
      const { dialect, name, partition, limit, windowSeconds } = quota
      const key = JSON.stringify([dialect, name, partition, limit, windowSeconds, scopes])
      const limiters = name === undefined ? Math.max(1, scopes.length) : 1
      const stream = streams.get(key) ?? { scopes, limit, windowSeconds, limiters, statements: [] }
      stream.statements.push({ seen, quota })
      streams.set(key, stream)
    }
  }
  return [...streams.values()]
}

/**
 * The longest sequence of statements of which each was received before the next was sent: their order is
 * beyond doubt, and no other can be put between two of them.
 */
export function inSequence(statements: readonly Statement[]): Statement[] {
  const chain: Statement[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for (const statement of [...statements].sort((one, other) => one.seen.receivedMs - other.seen.receivedMs)) {
    if (statement.seen.sentMs < lastMs) continue
    chain.push(statement)
    lastMs = statement.seen.receivedMs
  }
  return chain
}

/**
 * How long the window is, least and most: as measured, else as stated. A stated one is rounded to whole
 * seconds, of which no window has less than half.
 */
export function windowOf(
  { windowSeconds }: Stream,
  { windowMs }: Measured,
): readonly [leastMs: number, mostMs: number] | undefined {
  if (windowMs) return windowMs
  if (!windowSeconds) return undefined
  return [Math.max(500, (windowSeconds - 1) * 1000), (windowSeconds + 1) * 1000]
}

/** The limit at its highest: what is allowed for it then holds for any lower one. */
export function highestLimit({ limit }: Stream, measured: Measured): number | undefined {
  if (limit === undefined || measured.limit === undefined) return limit ?? measured.limit
  return Math.max(limit, measured.limit)
}
