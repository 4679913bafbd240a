import { z } from 'zod'
import { verdicts } from '../result/index.ts'
import { ofDescriptor, runNames } from './comparison.ts'

/** A change of a percentile's level in a row of runs. */
export const levelChangeSchema = z
  .object({
    descriptor: ofDescriptor,
    percentile: z.number().gt(0).lt(100),
    run: z.string().meta({ description: 'The first run of the new level.' }),
    fromMs: z.number().meta({ description: 'Median of the level before.' }),
    toMs: z.number().meta({ description: 'Median of the level from then on.' }),
    p: z.number().meta({ description: 'How often chance alone gives a split as sharp.' }),
    regressed: z
      .boolean()
      .meta({ description: 'Is it slower by more than the margin, and did no later change undo it?' }),
  })
  .meta({ id: 'levelChange' })

/** What a long row of runs shows. */
export const seriesSchema = z
  .object({
    format: z.literal('onset-comparison'),
    version: z.literal(1),
    kind: z.literal('series'),
    verdict: z.enum(verdicts),
    runs: runNames,
    changes: z.array(levelChangeSchema),
    method: z.object({
      name: z.literal('e-divisive'),
      marginRatio: z.number(),
      alpha: z.number(),
      seed: z.int(),
      permutations: z.int(),
    }),
    why: z.string().meta({ description: 'Why it is inconclusive.' }).optional(),
  })
  .meta({ id: 'series', description: 'Where the level of latencies changes in a row of runs.' })

export type LevelChange = z.output<typeof levelChangeSchema>
export type SeriesComparison = z.output<typeof seriesSchema>
