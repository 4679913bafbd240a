import { type Descriptor, type HistoryRecord, outcomeOf } from '../history/index.ts'
import {
  alertBinding,
  createAlertBook,
  createOncall,
  type Fixture,
  listBinding,
  type Made,
  type OncallProblem,
  type Reconciled,
} from '../oncall/index.ts'
import type { Plan } from '../plan/index.ts'
import type { Warning } from '../result/index.ts'
import type { Spec } from '../spec/index.ts'
import { TargetStartError } from '../target/index.ts'
import { atApi } from './at-api.ts'
import { clearAway } from './clear-away.ts'
import { type Course, firePlan, keepSilent, type UnderWay } from './fire-plan.ts'
import type { Interruption } from './interruption.ts'
import { type RaisedTarget, raiseTarget, type TargetChoice } from './raise-target.ts'
import { type ReadingBack, readBack } from './read-back.ts'
import { openRecording } from './recording.ts'
import type { RunFolder } from './run-folder.ts'
import type { Watcher } from './watcher.ts'

/** Everything that a run needs. */
export interface Assignment {
  id: string
  folder: RunFolder
  spec: Spec
  plan: Plan
  target: TargetChoice
  /** How long nothing is sent once the key is known, so that nothing from before counts. */
  quietMs: number
  /** What is done about alerts that were lost or doubled; left out, nobody looks. */
  reading?: ReadingBack
  k6: { path: string; version: string }
  /** The bundled scenario. */
  scenarioPath: string
  /** Certificates of a private authority that k6 is to trust: an absolute path. */
  caFile?: string
}

/** How a run went. Its history is in the folder, whatever happened. */
export interface Carried {
  /** What kept the run from being carried out to its end, as a sentence for a person. */
  problem?: string
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

/** The descriptor of the API key, whose requests are recorded whether its limit is tested or not. */
const keyDescriptor: Descriptor = { name: 'K', scopes: { apiKey: 'K' } }

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
  // A key has a descriptor of its own only where there is one key that Onset itself uses.
  const knowsAll =
    assignment.target.kind === 'http' || planned.some(({ name }) => name === keyDescriptor.name)
  const startedAtMs = Date.now()
  const recording = openRecording(folder.history, {
    tool: `k6 v${k6.version}`,
    startedAtMs,
    clockSlackMs: 1,
    descriptors: knowsAll ? planned : [...planned, keyDescriptor],
    outcomes: assignment.spec.outcomes,
  })
  const warnings: Warning[] = []
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
  const { outcome, url, reconciled } = course
  const fired = outcome?.startedAtMs !== undefined
  return {
    problem: recording.failure?.message ?? course.problem,
    fired,
    startedAtMs,
    endedAtMs: Date.now(),
    firingMs: fired ? outcome.endedAtMs - (outcome.startedAtMs as number) : undefined,
    url,
    reconciled,
    warnings,
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
    const course = await atTarget(target, run)
    if (!target.gone.aborted || interruption.stop.aborted) return { ...course, url: target.url }
    return { ...course, url: target.url, reason: 'target-ended', problem: target.gone.reason as string }
  } finally {
    await target.stop()
  }
}

async function atTarget(target: RaisedTarget, run: UnderWay): Promise<Course> {
  const { assignment, watcher, interruption, recording, warnings } = run
  const { id, plan, spec } = assignment
  const { url, ingestUrl, apiKey } = target
  const signal = AbortSignal.any([interruption.stop, recording.failed, target.gone])
  const client = { url, ingestUrl, apiKey, descriptor: keyDescriptor.name, onRequest: recording.record }
  const oncall = createOncall({ ...client, signal })
  const clear = async (made: readonly Made[]) => {
    if (!target.lasting) return
    warnings.push(...(await clearAway(client, made, id, spec, watcher, interruption)))
  }

  const who = await oncall.preflight()
  if (!who.ok) return courseOf(who.problem)
  watcher.onPhase({ phase: 'key-known', who: who.value })
  if (!(await keepSilent(run, signal))) return { reason: 'not-started' }

  const integrations = plan.descriptors.filter(({ kind }) => kind === 'alert').map(({ name }) => name)
  const made = await oncall.createFixtures(id, integrations)
  if (!made.ok) {
    await clear(made.left)
    return courseOf(made.problem)
  }
  try {
    for (const { descriptor, doubts } of made.value) {
      const asWarning = (doubt: string) => ({
        code: 'may-notify',
        message: `Integration ${descriptor}: ${doubt}.`,
      })
      warnings.push(...doubts.map(asWarning))
    }
    watcher.onPhase({ phase: 'fixtures-ready', descriptors: integrations })
    const book = createAlertBook(outcomeOf(spec.outcomes))
    const course = await fireAt(target, made.value, run, signal, book.note)
    return { ...course, reconciled: await readBack(client, made.value, book, course, run, signal) }
  } finally {
    await clear(made.value)
  }
}

async function fireAt(
  { url, replicas, apiKey }: RaisedTarget,
  fixtures: readonly Fixture[],
  run: UnderWay,
  signal: AbortSignal,
  onAnswer: (record: HistoryRecord) => void,
): Promise<Course> {
  const { id, spec } = run.assignment
  // Where alerts go to a host of their own, that is the one address for them.
  const others = spec.target?.ingestUrl === undefined ? replicas : undefined
  const alerts = fixtures.map((fixture) => [fixture.descriptor, alertBinding(fixture, id, others)] as const)
  const bindings = {
    descriptors: {
      ...Object.fromEntries(alerts),
      [keyDescriptor.name]: listBinding({ url, replicas, apiKey }),
    },
    secrets: [apiKey, ...fixtures.map(({ token }) => token)],
  }
  return firePlan(bindings, run, signal, onAnswer)
}

function courseOf(problem: OncallProblem): Course {
  return {
    reason: problem.kind === 'unreachable' ? 'unreachable' : 'not-started',
    problem: problem.sentence,
  }
}
