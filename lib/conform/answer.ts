import { z } from 'zod'

/** What the questions are about, in the order in which they are told. */
export const groups = ['authentication', 'pagination', 'what counts', 'isolation', 'concurrency'] as const
export type Group = (typeof groups)[number]

/** How an answer is to be taken. `violation`: what is documented, or what limits are for, does not hold. */
export const weights = ['fine', 'observation', 'violation', 'cannot tell'] as const

/** The answer to one question, with its evidence. */
export const answerSchema = z
  .object({
    question: z.string().meta({ description: 'Id of the question.' }),
    group: z.enum(groups),
    asks: z.string().meta({ description: 'The question in words.' }),
    says: z.string().meta({ description: 'The answer as one word, or "cannot-tell".' }),
    answer: z.string().meta({ description: 'The answer in a few words.' }),
    weight: z.enum(weights),
    why: z.string().meta({ description: 'What was seen, and why that is the answer.' }),
    settledBy: z.string().optional().meta({ description: 'What would settle, or change, the answer.' }),
    records: z
      .array(z.int().min(2))
      .meta({ description: 'Line numbers of the history, counted from 1; of many the first and the last.' }),
  })
  .meta({ id: 'answer' })

export type Answer = z.output<typeof answerSchema>

/** A question's answer without the question. */
export type Said = Pick<Answer, 'says' | 'answer' | 'weight' | 'why' | 'settledBy'> & {
  /** Of all requests that it rests on. */
  lines: readonly number[]
}

/** An honest "cannot tell". @param settledBy what would settle it. */
export function cannotTell(why: string, settledBy: string, lines: readonly number[] = []): Said {
  return { says: 'cannot-tell', answer: 'cannot tell', weight: 'cannot tell', why, settledBy, lines }
}

/** Of many lines the first and the last few: enough to look them up. */
const shownAtEachEnd = 5

export function shownLines(lines: readonly number[]): number[] {
  const sorted = [...new Set(lines)].sort((a, b) => a - b)
  if (sorted.length <= 2 * shownAtEachEnd) return sorted
  return [...sorted.slice(0, shownAtEachEnd), ...sorted.slice(-shownAtEachEnd)]
}
