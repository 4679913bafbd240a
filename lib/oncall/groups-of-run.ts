import { alertUid, isTitleOf } from './alert-words.ts'

/** Whose alert groups are looked for. */
export interface RunAtIntegration {
  runId: string
  descriptor: string
  /** Was the integration made for the run, so that all its groups are the run's? Of another only those with our words are. */
  own: boolean
}

/** Does this alert group come from that run? */
export function isGroupOf(
  { title, last_alert: last }: { title?: string | null; last_alert?: { payload?: unknown } | null },
  { own, runId, descriptor }: RunAtIntegration,
): boolean {
  if (own || isTitleOf(title ?? '', runId)) return true
  const uid = (last?.payload as { alert_uid?: unknown } | null | undefined)?.alert_uid
  return uid === alertUid(runId, descriptor)
}

const dayMs = 24 * 3_600_000

/**
 * The filter for groups that began between two instants, in Unix milliseconds: a day more at both ends,
 * so that no clock and no time zone hides one.
 */
export function startedBetween(fromMs: number, toMs: number): string {
  return `started_at=${timeText(fromMs - dayMs)}_${timeText(toMs + dayMs)}`
}

/** `2026-11-25T19:12:47`, as the filter wants it. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19)
}
