import { Outcome } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import { anotherTime, cannotTell, limitsFirst, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { isPossible, type Reading } from './reading.ts'
import { alertScopes } from './site.ts'

/** What is weighed, and how many alerts a payload of several has. */
export const weighed = ['several-alerts', 'heartbeat', 'malformed', 'get'] as const
export type Weighed = (typeof weighed)[number]
export const alertsInPayload = 3

/** How many of each are put on the scale before the limit is filled up with alerts. */
export type Weights = Record<Weighed, number>

/** One part of a limit; less than one cannot be told apart. */
const partsOfLimit = 40

/**
 * Weighs several things at once, as with the stones of a balance: so many of each that every combination
 * of what counts leaves another room for alerts. In units of which a limit has forty: payloads of three
 * differ by 2 between counting once and thrice, the others by 4, 8 and 16.
 * @returns `undefined` where the limit is too small for it.
 */
export function weightsFor(limit: number): Weights | undefined {
  const unit = Math.floor(limit / partsOfLimit)
  if (unit < 1) return undefined
  return { 'several-alerts': unit, heartbeat: 4 * unit, malformed: 8 * unit, get: 16 * unit }
}

/** What each of the weighed may count as. */
const choices: Record<Weighed, readonly number[]> = {
  'several-alerts': [1, alertsInPayload],
  heartbeat: [0, 1],
  malformed: [0, 1],
  get: [0, 1],
}

type Supposed = Record<Weighed, number>

/** Every combination of what the asked may count as. */
function combinations(asked: readonly Weighed[]): Supposed[] {
  let all: Supposed[] = [{ 'several-alerts': 1, heartbeat: 0, malformed: 0, get: 0 }]
  for (const kind of asked) {
    all = all.flatMap((one) => choices[kind].map((count) => ({ ...one, [kind]: count })))
  }
  return all
}

function readingOf(supposed: Supposed): Reading {
  return ({ kind, descriptor }) => {
    const cost = kind === 'alert' ? 1 : (supposed[kind as Weighed] ?? 0)
    if (cost === 0) return undefined
    return { scopes: alertScopes(descriptor), cost }
  }
}

/** What was sent to one integration from an empty limit, or a recovery, until it refused. */
export type Load = readonly Exchange[]

/** Whole numbers and the edges of intervals leave so much room. */
const spare = 1

/** Does what is supposed to have counted of a load add up to the limit, with what it gave back before it first refused? */
function addsUp(load: Load, supposed: Supposed, { limit, window: windowMs }: Limit): boolean {
  const reading = readingOf(supposed)
  const used = load
    .filter(({ outcome }) => outcome !== Outcome.limited)
    .reduce((sum, exchange) => sum + (reading(exchange)?.cost ?? 0), 0)
  const refusedAt = load.find(({ outcome }) => outcome === Outcome.limited)?.receivedMs
  if (refusedAt === undefined) return false
  const tookMs = refusedAt - (load[0]?.sentMs ?? 0)
  const givenBack = Math.floor((limit * tookMs) / windowMs)
  return used >= limit - spare && used <= limit + givenBack + spare
}

/**
 * What each of the asked can count as, given what was seen; all nothing where nothing explains it, or only what
 * adds up to the limit of an integration in none of the loads: then another limit is in the way.
 */
export function weigh(
  asked: readonly Weighed[],
  exchanges: readonly Exchange[],
  loads: readonly Load[],
  limit: Limit,
  limits: readonly Limit[],
  clockDriftPpm: number,
): Map<Weighed, Set<number>> {
  const possible = combinations(asked).filter((supposed) =>
    isPossible(exchanges, limits, readingOf(supposed), clockDriftPpm),
  )
  const isSeen = possible.some((supposed) => loads.some((load) => addsUp(load, supposed, limit)))
  return new Map(
    asked.map((kind) => [kind, new Set(isSeen ? possible.map((supposed) => supposed[kind]) : [])]),
  )
}

/** Whether more weighing could tell more. */
export function isOpen(found: ReadonlyMap<Weighed, ReadonlySet<number>>): boolean {
  return [...found.values()].some(({ size }) => size > 1)
}

const things: Record<Weighed, string> = {
  'several-alerts': `payloads of ${alertsInPayload} alerts`,
  heartbeat: 'heartbeats',
  malformed: 'bodies that are no JSON',
  get: 'GETs',
}

/** The answer about one thing that was weighed. */
export function said(
  kind: Weighed,
  counts: ReadonlySet<number>,
  { sent, accepted, limit }: { sent: number; accepted: number; limit: Limit },
  lines: readonly number[],
): Said {
  const seen = `Right after a recovery, and after ${sent} ${things[kind]} and what else was weighed, ${accepted} alerts were let through before "${limit.name}" refused.`
  const [count, another] = counts
  if (count === undefined) {
    return cannotTell(
      `${seen} Whatever may count, a limit of ${limit.limit} does not explain that.`,
      limitsFirst,
      lines,
    )
  }
  if (another !== undefined) {
    return cannotTell(
      `${seen} A window may have begun in the middle of it, so more than one answer explains that.`,
      anotherTime,
      lines,
    )
  }
  const why = `${seen} The limit being ${limit.limit}, nothing else explains that.`
  if (kind === 'several-alerts') {
    const each = count === alertsInPayload
    return {
      says: each ? 'each' : 'once',
      answer: each ? 'each alert counts' : 'a payload counts once',
      weight: 'observation',
      why,
      lines,
    }
  }
  return {
    says: count === 1 ? 'counts' : 'free',
    answer: count === 1 ? 'counts' : 'does not count',
    weight: 'observation',
    why,
    lines,
  }
}

/** Alerts alone, each counted by its integration. */
export const ofItsIntegration: Reading = ({ descriptor }) => ({
  scopes: { integration: descriptor },
  cost: 1,
})

/** What is said where alerts alone did not prove the limit. */
export function uncontrolled({ limit, window: windowMs }: Limit, lines: readonly number[]): Said {
  return cannotTell(
    `An integration that got alerts alone does not prove that the limit is ${limit} in ${windowMs / 1000} s, so nothing can be weighed by it.`,
    limitsFirst,
    lines,
  )
}
