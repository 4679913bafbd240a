import type { Answer } from '../result/index.ts'

/** A question's answer without the question. */
export type Said = Pick<Answer, 'says' | 'answer' | 'weight' | 'why' | 'settledBy'> & {
  /** Of all requests that it rests on. */
  lines: readonly number[]
}

/** An honest "cannot tell". @param settledBy what would settle it. */
export function cannotTell(why: string, settledBy: string, lines: readonly number[] = []): Said {
  return { says: 'cannot-tell', answer: 'cannot tell', weight: 'cannot tell', why, settledBy, lines }
}

/** What settles an answer that the limits of the spec do not explain. */
export const limitsFirst = 'Verify the limits first, or find out what they are: onset verify --discover.'

/** What settles an answer that the edge of a window left open. */
export const anotherTime = 'Ask again; it is settled unless a window begins just then.'

/** Of many lines the first and the last few: enough to look them up. */
const shownAtEachEnd = 5

export function shownLines(lines: readonly number[]): number[] {
  const sorted = [...new Set(lines)].sort((a, b) => a - b)
  if (sorted.length <= 2 * shownAtEachEnd) return sorted
  return [...sorted.slice(0, shownAtEachEnd), ...sorted.slice(-shownAtEachEnd)]
}
