import { z } from 'zod'
import { alertUid, isTitleOf } from './alert-words.ts'
import type { Call } from './api.ts'
import { readList } from './list.ts'
import type { OncallProblem } from './problem.ts'

/** An integration whose alert groups are to be resolved. */
export interface ToResolve {
  integrationId: string
  descriptor: string
  runId: string
  /** Was it made for the run, so that all its groups are the run's? Of another only those with our words are. */
  own: boolean
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
  id: z.string(),
  state: z.string().nullish(),
  title: z.string().nullish(),
  last_alert: z.object({ payload: z.unknown() }).nullish(),
})
type Group = z.output<typeof groupSchema>

/** Alerts are worked off later: a group that was resolved too early is followed by another. */
const mostRounds = 3

const dayMs = 24 * 3_600_000

/**
 * Resolves the alert groups that a run has made: one request a page of each list, and one a group.
 * @param call should be patient: after a run the key is mostly at its limit.
 * @param startedAtMs when the run began; groups that began days before or after are not looked at.
 * @param nowMs the present.
 */
export async function resolveGroups(
  call: Call,
  integrations: readonly ToResolve[],
  startedAtMs: number,
  nowMs: number,
): Promise<Unresolved[]> {
  // A day more at both ends, so that no clock and no time zone hides a group.
  const period = `${timeText(startedAtMs - dayMs)}_${timeText(nowMs + dayMs)}`
  const left: Unresolved[] = []
  for (const integration of integrations) {
    const problem = await resolveOf(call, integration, period)
    if (problem) left.push(problem)
  }
  return left
}

async function resolveOf(
  call: Call,
  integration: ToResolve,
  period: string,
): Promise<Unresolved | undefined> {
  const { integrationId, descriptor } = integration
  const path = `alert_groups/?integration_id=${encodeURIComponent(integrationId)}&started_at=${period}`
  let failed: Unresolved | undefined
  for (let round = 0; round < mostRounds; round++) {
    const groups = await readList(call, path, `list the alert groups of ${descriptor}`, groupSchema)
    if (!groups.ok) return { integrationId, descriptor, problem: groups.problem }
    const open = groups.value.filter((group) => group.state !== 'resolved' && isOf(group, integration))
    if (open.length === 0) return undefined
    let count = 0
    for (const { id } of open) {
      const what = `resolve an alert group of ${descriptor}`
      const resolved = await call('POST', `alert_groups/${encodeURIComponent(id)}/resolve`, what)
      if (resolved.ok || resolved.problem.status === 404) continue
      failed = { integrationId, descriptor, count: ++count, problem: resolved.problem }
      if (resolved.problem.kind === 'limited' || resolved.problem.kind === 'unreachable') return failed
    }
    if (count === 0) failed = undefined
  }
  return failed
}

function isOf({ title, last_alert: last }: Group, { own, runId, descriptor }: ToResolve): boolean {
  if (own || isTitleOf(title ?? '', runId)) return true
  const uid = (last?.payload as { alert_uid?: unknown } | null | undefined)?.alert_uid
  return uid === alertUid(runId, descriptor)
}

/** `2026-11-25T19:12:47`, as the filter wants it. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19)
}
