import { Outcome } from '../history/index.ts'
import { anotherTime, cannotTell, limitsFirst, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { acceptedIn, wasReached } from './fill.ts'

/** A noisy integration that is brought to its limit, beside a quiet one. */
export interface Noise {
  /** Of the noisy one, up to its limit. */
  filled: readonly Exchange[]
  /** Of the quiet one, right after that. */
  quiet: readonly Exchange[]
  /** Of the noisy one, after that. */
  after: readonly Exchange[]
}

/**
 * A quiet integration beside one that is at its limit: do its alerts arrive? That is what the limits are for.
 * @param othersToo may others have used up the organization's limit?
 */
export function saidOfQuiet({ filled, quiet, after }: Noise, othersToo: boolean): Said {
  const noisyAccepted = acceptedIn(filled)
  if (!wasReached(filled)) {
    return cannotTell(
      `${noisyAccepted} of ${filled.length} alerts of a noisy integration were let through, and no limit refused at the end.`,
      limitsFirst,
      filled.map(({ line }) => line),
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
  if (!wasReached(after)) {
    return cannotTell(`${seen} The noisy one was not refused any more after that.`, anotherTime, lines)
  }
  return {
    says: 'isolated',
    answer: 'yes',
    weight: 'fine',
    why: `${seen} The noisy one was still refused after that.`,
    lines,
  }
}
