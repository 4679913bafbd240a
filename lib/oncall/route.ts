import { z } from 'zod'
import { idSchema } from './id.ts'

/** A place that a route may post to. What else it holds is passed over. */
const notifier = z.object({
  enabled: z.boolean().optional(),
  channel_id: z.string().nullish(),
  id: z.string().nullish(),
})

/** Notifiers that a route may carry. */
export const notifierNames = ['slack', 'telegram', 'msteams', 'mobile_app', 'webhook'] as const

/** A route, as far as it can notify somebody. */
export const routeSchema = z.object({
  id: idSchema,
  escalation_chain_id: idSchema.nullish(),
  ...(Object.fromEntries(notifierNames.map((name) => [name, notifier.nullish()])) as Record<
    (typeof notifierNames)[number],
    z.ZodOptional<z.ZodNullable<typeof notifier>>
  >),
})

export type OncallRoute = z.output<typeof routeSchema>

/** What of a route would, or may, notify somebody. */
export function noises(route: OncallRoute): string[] {
  const chain = route.escalation_chain_id == null ? [] : ['it has an escalation chain']
  const notifiers = notifierNames.flatMap((name) => {
    const { enabled, channel_id, id } = route[name] ?? {}
    if (enabled === true) return [`${name} is enabled`]
    return enabled === undefined && (channel_id ?? id) != null ? [`it posts to a channel of ${name}`] : []
  })
  return [...chain, ...notifiers]
}

/** What a quiet route may still do, since OnCall has no switch for it. */
export function doubts(route: OncallRoute): string[] {
  return notifierNames
    .filter((name) => route[name] != null && route[name].enabled === undefined)
    .map(
      (name) =>
        `${name} has no switch on this route: a default channel of the workspace may still get the alerts`,
    )
}
