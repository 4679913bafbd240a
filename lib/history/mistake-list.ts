import type { Mistake } from '../spec/index.ts'
import type { FieldMistake } from './field.ts'

/** So many mistakes are told; a file of another format has one on each of a million lines. */
export const mostMistakes = 100

/** Collects the mistakes of one file: the first `mostMistakes` of them, and how many there are. */
export interface MistakeList {
  /** `text` is the line, in which the field is looked for; empty where it is no longer at hand. */
  add(line: number, text: string, found: readonly FieldMistake[]): void
  readonly total: number
  /** In the order of the lines. */
  inOrder(): Mistake[]
}

/** Makes an empty list for a file of that name. */
export function createMistakeList(file: string): MistakeList {
  const mistakes: Mistake[] = []
  let total = 0
  return {
    add(line, text, found) {
      total += found.length
      for (const mistake of found) {
        if (mistakes.length === mostMistakes) return
        mistakes.push({ file, line, column: columnOf(mistake.path, text), ...mistake })
      }
    },
    get total() {
      return total
    },
    inOrder: () => mistakes.toSorted((one, other) => one.line - other.line),
  }
}

function columnOf(path: string, text: string): number {
  if (path === '') return 1
  return text.indexOf(`"${path.split('.').at(-1)}"`) + 1 || 1
}
