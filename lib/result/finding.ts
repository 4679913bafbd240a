import { z } from 'zod'

const count = z.int().min(0)

/** What can be wrong beside the limits, by the word that a finding of it carries. */
export const findingKinds = [
  'lost-alerts',
  'doubled-alerts',
  'refused-alert-exists',
  'surplus-alerts',
  'unknown-alerts',
  'split-group',
  'unreconciled',
] as const

/** How much a finding weighs: a `fail` is certain and wrong, a `note` changes nothing. */
export const findingLevels = ['fail', 'inconclusive', 'note'] as const

/** Something that a run found in the target itself, which no history of requests can show. */
export const findingSchema = z
  .object({
    kind: z.enum(findingKinds),
    level: z.enum(findingLevels).meta({
      description: 'fail: certain and wrong. inconclusive: not known. note: changes no verdict.',
    }),
    descriptor: z.string(),
    count: z
      .tuple([count, count.nullable()])
      .meta({ description: 'Least and most that are concerned; null where nothing bounds it.' })
      .optional(),
    why: z.string().min(1).meta({ description: 'What was found, and what it was held against.' }),
    requests: z
      .array(z.string())
      .meta({ description: 'Ids of the requests concerned, as records have them; of many the first.' })
      .optional(),
  })
  .meta({ id: 'finding', description: 'What the target has, held against what it answered.' })

/** How long it took until what was accepted could be seen. */
export const deliverySchema = z
  .object({
    descriptor: z.string(),
    lagMs: z.tuple([z.number().min(0), z.number().min(0).nullable()]).meta({
      description:
        'Least and most time from sending the last accepted alert until all were visible; null: not seen.',
    }),
  })
  .meta({ id: 'delivery' })

export type FindingKind = (typeof findingKinds)[number]
export type FindingLevel = (typeof findingLevels)[number]
export type Finding = z.output<typeof findingSchema>
export type Delivery = z.output<typeof deliverySchema>
