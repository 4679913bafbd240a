import { page } from '../http/page.ts'
import type { Alert } from '../store/alerts.ts'
import type { World } from '../world.ts'
import { type Resource, timeText } from './resource.ts'

/** An alert as lists and groups show it. */
export const showAlert = ({ id, groupId, createdMs, payload }: Alert) => ({
  id,
  alert_group_id: groupId,
  created_at: timeText(createdMs),
  payload: JSON.parse(payload) as unknown,
})

/** `alerts/`: newest first, of one group with `alert_group_id`. */
export function alerts({ alerts }: World): Resource {
  return {
    collection: {
      GET: ({ user, query, page: asked }) =>
        page(alerts.alerts(user.organization, query.get('alert_group_id') ?? undefined), asked, showAlert),
    },
  }
}
