// Past the index of the folder: a thread would load all the libraries of specs for this alone.
import { shown } from '../spec/mistake.ts'
import type { LineMistake } from './part.ts'

/** What is said of a line that is not JSON: where in it the mistake is, as far as the engine tells. */
export function notJson(line: number, text: string, error: unknown): LineMistake {
  const at = /position (\d+)/.exec(String(error))?.[1]
  const column = at === undefined ? text.length + 1 : Number(at) + 1
  return { line, column, expected: 'a line of JSON', found: shown(text) }
}
