import { canBeKept, judge } from '../check/index.ts'
import { type Descriptor, type History, historyFromRecords, Outcome, type Scopes } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Exchange } from './exchange.ts'

/** What a request is supposed to have used up: by which scope values it counts, and as how much. */
export interface Counted {
  scopes: Scopes
  cost: number
}

/** A supposition about a platform: what each request counts as; `undefined` where it counts nowhere. */
export type Reading = (exchange: Exchange) => Counted | undefined

/** Stamps are whole milliseconds, rounded down. */
const clockSlackMs = 1

/**
 * Can a platform with these limits have given these answers, if requests count as a reading has it? The
 * exact checker says: a reading is excluded only by a certificate. What counts nowhere is decided by no
 * limit, so one that was refused excludes the reading.
 */
export function isPossible(
  exchanges: readonly Exchange[],
  limits: readonly Limit[],
  reading: Reading,
  clockDriftPpm: number,
): boolean {
  if (exchanges.length === 0) return true
  const isContradicted = exchanges.some(
    (exchange) => exchange.outcome === Outcome.limited && !reading(exchange),
  )
  if (isContradicted) return false
  const history = historyOf(exchanges, reading)
  const canKeep = (some: readonly Limit[]) => canBeKept(history, { limits: [...some], clockDriftPpm })
  return canKeep(limits) && oneAlgorithmEach(limits).some(canKeep)
}

/**
 * Each way in which these limits can be enforced, by one algorithm each. What none of them explains, no platform
 * can have answered; asked about all of them at once, the checker leaves more open, as what refutes one
 * algorithm of a limit may be explained by another one of the other.
 */
function oneAlgorithmEach(limits: readonly Limit[]): Limit[][] {
  return limits.reduce<Limit[][]>(
    (ways, limit) =>
      ways.flatMap((way) =>
        limit.algorithm.map((algorithm) => [...way, { ...limit, algorithm: [algorithm] }]),
      ),
    [[]],
  )
}

/** Do these exchanges prove a limit: explained by it, and by no limit or window beside it? */
export function isProven(
  exchanges: readonly Exchange[],
  limit: Limit,
  reading: Reading,
  clockDriftPpm: number,
): boolean {
  return judge(historyOf(exchanges, reading), { limits: [limit], clockDriftPpm }).verdict === 'pass'
}

/**
 * Do these exchanges prove how many a limit lets through in its window, whether or not they prove how long that
 * window is? @param limits all that may have refused any of them.
 */
export function isNumberProven(
  exchanges: readonly Exchange[],
  limit: Limit,
  limits: readonly Limit[],
  reading: Reading,
  clockDriftPpm: number,
): boolean {
  const history = historyOf(exchanges, reading)
  const asked = { limits: [...limits], clockDriftPpm }
  // Judging what is broken takes long, since it looks for what is there instead.
  if (!canBeKept(history, asked)) return false
  const found = judge(history, asked).limits[limits.indexOf(limit)]
  return found?.verdict === 'pass' || found?.reason === 'window-not-known'
}

/** The exchanges as a history in which each request counts as a reading has it; what counts nowhere is left out. */
function historyOf(exchanges: readonly Exchange[], reading: Reading): History {
  const startedAtMs = exchanges.reduce(
    (least, { sentMs }) => Math.min(least, sentMs),
    Number.POSITIVE_INFINITY,
  )
  const descriptors = new Map<string, Descriptor>()
  const records = []
  for (const exchange of exchanges) {
    const counted = reading(exchange)
    if (!counted) continue
    const { line, sentMs, receivedMs, status, limitedBy } = exchange
    const key = JSON.stringify(Object.entries(counted.scopes).sort())
    const descriptor = descriptors.get(key) ?? { name: key, scopes: counted.scopes }
    descriptors.set(key, descriptor)
    records.push({
      line,
      descriptor: descriptor.name,
      sentUs: Math.round((sentMs - startedAtMs) * 1000),
      receivedUs: Math.round((receivedMs - startedAtMs) * 1000),
      outcome: passed(exchange),
      status,
      cost: counted.cost,
      limitedBy,
    })
  }
  return historyFromRecords({ descriptors: [...descriptors.values()], clockSlackMs }, records)
}

const odd: ReadonlySet<Exchange['kind']> = new Set(['heartbeat', 'malformed', 'get'])

/**
 * What a limit did with a request that is supposed to count. Of one that is odd on purpose, the server may
 * say something else than that it is refused (400 of a malformed one): a limit by which it counts has let
 * it through.
 */
function passed({ kind, outcome, status }: Exchange): Outcome {
  const isAnswered = odd.has(kind) && status >= 200 && status < 500
  return outcome === Outcome.unknown && isAnswered ? Outcome.accepted : outcome
}

/**
 * The same limit as a bucket, which lets more through in some windows than the number says. No spec means that unless
 * it says so; but whose a limit is can be told of one as well, if nothing else explains what was seen.
 */
export function asBucket(limit: Limit): Limit {
  return { ...limit, algorithm: ['token-bucket'] }
}

/** Of several readings, those that are possible. */
export function possibleReadings<Key extends string>(
  exchanges: readonly Exchange[],
  limits: readonly Limit[],
  readings: Readonly<Record<Key, Reading>>,
  clockDriftPpm: number,
): Key[] {
  return (Object.keys(readings) as Key[]).filter((key) =>
    isPossible(exchanges, limits, readings[key], clockDriftPpm),
  )
}
