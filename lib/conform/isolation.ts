import { Outcome } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import { cannotTell, limitsFirst, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { acceptedIn, wasReached } from './fill.ts'
import { isPossible, type Reading } from './reading.ts'
import { alertScopes } from './site.ts'

const asSent: Reading = ({ descriptor }) => ({ scopes: alertScopes(descriptor), cost: 1 })

/**
 * A quiet integration beside one that is at its limit: do its alerts arrive? That is what the limits are for.
 * @param othersToo may others have used up the organization's limit?
 */
export function saidOfQuiet(
  quiet: readonly Exchange[],
  noisy: readonly Exchange[],
  othersToo: boolean,
): Said {
  const noisyAccepted = acceptedIn(noisy)
  if (!wasReached(noisy)) {
    return cannotTell(
      `${noisyAccepted} of ${noisy.length} alerts of a noisy integration were let through, and no limit refused at the end.`,
      limitsFirst,
      noisy.map(({ line }) => line),
    )
  }
  const lines = quiet.map(({ line }) => line)
  const refused = quiet.filter(({ outcome }) => outcome === Outcome.limited).length
  const unknown = quiet.filter(({ outcome }) => outcome === Outcome.unknown).length
  const seen = `Right after ${noisyAccepted} alerts of a noisy integration were let through and it was refused, ${quiet.length - refused - unknown} of ${quiet.length} alerts of a quiet one were let through.`
  if (refused > 0 && othersToo) {
    return cannotTell(
      `${seen} Others may have used up the limit of the organization.`,
      'Ask on an organization that nobody else uses, and write dedicated: true.',
      lines,
    )
  }
  if (refused > 0) {
    return {
      says: 'starved',
      answer: 'no, it is refused too',
      weight: 'violation',
      why: `${seen} A noisy integration silences a quiet one, which the limits are there to prevent.`,
      lines,
    }
  }
  if (unknown > 0 || quiet.length === 0) {
    return cannotTell(`${seen} The others had no answer that says.`, 'Ask again.', lines)
  }
  return { says: 'isolated', answer: 'yes', weight: 'fine', why: `${seen}`, lines }
}

/**
 * Whether alerts that an integration's limit refused used up the organization's: so many were refused that
 * it would be full by them. @param exchanges all alerts, `quiet` those of another integration meanwhile.
 */
export function saidOfHammered(
  exchanges: readonly Exchange[],
  quiet: readonly Exchange[],
  hammered: number,
  limits: readonly Limit[],
  organization: Limit,
  clockDriftPpm: number,
): Said {
  const lines = quiet.map(({ line }) => line)
  const charged = (chargedWhenRefused: 'counted' | 'free') =>
    isPossible(
      exchanges,
      limits.map((limit) => (limit === organization ? { ...limit, chargedWhenRefused } : limit)),
      asSent,
      clockDriftPpm,
    )
  const [counted, free] = [charged('counted'), charged('free')]
  const through = quiet.filter(({ outcome }) => outcome === Outcome.accepted).length
  const seen = `While ${hammered} alerts of a noisy integration were refused, ${through} of ${quiet.length} alerts of a quiet one were let through.`
  if (counted === free) {
    return counted
      ? cannotTell(
          `${seen} With "${organization.name}" at ${organization.limit}, both explain that: that refused alerts use it up, and that they do not.`,
          'Ask again, as fast as the target answers, and say in the spec which algorithm the limit has.',
          lines,
        )
      : cannotTell(
          `${seen} Neither explains that with "${organization.name}" at ${organization.limit}.`,
          limitsFirst,
          lines,
        )
  }
  return counted
    ? {
        says: 'charged',
        answer: "no, they use up the organization's",
        weight: 'violation',
        why: `${seen} Whoever sends too much to one integration can silence the whole organization.`,
        lines,
      }
    : { says: 'free', answer: 'yes', weight: 'fine', why: seen, lines }
}
