import { httpBindings } from '../http/index.ts'
import { type Course, firePlan, keepSilent, type UnderWay } from './fire-plan.ts'
import type { TargetChoice } from './raise-target.ts'

/**
 * A run against an API that Onset knows nothing about but what its spec says: nothing is made in it
 * or asked of it beforehand, and nothing has to be removed.
 */
export async function atApi(
  { url, secrets }: Extract<TargetChoice, { kind: 'http' }>,
  run: UnderWay,
): Promise<Course> {
  const { assignment, watcher, interruption, recording } = run
  const signal = AbortSignal.any([interruption.stop, recording.failed])
  watcher.onPhase({ phase: 'target-ready', url, embedded: false })
  if (!(await keepSilent(assignment.quietMs, watcher, signal))) return { reason: 'not-started', url }
  return { ...(await firePlan(httpBindings(assignment.spec, secrets), run, signal)), url }
}
