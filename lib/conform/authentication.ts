import { Outcome } from '../history/index.ts'
import { cannotTell, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'

const refused: ReadonlySet<number> = new Set([401, 403])

/** Is a request refused that has no right to the list? @param what it came with, such as "without a key". */
export function saidOfRefusal(exchange: Exchange, what: string): Said {
  const { status, outcome, line } = exchange
  const lines = [line]
  const why = `A request for the list of integrations ${what} is answered ${status}.`
  if (outcome === Outcome.accepted) {
    return {
      says: 'let-in',
      answer: 'no, it is let in',
      weight: 'violation',
      why: `${why} Whoever has no key can read the list.`,
      lines,
    }
  }
  if (refused.has(status)) {
    return { says: 'refused', answer: `yes, with ${status}`, weight: 'fine', why, lines }
  }
  return cannotTell(`${why} Neither 2xx nor 401 or 403 says.`, 'Ask again, when no limit refuses.', lines)
}

/** Is the key understood with a scheme before it? The documentation has none; either is observed. */
export function saidOfBearer(exchange: Exchange): Said {
  const { status, outcome, line } = exchange
  const lines = [line]
  const why = `With "Authorization: Bearer KEY" the list of integrations is answered ${status}; documented is the key alone.`
  if (outcome === Outcome.accepted) {
    return { says: 'understood', answer: 'yes', weight: 'observation', why, lines }
  }
  if (refused.has(status)) return { says: 'refused', answer: 'no', weight: 'fine', why, lines }
  return cannotTell(why, 'Ask again, when no limit refuses.', lines)
}

/**
 * Does a key of another organization see what belongs to this one?
 * @param list what it was answered to its list of integrations. @param item to one of this run, by its id.
 * @param own ids of this run's integrations.
 */
export function saidOfStranger(list: Exchange, item: Exchange, own: readonly string[]): Said {
  const lines = [list.line, item.line]
  const shows = ({ body }: Exchange) => own.filter((id) => body.includes(JSON.stringify(id))).length
  const seen = Math.max(shows(list), shows(item))
  if (seen > 0) {
    return {
      says: 'seen',
      answer: 'no, it is shown',
      weight: 'violation',
      why: `Another organization's key is shown ${seen} of ${own.length} integrations of this run.`,
      lines,
    }
  }
  if (list.outcome === Outcome.accepted && (refused.has(item.status) || item.status === 404)) {
    return {
      says: 'hidden',
      answer: 'yes',
      weight: 'fine',
      why: `Another organization's key reads its own list, in which no integration of this run is; asked for one by its id, it is answered ${item.status}.`,
      lines,
    }
  }
  return cannotTell(
    `Another organization's key was answered ${list.status} to its list, and ${item.status} to an integration of this run.`,
    "Name a key that may read its organization's list of integrations.",
    lines,
  )
}
