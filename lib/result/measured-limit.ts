import { z } from 'zod'

/** A limit as it was found to be, whatever the spec says of it. */
export const measuredLimitSchema = z
  .object({
    name: z.string(),
    scope: z.string(),
    limit: z.int().min(0).meta({
      description:
        'The limit; with above, what it is larger than. With unknown, one less than what was let through within that window, which need not be its own.',
    }),
    windowSeconds: z.number(),
    as: z.enum(['proven', 'likely', 'above', 'unknown']).meta({
      description:
        'proven: a run passed with it, and nothing that differs by more than a pass tells explains all runs. likely: explains what refused and recovered in all runs, none of which contradicts it, but so may others. above: never met, and what was let through contradicts every limit up to there. unknown: it refused, and nothing that was tried explains all runs.',
    }),
    between: z.tuple([z.int(), z.int()]).optional().meta({
      description:
        'With likely: the least and the largest limit that explain all runs in that window, where it is not the only one.',
    }),
    isShared: z
      .boolean()
      .optional()
      .meta({ description: 'One count for all values of the scope, such as for all integrations together.' }),
    hiddenBy: z
      .string()
      .optional()
      .meta({ description: 'With above: the name of the limit that always refused before this one could.' }),
    mostThrough: z.int().optional().meta({
      description:
        'With hiddenBy, where that limit is proven: so many it lets through at most within the window, however they come. One above that shows only within longer windows.',
    }),
    refusedAfter: z.int().optional().meta({
      description: 'With unknown: it is no larger than this, since it began to refuse after so many.',
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
