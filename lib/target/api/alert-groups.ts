import { z } from 'zod'
import { type Answer, detail, notFound } from '../http/answer.ts'
import { page } from '../http/page.ts'
import { type AlertGroup, groupState, groupStates } from '../store/alerts.ts'
import type { World } from '../world.ts'
import { showAlert } from './alerts.ts'
import { type Call, type Resource, timeText, withBody } from './resource.ts'

type Keeps = (group: AlertGroup) => boolean

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

/** Reads `{start}_{end}`, both ends included, in UTC. */
function startedBetween(range: string): Keeps | undefined {
  const ends = range.split('_')
  const [fromMs, toMs] = ends.map((end) => (instant.test(end) ? Date.parse(`${end}Z`) : Number.NaN))
  if (ends.length !== 2 || !Number.isFinite(fromMs) || !Number.isFinite(toMs)) return undefined
  return ({ createdMs }) => createdMs >= (fromMs as number) && createdMs <= (toMs as number)
}

/** The filters of a list request, or what is wrong with them. */
function filters(query: URLSearchParams, nowMs: number): Keeps[] | Answer {
  const keeps: Keeps[] = []
  const integrationId = query.get('integration_id')
  const routeId = query.get('route_id')
  const state = query.get('state')
  const startedAt = query.get('started_at')
  if (integrationId !== null) keeps.push((group) => group.integrationId === integrationId)
  if (routeId !== null) keeps.push((group) => group.routeId === routeId)
  if (state !== null) {
    if (!groupStates.some((known) => known === state))
      return detail(400, `state: expected one of ${groupStates.join(', ')}`)
    keeps.push((group) => groupState(group, nowMs) === state)
  }
  if (startedAt !== null) {
    const between = startedBetween(startedAt)
    if (!between) return detail(400, 'started_at: expected {start}_{end}, each as 2026-11-23T08:11:02')
    keeps.push(between)
  }
  return keeps
}

/** `alert_groups/`: newest first; groups are made by alerts, never through the API. */
export function alertGroups({ alerts }: World): Resource {
  function show(call: Call) {
    return (group: AlertGroup) => {
      const last = alerts.alert(group.lastAlertId)
      return {
        id: group.id,
        integration_id: group.integrationId,
        route_id: group.routeId,
        team_id: null,
        alerts_count: alerts.count(group, call.nowMs),
        state: groupState(group, call.nowMs),
        created_at: timeText(group.createdMs),
        resolved_at: timeText(group.resolvedMs),
        acknowledged_at: timeText(group.acknowledgedMs),
        title: group.title,
        permalinks: { slack: null, telegram: null, web: `${call.origin}/api/v1/alert_groups/${group.id}/` },
        last_alert: last ? showAlert(last) : null,
      }
    }
  }

  /** An action on a group that is not resolved yet. */
  function action(act: (group: AlertGroup, call: Call) => Answer | undefined) {
    return (call: Call, id: string): Answer => {
      const group = alerts.group(call.user.organization, id)
      if (!group) return notFound
      if (group.resolvedMs !== undefined) return detail(400, 'The alert group is resolved already.')
      return act(group, call) ?? { status: 200, body: show(call)(group) }
    }
  }

  return {
    collection: {
      GET(call) {
        const keeps = filters(call.query, call.nowMs)
        if (!Array.isArray(keeps)) return keeps
        const found = alerts
          .groups(call.user.organization)
          .filter((group) => keeps.every((keep) => keep(group)))
        return page(found, call.page, show(call))
      },
    },

    item: {
      GET(call, id) {
        const group = alerts.group(call.user.organization, id)
        return group ? { status: 200, body: show(call)(group) } : notFound
      },
      DELETE(call, id) {
        const group = alerts.group(call.user.organization, id)
        if (!group) return notFound
        return withBody(call, z.object({ mode: z.enum(['wipe', 'delete']).default('wipe') }), ({ mode }) => {
          alerts.remove(group, mode, call.nowMs)
          return { status: 204 }
        })
      },
    },

    actions: {
      resolve: action((group, { nowMs }) => {
        alerts.resolve(group, nowMs)
        return undefined
      }),
      acknowledge: action((group, { nowMs }) => {
        if (group.acknowledgedMs !== undefined) return detail(400, 'The alert group is acknowledged already.')
        group.acknowledgedMs = nowMs
        return undefined
      }),
      silence: action((group, call) =>
        withBody(call, z.object({ delay: z.int().min(-1) }), ({ delay }) => {
          group.silencedUntilMs = delay === -1 ? Number.POSITIVE_INFINITY : call.nowMs + delay * 1_000
          return { status: 200, body: show(call)(group) }
        }),
      ),
    },
  }
}
