import type { ComparisonDocument } from '../lib/compare/index.ts'
import type { Result } from '../lib/result/index.ts'

/** A document as files and `--json` hold it: indented, with a line break at the end. */
export function renderJson(document: Result | ComparisonDocument): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
