import { z } from 'zod'
import { algorithms } from '../spec/index.ts'

/** A closed interval in milliseconds since the run started. */
const spanMs = z.tuple([z.number(), z.number()])

/** What one line means to one limit, where that limit is enforced in one way. */
export const readingSchema = z
  .object({
    algorithm: z.enum(algorithms),
    limitedRequests: z.enum(['counted', 'free']),
    chargedWhenRefused: z.enum(['counted', 'free', 'earlier']),
    rounding: z.enum(['floor', 'ceil']).optional(),
    standing: z.enum(['explains', 'open', 'refuted']).meta({
      description:
        'explains: there is a witness. open: neither witness nor proof. refuted: there is a proof.',
    }),
    demand: z.enum(['admit', 'refuse', 'vacant', 'none']).meta({
      description:
        'What the outcome demands of the limit. vacant: it had room, since a later limit refused. none: nothing.',
    }),
    counted: z.enum(['surely', 'possibly', 'never']).meta({ description: 'Did the request use it up?' }),
    countedBefore: z.tuple([z.number(), z.number().nullable()]).meta({
      description:
        'Units that were surely and possibly counted before it, of those that still weighed then; null: no bound is known.',
    }),
    windowStartMs: spanMs
      .meta({ description: 'Where the window started that it fell into, where only one is possible.' })
      .optional(),
    witness: z
      .object({
        atMs: z.number().meta({ description: 'When the witness has it decided, in ms since the start.' }),
        countedBefore: z.number().meta({ description: 'Units that the witness has counted by then.' }),
      })
      .optional(),
  })
  .meta({ id: 'reading', description: 'What a line means to a limit that is enforced in this way.' })

/** The story of one line of the history. */
export const explainedLineSchema = z
  .object({
    line: z.int().min(1).meta({ description: 'Counted from 1, with the header as line 1.' }),
    what: z.string().min(1).meta({ description: 'What stands there, in a sentence.' }),
    request: z
      .object({
        descriptor: z.string(),
        scopes: z.record(z.string(), z.string()),
        sentMs: z.number(),
        receivedMs: z.number(),
        decidedMs: spanMs.meta({
          description:
            'Between which instants it was decided: widened by the slack and the drift of the clocks.',
        }),
        status: z.int(),
        outcome: z.enum(['accepted', 'limited', 'unknown']),
        cost: z.number(),
        limitedBy: z.string().optional(),
        looks: z.string().meta({ description: 'What the refusal looked like.' }).optional(),
      })
      .meta({ description: 'Times are milliseconds since the run started.' })
      .optional(),
    limits: z
      .array(
        z.object({
          name: z.string(),
          scope: z.string(),
          value: z.string(),
          limit: z.number(),
          windowSeconds: z.number(),
          readings: z.array(readingSchema),
        }),
      )
      .meta({ description: 'The limits that the request met.' })
      .optional(),
    reasons: z
      .array(z.object({ limits: z.array(z.string()), why: z.string().min(1) }))
      .meta({ description: 'What the certificates say about it, by the names of the limits.' })
      .optional(),
  })
  .meta({ id: 'explainedLine', description: 'What one line of the history is, and what it shows.' })

export type Reading = z.output<typeof readingSchema>
export type ExplainedLine = z.output<typeof explainedLineSchema>
