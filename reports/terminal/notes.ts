import type { Delivery, Reconciliation, Result } from '../../lib/result/index.ts'
import { counted, linesText, rangeText, spanText } from './amounts.ts'
import { foundNotes } from './found.ts'
import { notCarriedOut } from './headline.ts'
import { refusalNotes } from './refusals.ts'
import { createStyle } from './style.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem } from './wrap.ts'

/** What a reader should know beside the verdicts, one block each; blocks with nothing to say are left out. */
export function notes(result: Result, view: View): string[][] {
  return noteBlocks(result).map(({ title, items }) => block(title.toUpperCase(), items, view))
}

/** The same as titles and sentences. */
export function noteBlocks(result: Result): { title: string; items: string[] }[] {
  const unanswereds = (result.unanswered ?? []).filter(({ count }) => count > 0)
  return [
    { title: 'Assumptions that did not hold', items: assumptions(result) },
    { title: 'Counted by the target', items: counts(result) },
    { title: 'Headers', items: headers(result) },
    { title: 'Refusals', items: refusalNotes(result) },
    { title: 'Not answered', items: unanswereds.map(unanswered) },
    { title: 'Notes', items: [...foundNotes(result), ...warnings(result)] },
  ].filter(({ items }) => items.length > 0)
}

/** So many items of a block are shown at most. */
const shownItems = 10

function block(title: string, items: readonly string[], view: View): string[] {
  const more = items.length - shownItems
  const shown = [
    ...items.slice(0, shownItems),
    ...(more > 0 ? [`… and ${more} more in the result as JSON`] : []),
  ]
  return [
    createStyle(view.color).faint(title),
    ...shown.flatMap((item) => listItem('- ', visible(item), view.width, 0)),
  ]
}

function warnings({ warnings: all = [] }: Result): string[] {
  return all.filter(({ code }) => code !== notCarriedOut).map(({ message }) => message)
}

function assumptions({ assumptions: all = [] }: Result): string[] {
  return all
    .filter(({ held }) => !held)
    .map(({ name, why, removes = [] }) => {
      const lost = removes.length > 0 ? ` (no verdict because of it: ${removes.join(', ')})` : ''
      return `${name}${why ? `: ${why}` : ''}${lost}`
    })
}

function counts({ reconciliation = [], delivery = [] }: Result): string[] {
  const lagOf = (name: string) => delivery.find(({ descriptor }) => descriptor === name)
  return reconciliation.map((row) => reconciled(row, lagOf(row.descriptor)))
}

function reconciled(
  { descriptor, accepted, counted: byTarget, agrees, why }: Reconciliation,
  lag: Delivery | undefined,
): string {
  const seen = `${descriptor}: ${rangeText(accepted)} seen accepted`
  const said =
    byTarget === null ? 'the target did not say how many it counted' : `the target counted ${byTarget}`
  const judged = agrees === false ? ' - they do not agree' : ''
  return `${seen}, ${said}${judged}${why ? `: ${why}` : delivered(lag)}`
}

function delivered(lag: Delivery | undefined): string {
  const [least, most] = lag?.lagMs ?? [0, null]
  if (most === null) return ''
  const between = least === 0 ? `at most ${spanText(most)}` : `${spanText(least)} to ${spanText(most)}`
  return `; all were visible ${between} after the last was sent`
}

const levelWords = {
  must: 'against a MUST',
  should: 'against a SHOULD',
  observation: 'observed',
  measurement: 'untrue',
} as const

/** What is wrong with what answers say of limits; what holds, and what could not be tested, is only counted. */
function headers({ headers: checked }: Result): string[] {
  if (!checked) return []
  const { dialect, findings } = checked
  const of = (state: string) => findings.filter((finding) => finding.state === state)
  return [
    `RateLimit fields: ${dialect}. Rules and claims that hold: ${of('holds').length}; that do not: ${of('broken').length}; that could not be tested: ${of('not-testable').length}.`,
    ...of('broken').map(({ rule, level, message, records = [] }) => {
      const where = records.length > 0 ? ` (${linesText(records)})` : ''
      return `${levelWords[level]}, ${rule}: ${message}${where}`
    }),
  ]
}

function unanswered({ descriptor, count }: { descriptor: string; count: number }): string {
  return `${descriptor}: ${counted(count, 'request')} without a response`
}
