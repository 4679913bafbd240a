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
        'proven: a run passed with it. likely: what the last run was fired at; none passed with it, and its window may be another. above: nothing refused up to there.',
    }),
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
