import { z } from 'zod'

/** What the questions to a platform are about, in the order in which they are told. */
export const questionGroups = [
  'authentication',
  'pagination',
  'what counts',
  'isolation',
  'concurrency',
] as const
export type QuestionGroup = (typeof questionGroups)[number]

/** How an answer is to be taken. `violation`: what is documented, or what limits are for, does not hold. */
export const answerWeights = ['fine', 'observation', 'violation', 'cannot tell'] as const

/** What a platform was asked, and what it showed, with the evidence. */
export const answerSchema = z
  .object({
    question: z.string().meta({ description: 'Id of the question.' }),
    group: z.enum(questionGroups),
    asks: z.string().meta({ description: 'The question in words.' }),
    says: z.string().meta({ description: 'The answer as one word, or "cannot-tell".' }),
    answer: z.string().meta({ description: 'The answer in a few words.' }),
    weight: z.enum(answerWeights).meta({
      description: 'violation: what is documented, or what limits are for, does not hold.',
    }),
    why: z.string().meta({ description: 'What was seen, and why that is the answer.' }),
    settledBy: z.string().optional().meta({ description: 'What would settle, or change, the answer.' }),
    records: z
      .array(z.int().min(2))
      .meta({ description: 'Line numbers of the history, counted from 1; of many the first and the last.' }),
  })
  .meta({ id: 'answer' })

export type Answer = z.output<typeof answerSchema>

/** A question that was to be asked, and could not be. */
export const unaskedSchema = z.object({ question: z.string(), why: z.string() }).meta({ id: 'unasked' })
export type Unasked = z.output<typeof unaskedSchema>
