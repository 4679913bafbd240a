import { page } from '../http/page.ts'
import type { World } from '../world.ts'
import type { Resource } from './resource.ts'

/** `webhooks/`: outgoing webhooks, as the configuration has them. They are never sent. */
export function webhooks({ config }: World): Resource {
  return {
    collection: {
      GET: ({ user, page: asked }) =>
        page(
          config.outgoingWebhooks.filter(({ organization }) => organization === user.organization),
          asked,
          ({ id, name, enabled, trigger, integrations }) => ({
            id,
            name,
            is_webhook_enabled: enabled,
            trigger_type: trigger,
            integration_filter: integrations,
            team: null,
          }),
        ),
    },
  }
}
