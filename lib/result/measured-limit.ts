import { z } from 'zod'

/** A limit as it was found to be, whatever the spec says of it. */
export const measuredLimitSchema = z
  .object({
    name: z.string(),
    scope: z.string(),
    limit: z.int().min(0).meta({ description: 'The limit; or, with above, what it is larger than.' }),
    windowSeconds: z.number(),
    as: z.enum(['proven', 'likely', 'above']).meta({
      description:
        'proven: a run passed with it, and nothing that differs by more than a pass tells explains all runs. likely: what explains the runs best, or what the last one was fired at; its window may be another. above: never met, and what was let through contradicts every limit up to there.',
    }),
    isShared: z
      .boolean()
      .optional()
      .meta({ description: 'One count for all values of the scope, such as for all integrations together.' }),
    otherKeys: z
      .array(
        z.object({
          key: z.enum(['sameUser', 'otherUser', 'otherOrganization']),
          shares: z.enum(['yes', 'no', 'cannot-tell']),
          why: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Whether other keys share a limit of API requests, where any are known.' }),
  })
  .meta({ id: 'measuredLimit' })

export type MeasuredLimit = z.output<typeof measuredLimitSchema>
