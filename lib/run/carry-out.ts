import type { Descriptor } from '../history/index.ts'
import type { Reconciled } from '../oncall/index.ts'
import type { Plan } from '../plan/index.ts'
import type { Warning } from '../result/index.ts'
import type { Spec } from '../spec/index.ts'
import { TargetStartError } from '../target/index.ts'
import { atApi } from './at-api.ts'
import { atOncall } from './at-oncall.ts'
import type { Conduct } from './conduct.ts'
import type { Course, UnderWay } from './fire-plan.ts'
import type { Interruption } from './interruption.ts'
import { keyDescriptor, loadKeyDescriptor, setupDescriptor } from './keys.ts'
import { type RaisedTarget, raiseTarget, setupKeyOf, type TargetChoice } from './raise-target.ts'
import type { ReadingBack } from './read-back.ts'
import { openRecording } from './recording.ts'
import type { RunFolder } from './run-folder.ts'
import { noteRun } from './under-way.ts'
import type { Permit } from './wakes.ts'
import type { Watcher } from './watcher.ts'

/** Everything that a run needs. */
export interface Assignment {
  id: string
  folder: RunFolder
  spec: Spec
  plan: Plan
  /** Decides on one firing after another, where the plan is not fired as it stands. */
  conduct?: Conduct
  target: TargetChoice
  /**
   * May making ready and clearing away wait, so that neither uses up the limit of a key? Left out, they ask as
   * fast as they can, and the limit of a key is itself in question.
   */
  sparesKeys?: boolean
  /** How long nothing is sent once the key is known, so that nothing from before counts. */
  quietMs: number
  /** What is done about alerts that were lost or doubled; left out, nobody looks. */
  reading?: ReadingBack
  k6: { path: string; version: string }
  /** The bundled scenario. */
  scenarioPath: string
  /** Certificates of a private authority that k6 is to trust: an absolute path. */
  caFile?: string
  /** Asked about named integrations that would notify somebody; left out, nobody may be notified. */
  permit?: Permit
}

/** How a run went. Its history is in the folder, whatever happened. */
export interface Carried {
  /** What kept the run from being carried out to its end, as a sentence for a person. */
  problem?: string
  /** Was it not carried out because somebody would be notified? That is for the author of the spec to mend. */
  refused?: boolean
  /** Did requests of the plan go out? If not, there is nothing to judge. */
  fired: boolean
  startedAtMs: number
  endedAtMs: number
  firingMs?: number
  /** Where requests went. */
  url?: string
  /** What the target has, held against what it answered. */
  reconciled?: Reconciled
  warnings: Warning[]
}

/**
 * Carries out a run: target, key, integrations of our own, firing, clean-up; all of it recorded live
 * into the run's folder. Ends what it started, however it ends.
 * @throws {HistoryFileError} where the history cannot be begun; what goes wrong later is told.
 */
export async function carryOut(
  assignment: Assignment,
  watcher: Watcher,
  interruption: Interruption,
): Promise<Carried> {
  const { plan, folder, k6 } = assignment
  const planned = plan.descriptors.map(({ name, scopes }) => ({ name, scopes }))
  const startedAtMs = Date.now()
  const recording = openRecording(folder.history, {
    tool: `k6 v${k6.version}`,
    startedAtMs,
    clockSlackMs: 1,
    descriptors: [...planned, ...keysBeside(assignment.target)],
    outcomes: assignment.spec.outcomes,
  })
  const warnings: Warning[] = []
  const forget = await noteLasting(assignment, warnings)
  let course: Course = { reason: 'not-started' }
  try {
    course = await withTarget({ assignment, watcher, interruption, recording, warnings })
  } finally {
    const lost = course.outcome?.lostLines ?? 0
    if (lost > 0) {
      // A history that lacks something has no end, so that everybody takes it for torn.
      warnings.push({
        code: 'lines-lost',
        message: `${lost} lines of k6 could not be read: requests are missing.`,
      })
      await recording.abandon()
    } else {
      await recording.end(interruption.stop.aborted ? 'interrupted' : course.reason)
    }
  }
  if (!warnings.some(({ code }) => code === 'left-behind')) await forget?.()
  const { outcome, url, reconciled, refused } = course
  const fired = outcome?.startedAtMs !== undefined
  return {
    problem: recording.failure?.message ?? course.problem,
    refused,
    fired,
    startedAtMs,
    endedAtMs: Date.now(),
    firingMs: fired ? outcome.endedAtMs - (outcome.startedAtMs as number) : undefined,
    url,
    reconciled,
    warnings,
  }
}

/** A key has a descriptor of its own only where Onset itself speaks to the target with it. */
function keysBeside(target: TargetChoice): Descriptor[] {
  if (target.kind === 'http') return []
  const load = (target.loadKeys ?? []).map(loadKeyDescriptor)
  return [keyDescriptor, ...(setupKeyOf(target) === undefined ? [] : [setupDescriptor]), ...load]
}

/**
 * Lets this machine know of a run that makes something in a target which outlives it.
 * @returns what forgets it again; `undefined` where there is nothing to know, or it cannot be noted.
 */
export async function noteLasting(
  { id, target }: Pick<Assignment, 'id' | 'target'>,
  warnings: Warning[],
): Promise<(() => Promise<void>) | undefined> {
  if (target.kind !== 'oncall') return undefined
  try {
    return await noteRun(id)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    warnings.push({
      code: 'not-noted',
      message: `Nothing can be noted in Onset's cache (${message}): "onset clean" may take the integrations of this run for remains after some hours.`,
    })
    return undefined
  }
}

async function withTarget(run: UnderWay): Promise<Course> {
  const { assignment, watcher, interruption } = run
  if (assignment.target.kind === 'http') return atApi(assignment.target, run)
  let target: RaisedTarget
  try {
    target = await raiseTarget(assignment.target)
  } catch (error) {
    if (!(error instanceof TargetStartError)) throw error
    return { reason: 'not-started', problem: `${error.message}.` }
  }
  try {
    watcher.onPhase({ phase: 'target-ready', url: target.url, embedded: !target.lasting })
    const course = await atOncall(target, run)
    if (!target.gone.aborted || interruption.stop.aborted) return { ...course, url: target.url }
    return { ...course, url: target.url, reason: 'target-ended', problem: target.gone.reason as string }
  } finally {
    await target.stop()
  }
}
