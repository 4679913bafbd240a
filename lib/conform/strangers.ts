import { Outcome } from '../history/index.ts'
import type { Algorithm, Limit } from '../spec/index.ts'
import { anotherTime, cannotTell, limitsFirst, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { possibleReadings, type Reading } from './reading.ts'
import { alertScopes, strangerDescriptor } from './site.ts'

/** One attempt: an integration of another organization, before and while this one is at its limit. */
export interface Attempt {
  /** To the other organization's integration, before anything else. */
  before: readonly Exchange[]
  /** To this organization's integrations, up to its limit. */
  filled: readonly Exchange[]
  /** To the other one, in turn with some to this organization's. */
  atLimit: readonly Exchange[]
}

/** What takes longer than this share of a window is told apart from no other limits and windows. */
const mostOfWindow = 0.5

/** So many more than its limit may be let through, beside what a bucket gives back meanwhile. */
const spare = 3

const apart: Reading = ({ descriptor }) => ({ scopes: alertScopes(descriptor), cost: 1 })
const together: Reading = ({ descriptor }) => ({
  scopes: { ...alertScopes(descriptor), organization: 'both' },
  cost: 1,
})

/**
 * Whether another organization's alerts count by this one's limit: told from what an integration there is
 * answered while this organization is at its limit, which has to be one thing all the time, but for what a limit
 * gives back that recovers little by little. Nobody else is
 * taken to use that other organization to its limit, and what it was answered just before has to bear that out.
 * @param attempts the last one is told of; those before it count as well.
 */
export function saidOfStrangers(
  attempts: readonly Attempt[],
  limits: readonly Limit[],
  organization: Limit,
  clockDriftPpm: number,
): Said {
  const { before, filled, atLimit } = attempts.at(-1) as Attempt
  const toStranger = atLimit.filter(isOfStranger)
  const lines = [...before, ...toStranger].map(({ line }) => line)
  const refusedBefore = before.find(({ outcome }) => outcome !== Outcome.accepted)
  if (refusedBefore || before.length === 0) {
    const answered = refusedBefore ? `was answered ${refusedBefore.status}` : 'got none'
    return cannotTell(
      `An integration of the other organization ${answered} before this one was at its limit.`,
      "Ask when the other organization's integrations get through.",
      lines,
    )
  }
  const countOf = (wanted: Outcome, some: readonly Exchange[]) =>
    some.filter(({ outcome }) => outcome === wanted).length
  const through = countOf(Outcome.accepted, toStranger)
  const refused = countOf(Outcome.limited, toStranger)
  const seen = `While this organization was at its limit, ${through} of ${toStranger.length} alerts to an integration of another were let through and ${refused} refused.`
  const tookMs = Math.max(...atLimit.map(({ receivedMs }) => receivedMs)) - (filled[0]?.sentMs ?? 0)
  if (tookMs > mostOfWindow * organization.window) {
    return cannotTell(
      `${seen} With that it took ${(tookMs / 1000).toFixed(1)} s, which is too much of a window of ${organization.window / 1000} s.`,
      'Ask when the target answers faster.',
      lines,
    )
  }
  const own = atLimit.filter((exchange) => !isOfStranger(exchange))
  const ownRefused = countOf(Outcome.limited, own)
  const givenBack = givenBackIn(atLimit, organization)
  const isAllBut = (count: number, all: number) => count >= all - givenBack && count > all / 2
  const isOneThing = through === toStranger.length || isAllBut(refused, toStranger.length)
  if (!isOneThing || !isAllBut(ownRefused, own.length)) {
    return cannotTell(
      `${seen} Of ${own.length} alerts of this organization between them ${ownRefused} were refused.`,
      anotherTime,
      lines,
    )
  }
  const refuser = [...filled, ...own].find(
    ({ limitedBy }) => limitedBy !== undefined && limitedBy !== organization.scope,
  )?.limitedBy
  const ownThrough = countOf(Outcome.accepted, filled)
  const mostThrough = organization.limit * (1 + tookMs / organization.window) + spare
  if (refuser !== undefined || ownThrough > mostThrough) {
    // An integration's limit may have refused them, and the organization is not at its own.
    const instead =
      refuser !== undefined
        ? `refusals blame the limit per ${refuser}`
        : `${ownThrough} alerts of this organization were let through before one was refused`
    return cannotTell(
      `${seen} But ${instead}, so that it is not known to be at its limit of ${organization.limit}.`,
      ownThrough > mostThrough ? anotherTime : limitsFirst,
      lines,
    )
  }
  const [possible, another] = possibleReadings(
    attempts.flatMap((attempt) => [...attempt.before, ...attempt.filled, ...attempt.atLimit]),
    limits,
    { own: apart, shared: together },
    clockDriftPpm,
  )
  if (another !== undefined) {
    return cannotTell(
      `${seen} Both one limit for both and one for each explain what was answered.`,
      anotherTime,
      lines,
    )
  }
  // What the limits of the spec leave is to be what was seen.
  const found = possible === (refused > 0 ? 'shared' : 'own') ? possible : undefined
  if (found === undefined) {
    return cannotTell(
      `${seen} Neither one limit of ${organization.limit} for both nor one for each explains what was answered.`,
      limitsFirst,
      lines,
    )
  }
  return found === 'own'
    ? {
        says: 'own',
        answer: 'yes',
        weight: 'fine',
        why: `${seen} With "${organization.name}" at ${organization.limit}, one limit for both cannot explain that.`,
        lines,
      }
    : {
        says: 'shared',
        answer: 'no, it is refused too',
        weight: 'violation',
        why: `${seen} With "${organization.name}" at ${organization.limit}, a limit for each cannot explain that: an organization at its limit silences another.`,
        lines,
      }
}

/** These let a few through again and again while they are at their limit. */
const givingBack: ReadonlySet<Algorithm> = new Set(['sliding-counter', 'token-bucket', 'gcra'])

/** How many a limit can let through meanwhile though it is reached. */
function givenBackIn(exchanges: readonly Exchange[], { algorithm, limit, window: windowMs }: Limit): number {
  const [first, last] = [exchanges[0], exchanges.at(-1)]
  if (!first || !last || !algorithm.some((one) => givingBack.has(one))) return 0
  return Math.ceil((limit * (last.receivedMs - first.sentMs)) / windowMs)
}

function isOfStranger({ descriptor }: Exchange): boolean {
  return descriptor === strangerDescriptor
}
