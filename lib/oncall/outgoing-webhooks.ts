import { z } from 'zod'
import type { Call } from './api.ts'
import { readList } from './list.ts'
import type { Result } from './problem.ts'

const webhookSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  is_webhook_enabled: z.boolean().nullish(),
  trigger_type: z.string().nullish(),
  integration_filter: z.array(z.string()).nullish(),
})

/** Triggers that need more than an alert group: a step of a chain, or a person. */
const notByGroups = /^(?:escalation|manual|personal notification)/i

/**
 * Outgoing webhooks that fire by themselves when an alert group of these integrations is made, or
 * changes: they belong to no route, so a route that leads nowhere does not keep them. One request a page.
 * @param integrationIds integrations that are there; of others, only webhooks without a filter fire.
 * @returns their names.
 */
export async function readWebhooksOf(
  call: Call,
  integrationIds: readonly string[],
): Promise<Result<string[]>> {
  const listed = await readList(call, 'webhooks/', 'list the outgoing webhooks', webhookSchema)
  if (!listed.ok) return listed
  const firing = listed.value.filter(
    ({ is_webhook_enabled: enabled, trigger_type: trigger, integration_filter: filter }) =>
      enabled !== false &&
      !notByGroups.test(trigger ?? '') &&
      (filter == null || filter.length === 0 || filter.some((id) => integrationIds.includes(id))),
  )
  return { ok: true, value: firing.map(({ id, name }) => (name ? `"${name}" (${id})` : id)) }
}
