import type { Attribution, Result } from '../../lib/result/index.ts'
import { linesText } from './amounts.ts'

/**
 * The kinds of refusals, an item each, below a sentence that says what may be behind them; empty where
 * there are no more of them than the limits account for.
 */
export function refusalNotes({ attribution = [] }: Result): string[] {
  const unexpected = attribution.filter((kind) => kind.unexpected)
  if (unexpected.length === 0) return []
  const others = attribution.filter((kind) => !kind.unexpected)
  const kinds = attribution.length === 1 ? '1 kind of refusals' : `${attribution.length} kinds of refusals`
  const which = unexpected.length === 1 ? 'one is' : `${unexpected.length} are`
  return [
    `${kinds}, of which ${which} not accounted for by the limits of the spec: something else may be refusing too.`,
    ...unexpected.map((kind) => `not accounted for: ${kindText(kind)}, ${linesOf(kind)}`),
    ...others.map(kindText),
  ]
}

function kindText({ looks, limitedBy, count, descriptors }: Attribution): string {
  const words = looks === undefined ? 'that the history does not describe' : `that look like this: "${looks}"`
  const blamed = limitedBy === undefined ? 'naming no limit' : `blaming ${limitedBy}`
  return `${count} of ${descriptors.join(', ')}, ${blamed}, ${words}`
}

function linesOf({ lines, count }: Attribution): string {
  return `${linesText(lines)}${count > lines.length ? ` and ${count - lines.length} more` : ''}`
}
