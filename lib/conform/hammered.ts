import { Outcome } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import { anotherTime, cannotTell, limitsFirst, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { acceptedIn } from './fill.ts'
import { isPossible, type Reading } from './reading.ts'
import { alertScopes } from './site.ts'

/** An integration at its limit is refused so many alerts more, and then others bring the organization to its limit. */
export interface Round {
  /**
   * Was nothing sent before it for so long that nothing from before counts in any kind of window of the spec's
   * length? Otherwise it begins right after the organization's recovery.
   */
  isFresh: boolean
  /** Until it recovered from the round before. */
  probes: readonly Exchange[]
  /** Of the noisy integration, all that it sent. */
  noisy: readonly Exchange[]
  /** Of all others. */
  others: readonly Exchange[]
}

/** An answer, and whether a further round may settle it. */
export interface Judged {
  said: Said
  isOpen: boolean
}

/** A round that takes longer than this share of a window tells no other limits and windows apart. */
const mostOfWindow = 0.5

/** By how much what a round shows of a limit may be off, beside what a sliding counter gives back. */
const spare = 3

const asSent: Reading = ({ descriptor }) => ({ scopes: alertScopes(descriptor), cost: 1 })

type Charged = 'counted' | 'free'

/**
 * Whether alerts that an integration's limit refused used up the organization's: then it is at its limit after
 * as many fewer. In each round others are refused, so that no other number for the organization's limit looks
 * the same: an answer is given only where none explains the opposite.
 */
export function saidOfHammered(
  rounds: readonly Round[],
  limits: readonly Limit[],
  organization: Limit,
  clockDriftPpm: number,
): Judged {
  const exchanges = rounds.flatMap(({ probes, noisy, others }) => [...probes, ...noisy, ...others])
  const lines = exchanges.map(({ line }) => line)
  const told = rounds.map(
    ({ noisy, others }) => `${acceptedIn([...noisy, ...others])} beside ${limitedIn(noisy)}`,
  )
  const seen = `A noisy integration was refused alerts at its own limit, and then others brought the organization to its limit. Let through beside so many refused: ${told.join(', ')}.`
  const longestMs = Math.max(...rounds.map(tookMs))
  if (longestMs > mostOfWindow * organization.window) {
    const why = `${seen} It took ${(longestMs / 1000).toFixed(1)} s, which is too much of a window of ${organization.window / 1000} s.`
    return { said: cannotTell(why, 'Ask when the target answers faster.', lines), isOpen: false }
  }
  // What no supposition explains by itself, none explains as a part; and a part of it leaves less unsearched.
  const parts = [exchanges, ...freshParts(rounds)]
  const isExplained = (chargedWhenRefused: Charged, limit: number) => {
    const supposed = limits.map((one) => (one === organization ? { ...one, limit, chargedWhenRefused } : one))
    return parts.every((part) => isPossible(part, supposed, asSent, clockDriftPpm))
  }
  const [counted, free] = (['counted', 'free'] as const).map((how) => isExplained(how, organization.limit))
  if (!counted && !free) {
    const why = `${seen} With "${organization.name}" at ${organization.limit}, neither explains that: that refused alerts use it up, and that they do not.`
    return { said: cannotTell(why, limitsFirst, lines), isOpen: false }
  }
  if (counted && free) {
    const why = `${seen} With "${organization.name}" at ${organization.limit}, both explain that: that refused alerts use it up, and that they do not.`
    return { said: cannotTell(why, anotherTime, lines), isOpen: true }
  }
  const opposite: Charged = counted ? 'free' : 'counted'
  const another = limitsIn(rounds, opposite, organization).find((limit) => isExplained(opposite, limit))
  if (another !== undefined) {
    const why = `${seen} That refused alerts ${counted ? 'use up the limit' : 'use up nothing'} explains that with "${organization.name}" at ${organization.limit}, and the opposite with ${another}.`
    return { said: cannotTell(why, limitsFirst, lines), isOpen: true }
  }
  if (!rounds.some((round) => addsUp(round, counted ? 'counted' : 'free', organization))) {
    const why = `${seen} In none of the rounds that adds up to the limit of ${organization.limit}.`
    return { said: cannotTell(why, limitsFirst, lines), isOpen: false }
  }
  const said: Said = counted
    ? {
        says: 'charged',
        answer: "no, they use up the organization's",
        weight: 'violation',
        why: `${seen} The more are refused, the fewer are let through: whoever sends too much to one integration can silence the whole organization.`,
        lines,
      }
    : {
        says: 'free',
        answer: 'yes',
        weight: 'fine',
        why: `${seen} No limit explains that where refused alerts use it up.`,
        lines,
      }
  return { said, isOpen: false }
}

/** Rounds that begin afresh, each with those after it, where there are several. */
function freshParts(rounds: readonly Round[]): Exchange[][] {
  const parts: Exchange[][] = []
  for (const { isFresh, probes, noisy, others } of rounds) {
    if (isFresh || parts.length === 0) parts.push([])
    parts.at(-1)?.push(...probes, ...noisy, ...others)
  }
  return parts.length > 1 ? parts : []
}

/** Does what a round used up make the organization's limit, with what it gave back meanwhile? */
function addsUp(round: Round, charged: Charged, { limit, window }: Limit): boolean {
  const used =
    acceptedIn([...round.noisy, ...round.others]) + (charged === 'counted' ? limitedIn(round.noisy) : 0)
  const givenBack = Math.ceil((limit * tookMs(round)) / window)
  return used >= limit - spare && used <= limit + givenBack + spare
}

/** Limits of the organization that rounds may show, if what was refused counts so. */
function limitsIn(rounds: readonly Round[], charged: Charged, { limit, window }: Limit): number[] {
  const found = new Set<number>()
  for (const round of rounds) {
    const { noisy, others } = round
    const through = acceptedIn([...noisy, ...others])
    const shown = through + (charged === 'counted' ? limitedIn(noisy) : 0)
    const givenBack = Math.ceil((Math.max(limit, shown) * tookMs(round)) / window)
    for (let one = Math.max(1, shown - givenBack - spare); one <= shown + spare; one++) found.add(one)
  }
  return [...found]
}

function limitedIn(exchanges: readonly Exchange[]): number {
  return exchanges.filter(({ outcome }) => outcome === Outcome.limited).length
}

function tookMs({ noisy, others }: Round): number {
  const all = [...noisy, ...others]
  const sent = all.map(({ sentMs }) => sentMs)
  return all.length === 0 ? 0 : Math.max(...all.map(({ receivedMs }) => receivedMs)) - Math.min(...sent)
}
