import type { Result } from '../lib/result/index.ts'

/** A result as `result.json` and `--json` hold it: indented, with a line break at the end. */
export function renderJson(result: Result): string {
  return `${JSON.stringify(result, undefined, 2)}\n`
}
