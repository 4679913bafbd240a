import { z } from 'zod'
import { algorithms } from '../spec/index.ts'
import { verdicts } from './verdict.ts'

const count = z.int().min(0)

/** Line numbers of the history, counted from 1 with the header as line 1. */
const records = z
  .array(z.int().min(2))
  .meta({ description: 'Line numbers of the history, counted from 1 with the header as line 1.' })

/** A closed interval, least first; no upper end is written as null. */
const interval = z.tuple([z.number(), z.number().nullable()])

/**
 * A set of records that no witness can explain, with the arithmetic that shows it. `steps` is the
 * chain of reasons, one sentence each, in the order in which they are to be read.
 */
export const certificateSchema = z
  .object({
    kind: z.enum(['over-admission', 'unjustified-refusal', 'contradiction', 'several-limits']),
    records,
    why: z.string().min(1),
    limits: z
      .array(z.string())
      .meta({ description: 'Names of the limits that only together are contradicted.' })
      .optional(),
    descriptor: z.string().optional(),
    steps: z.array(z.object({ records, why: z.string().min(1) })).optional(),
  })
  .meta({
    id: 'certificate',
    description: 'The smallest set of records that no witness can explain, and the arithmetic that shows it.',
  })

/** A way in which the history can have come about under the limit: a witness, summed up. */
export const explanationSchema = z
  .object({
    algorithm: z.enum(algorithms),
    phaseMs: z
      .tuple([z.number(), z.number()])
      .meta({
        description: 'From where to where the window, or a refill, may start, in ms since the run started.',
      })
      .optional(),
    refillSeconds: z
      .number()
      .meta({ description: 'Token bucket that is refilled at intervals: how long one is.' })
      .optional(),
    limitedRequests: z.enum(['counted', 'free', 'either']).optional(),
    chargedWhenRefused: z.enum(['counted', 'free', 'earlier', 'either']).optional(),
    windowSeconds: z
      .tuple([z.number(), z.number()])
      .meta({
        description: 'The shortest and the longest window that nothing excludes, within the tolerance.',
      })
      .optional(),
    note: z.string().optional(),
  })
  .meta({ id: 'explanation' })

/** A point at which refusals began. */
export const onsetSchema = z
  .object({
    descriptor: z.string(),
    acceptedBefore: z.tuple([count, count]).meta({
      description:
        'Least and most that can have been accepted in the window in which the first refusal fell, over all witnesses.',
    }),
    firstLimitedAt: z.number().meta({ description: 'When the first refusal was sent, in Unix ms.' }),
    recoveredAt: z
      .number()
      .meta({ description: 'When the first request was sent that was surely accepted after it, in Unix ms.' })
      .optional(),
  })
  .meta({ id: 'onset' })

/** A neighbouring limit that would explain the history as well, or was shown not to. */
export const rivalSchema = z
  .object({
    algorithm: z.enum(algorithms),
    limit: z.number(),
    windowSeconds: z.number(),
    refuted: z.boolean(),
    why: z.string().optional(),
  })
  .meta({ id: 'rival' })

/** What the history shows instead of the limit that was written down: in words, and as sets. */
export const seenSchema = z
  .object({
    words: z.string().min(1),
    limits: z
      .array(interval)
      .meta({ description: 'Limits that would explain the history, as closed intervals.' })
      .optional(),
    windowsSeconds: z
      .array(interval)
      .meta({ description: 'Windows that would explain the history, as closed intervals.' })
      .optional(),
    algorithms: z.array(z.enum(algorithms)).optional(),
    byAlgorithm: z
      .array(
        z.object({
          algorithm: z.enum(algorithms),
          limits: z.array(interval).optional(),
          windowsSeconds: z.array(interval).optional(),
          pair: z
            .object({ limits: z.array(interval), windowsSeconds: z.array(interval) })
            .meta({
              description: 'A limit and a window that both differ: each as far as it holds with the other.',
            })
            .optional(),
        }),
      )
      .meta({ description: 'The same for each algorithm by itself.' })
      .optional(),
  })
  .meta({ id: 'seen' })

/** What was judged about one limit. */
export const limitResultSchema = z
  .object({
    name: z.string(),
    scope: z.string(),
    limit: z.number(),
    windowSeconds: z.number(),
    algorithms: z.array(z.enum(algorithms)).meta({ description: 'Those that the spec allows.' }).optional(),
    verdict: z.enum(verdicts),
    explanation: z.string().meta({ description: 'One or two sentences a person can act on.' }),
    onset: onsetSchema.optional(),
    onsets: z
      .array(onsetSchema)
      .meta({ description: 'All of them, in time order; `onset` is the first.' })
      .optional(),
    explainedBy: z.array(explanationSchema).optional(),
    certificate: certificateSchema.optional(),
    reason: z
      .string()
      .meta({
        description: 'Why it is inconclusive, as a word to group by, such as rivals or never-reached.',
      })
      .optional(),
    rivals: z.array(rivalSchema).optional(),
    seen: seenSchema.optional(),
    foreignUse: z
      .object({
        unitsAtLeast: z.int().min(1),
        record: z.int().min(2).meta({ description: 'Line of the refusal that needs them.' }),
      })
      .meta({ description: 'How much others must have used up at least, if it was they.' })
      .optional(),
    whatWouldSettleIt: z.string().optional(),
    tested: z
      .object({
        accepted: count,
        limited: count,
        unknown: count,
        onsets: count,
        recoveries: count,
        constraints: count.meta({ description: 'Constraints that were not vacuous.' }).optional(),
      })
      .partial()
      .meta({ description: 'How much of the history bore on this limit.' })
      .optional(),
  })
  .meta({ id: 'limitResult' })

export type Certificate = z.output<typeof certificateSchema>
export type CertificateKind = Certificate['kind']
export type Explanation = z.output<typeof explanationSchema>
export type Onset = z.output<typeof onsetSchema>
export type Rival = z.output<typeof rivalSchema>
export type Seen = z.output<typeof seenSchema>
export type LimitResult = z.output<typeof limitResultSchema>
