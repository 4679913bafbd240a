import { z } from 'zod'
import type { Call } from './api.ts'
import { isGroupOf, type RunAtIntegration, startedBetween } from './groups-of-run.ts'
import { idSchema } from './id.ts'
import { readList } from './list.ts'
import { pause } from './patience.ts'
import type { OncallProblem } from './problem.ts'

/** An integration whose alert groups are to be resolved. */
export interface ToResolve extends RunAtIntegration {
  integrationId: string
  /** How many alerts were accepted, where it is waited until all of them have been worked off. */
  alerts?: number
}

/** How long it is waited for alerts that are not visible yet, over all integrations. */
export interface Settling {
  waitMs: number
  signal?: AbortSignal
}

/** Alert groups that could not be resolved: of which integration, how many, and why. */
export interface Unresolved {
  integrationId: string
  descriptor: string
  /** `undefined` where they could not even be listed. */
  count?: number
  problem: OncallProblem
}

const groupSchema = z.object({
  id: idSchema,
  state: z.string().nullish(),
  title: z.string().nullish(),
  alerts_count: z.number().nullish(),
  last_alert: z.object({ payload: z.unknown() }).nullish(),
})

/** A group that is resolved is followed by another, where alerts come in still. */
const mostRounds = 3
const firstPauseMs = 250
const longestPauseMs = 5_000

/**
 * Resolves the alert groups that a run has made: one request a page of each list, and one a group.
 * Alerts are worked off later, so it looks again until as many are there as were accepted.
 * @param call should be patient: after a run the key is mostly at its limit.
 * @param startedAtMs when the run began; groups that began days before or after are not looked at.
 * @param nowMs the present.
 */
export async function resolveGroups(
  call: Call,
  integrations: readonly ToResolve[],
  startedAtMs: number,
  nowMs: number,
  { waitMs, signal }: Settling = { waitMs: 0 },
): Promise<Unresolved[]> {
  const period = startedBetween(startedAtMs, nowMs)
  const untilMs = performance.now() + waitMs
  const left: Unresolved[] = []
  for (const integration of integrations) {
    let pauseMs = firstPauseMs
    for (;;) {
      const { problem, alerts } = await resolveOf(call, integration, period)
      const isSettled = alerts >= (integration.alerts ?? 0)
      const mayWait = performance.now() + pauseMs <= untilMs
      if (problem || isSettled || !mayWait || !(await pause(pauseMs, undefined, signal))) {
        if (problem) left.push(problem)
        break
      }
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    }
  }
  return left
}

/** Resolves what is open; returns how many alerts of the run there are in open groups and in others. */
async function resolveOf(
  call: Call,
  integration: ToResolve,
  period: string,
): Promise<{ problem?: Unresolved; alerts: number }> {
  const { integrationId, descriptor } = integration
  const path = `alert_groups/?integration_id=${encodeURIComponent(integrationId)}&${period}`
  let failed: Unresolved | undefined
  let alerts = 0
  for (let round = 0; round < mostRounds; round++) {
    const groups = await readList(call, path, `list the alert groups of ${descriptor}`, groupSchema)
    if (!groups.ok) return { problem: { integrationId, descriptor, problem: groups.problem }, alerts }
    const ours = groups.value.filter((group) => isGroupOf(group, integration))
    alerts = ours.reduce((sum, { alerts_count: count }) => sum + (count ?? 0), 0)
    const open = ours.filter(({ state }) => state !== 'resolved')
    if (open.length === 0) return { alerts }
    let count = 0
    for (const { id } of open) {
      const what = `resolve an alert group of ${descriptor}`
      const resolved = await call('POST', `alert_groups/${encodeURIComponent(id)}/resolve`, what)
      if (resolved.ok || resolved.problem.status === 404) continue
      failed = { integrationId, descriptor, count: ++count, problem: resolved.problem }
      if (resolved.problem.kind === 'limited' || resolved.problem.kind === 'unreachable')
        return { problem: failed, alerts }
    }
    if (count === 0) failed = undefined
  }
  return { problem: failed, alerts }
}
