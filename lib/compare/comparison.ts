import { z } from 'zod'
import { verdicts } from '../result/index.ts'

const count = z.int().min(0)
const figure = z.number().min(0).nullable()
const share = z.number().min(0).max(1)

/** Names of runs: those of their folders. */
export const runNames = z.array(z.string()).meta({ description: 'Names of runs: those of their folders.' })

/** Whose requests a latency is of. */
export const ofDescriptor = z
  .string()
  .meta({ description: 'Whose requests; missing where it is of all together.' })
  .optional()

/** One percentile of one side. */
export const latencySideSchema = z
  .object({
    ms: figure.meta({
      description: 'Of several runs the median of theirs; null where one accepted none of these requests.',
    }),
    count: count.meta({ description: 'Accepted requests, or runs where several are compared.' }),
    beyond: count.meta({
      description: 'How many of them lie beyond the percentile; of several runs the fewest of one.',
    }),
  })
  .meta({ id: 'latencySide' })

/** How a percentile of latency moved between two sides. */
export const latencyComparisonSchema = z
  .object({
    descriptor: ofDescriptor,
    percentile: z.number().gt(0).lt(100),
    base: latencySideSchema,
    run: latencySideSchema,
    ratio: figure.meta({
      description: "The run's by the base's: above 1 is slower. Null where a side has none.",
    }),
    interval: z
      .tuple([z.number(), z.number()])
      .meta({ description: 'Bounds of the ratio that hold with `confidence`.' })
      .optional(),
    confidence: share.optional(),
    pRegressed: share
      .meta({ description: "Chance, after Holm's correction, that it only looks worse than the margin." })
      .optional(),
    pNoWorse: share
      .meta({ description: "Chance, after Holm's correction, that it only looks no worse than the margin." })
      .optional(),
    verdict: z.enum(['regressed', 'no-worse', 'cannot-tell']).meta({
      description: 'There is no "same": that nothing was found is no proof that there is nothing.',
    }),
    why: z.string().meta({ description: 'Why it cannot be told.' }).optional(),
  })
  .meta({ id: 'latencyComparison' })

/** One limit in both runs. */
export const limitComparisonSchema = z
  .object({
    name: z.string(),
    change: z.enum(['kept', 'broken', 'still-broken', 'repaired', 'rewritten', 'not-known']).meta({
      description:
        '`kept`: both runs pass. `broken`: the run fails, and the base did not. `still-broken`: the base did as well. `repaired`: the run passes, and the base failed. `rewritten`: both pass, and what they promise differs. `not-known`: one of them does not settle it, or does not have it.',
    }),
    verdict: z.enum(verdicts),
    base: z
      .string()
      .meta({ description: 'By what the base is explained; missing where it does not have the limit.' })
      .optional(),
    run: z.string().meta({ description: 'The same for the run.' }).optional(),
    why: z.string().meta({ description: 'What a person should know about it, in a sentence or two.' }),
  })
  .meta({ id: 'limitComparison' })

/** Something in which the runs differ that bears on what can be compared. */
export const differenceSchema = z
  .object({
    what: z.enum(['target', 'plan', 'limits', 'tools', 'end']),
    words: z.string(),
    removesLatency: z.boolean().meta({ description: 'Latencies are not judged because of it.' }),
  })
  .meta({ id: 'difference' })

/** How latencies were compared, with what is needed to do it again. */
export const methodSchema = z
  .object({
    name: z.enum(['moving-block-bootstrap', 'mann-whitney']),
    marginRatio: z.number().meta({ description: 'The ratio that is no worse: 1.05 for a margin of 5 %.' }),
    alpha: share.meta({ description: 'The chance of a wrong word about any of them.' }),
    seed: count.meta({ description: 'Of the random numbers.' }).optional(),
    resamples: count.meta({ description: 'How many times each run was drawn again.' }).optional(),
    leastP: share.meta({ description: 'The least chance that so few runs can give.' }).optional(),
  })
  .meta({ id: 'method' })

/** What moved between two sides, of a run each or of several. */
export const comparisonSchema = z
  .object({
    format: z.literal('onset-comparison'),
    version: z.literal(1),
    kind: z.literal('two-sides'),
    verdict: z.enum(verdicts),
    base: runNames,
    run: runNames,
    differences: z.array(differenceSchema),
    limits: z.array(limitComparisonSchema),
    latency: z.array(latencyComparisonSchema),
    throughput: z.object({ base: figure, run: figure }).meta({
      description:
        'Answers a second in the seconds in which requests were sent; null where none were. The plan sets it, so it is not judged.',
    }),
    method: methodSchema,
  })
  .meta({ id: 'twoSides', description: 'What moved between two sides, of a run each or of several.' })

export type Comparison = z.output<typeof comparisonSchema>
export type LatencyComparison = z.output<typeof latencyComparisonSchema>
export type LatencySide = z.output<typeof latencySideSchema>
export type LatencyVerdict = LatencyComparison['verdict']
export type LimitComparison = z.output<typeof limitComparisonSchema>
export type LimitChange = LimitComparison['change']
export type Difference = z.output<typeof differenceSchema>
