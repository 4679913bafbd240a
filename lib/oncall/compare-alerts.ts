import type { FindingKind } from '../result/finding.ts'
import type { SentAlerts } from './alert-book.ts'

/** What the target has of one integration's alerts. */
export interface ExistingAlerts {
  /** Alert groups that hold them; one, if all is well and any were accepted. */
  groups: number
  /** How many alerts the groups say they have. */
  count: number
  /** How often an alert of each request was read, by the request's id; only where they were looked at. */
  read?: ReadonlyMap<string, number>
}

/** One way in which what exists and what was answered do not agree. */
export interface Disagreement {
  kind: Exclude<FindingKind, 'unreconciled'>
  /** The least and the most that are concerned, whatever became of the alerts that were not read. */
  count: [number, number | null]
  /** Ids of the requests concerned, as far as they are known. */
  requests: string[]
}

/** Does the number of alerts fit what was answered? If so, there is no need to look at each. */
export function countFits({ accepted, unknown }: SentAlerts, count: number): boolean {
  return count >= accepted.size && count <= accepted.size + unknown.size
}

/**
 * Holds what exists against what was answered: each accepted alert must exist, once; no refused one
 * may; one whose answer is unknown may or may not. With the number alone it is certain that alerts
 * are missing or that there are too many; which of them, only where they were read. Pure.
 */
export function compareAlerts(sent: SentAlerts, existing: ExistingAlerts): Disagreement[] {
  const { groups, count } = existing
  const split: Disagreement[] =
    groups > 1 ? [{ kind: 'split-group', count: [groups, groups], requests: [] }] : []
  const found = existing.read ? fromAlerts(sent, count, existing.read) : fromCount(sent, count)
  return [...found, ...split]
}

function fromCount({ accepted, unknown }: SentAlerts, count: number): Disagreement[] {
  const missing = accepted.size - count
  // Which alerts those are that exist is open: all of them may be others.
  if (missing > 0) return [{ kind: 'lost-alerts', count: [missing, accepted.size], requests: [] }]
  const surplus = count - accepted.size - unknown.size
  if (surplus > 0) return [{ kind: 'surplus-alerts', count: [surplus, null], requests: [] }]
  return []
}

function fromAlerts(sent: SentAlerts, said: number, read: ReadonlyMap<string, number>): Disagreement[] {
  const { accepted, limited, unknown } = sent
  const isSent = (id: string) => accepted.has(id) || limited.has(id) || unknown.has(id)
  const named = [...read.values()].reduce((sum, times) => sum + times, 0)
  // Alerts may have come in between the count and the reading.
  const count = Math.max(said, named)
  const unread = count - named

  const lost = [...accepted].filter((id) => !read.has(id))
  const refused = [...limited].filter((id) => read.has(id))
  const doubled = [...read].filter(([id, times]) => times > 1 && isSent(id))
  const extras = doubled.reduce((sum, [, times]) => sum + times - 1, 0)
  const strangers = [...read].filter(([id]) => !isSent(id))
  const strange = strangers.reduce((sum, [, times]) => sum + times, 0)
  const surplus = count - accepted.size - unknown.size - extras - refused.length - strange

  const lostAtLeast = Math.max(0, lost.length - unread, accepted.size - count)
  const found: Disagreement[] = [
    { kind: 'lost-alerts', count: [lostAtLeast, lost.length], requests: lost },
    { kind: 'doubled-alerts', count: [extras, extras + unread], requests: doubled.map(([id]) => id) },
    {
      kind: 'refused-alert-exists',
      count: [refused.length, Math.min(limited.size, refused.length + unread)],
      requests: refused,
    },
    { kind: 'unknown-alerts', count: [strange, strange + unread], requests: strangers.map(([id]) => id) },
    { kind: 'surplus-alerts', count: [Math.max(0, surplus), unread], requests: [] },
  ]
  return found.filter(({ count: [least] }) => least > 0)
}
