import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Bindings, type FireOutcome, fire, strangers } from '../fire/index.ts'
import type { HistoryRecord } from '../history/index.ts'
import { type KeyLimit, paceMs, type Reconciled } from '../oncall/index.ts'
import type { Plan } from '../plan/index.ts'
import type { Warning } from '../result/index.ts'
import type { Spec, Target } from '../spec/index.ts'
import type { Assignment } from './carry-out.ts'
import type { Lag } from './conduct.ts'
import type { Interruption } from './interruption.ts'
import type { EndReason, Recording } from './recording.ts'
import type { Watcher } from './watcher.ts'

/** How far a run came, and why it ended. */
export interface Course {
  reason: EndReason
  problem?: string
  /** Was it given up because somebody would be notified? */
  refused?: boolean
  outcome?: FireOutcome
  url?: string
  /** What the target has, held against what it answered. */
  reconciled?: Reconciled
}

/** A run that is under way: what it is to do, who is told, and what it writes. */
export interface UnderWay {
  assignment: Assignment
  watcher: Watcher
  interruption: Interruption
  recording: Recording
  /** What came up on the way. */
  warnings: Warning[]
}

/** Sends nothing for so long, so that nothing from before counts; `false` when cut short. */
export async function keepSilent(
  quietMs: number,
  { onPhase }: Pick<Watcher, 'onPhase'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (quietMs > 0) {
    onPhase({ phase: 'silent', waitMs: quietMs })
    await pause(quietMs, signal)
  }
  return !signal.aborted
}

/** Waits; an aborted signal ends it. */
export async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  await setTimeout(waitMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** Where a spec does not say how long the key stays full, OnCall's documented window is assumed. */
const documentedWindowMs = 300_000

/** What a window takes longer in practice. */
const spareMs = 10_000

/** The limits that a spec says each key has. */
export function keyLimitsOf({ limits }: Pick<Spec, 'limits'>): KeyLimit[] {
  return limits
    .filter(({ scope }) => scope === 'apiKey')
    .map(({ limit, window }) => ({ limit, windowMs: window }))
}

/**
 * How long it is waited for a key that has reached its limit, as it has after a run.
 * @param requests how many are to be sent with it.
 */
export function keyPatienceMs(spec: Pick<Spec, 'limits'>, requests = 1): number {
  const limits = keyLimitsOf(spec)
  const windows = limits.map(({ windowMs }) => windowMs)
  return Math.max(documentedWindowMs, ...windows) + paceMs(limits, requests) + spareMs
}

/**
 * Fires what a run is to fire at what is bound to it: its plan, or one after another the plans that its
 * conduct decides on.
 * @param onAnswer called with the record of each request, before it is written.
 * @param lag reads back how long alerts took, where there are any.
 */
export async function firePlan(
  bindings: Bindings,
  run: UnderWay,
  signal: AbortSignal,
  onAnswer: (record: HistoryRecord) => void = () => {},
  lag?: (course: Course) => Promise<Lag | undefined>,
): Promise<Course> {
  const { plan, conduct } = run.assignment
  if (!conduct) return fireOnce(plan, bindings, run, signal, onAnswer)
  let firings = 0
  return conduct({
    bindings,
    signal,
    fire(each, onRecord) {
      const firing = ++firings
      return fireOnce(each, ofFiring(bindings, firing), run, signal, (record) => {
        // Requests of two firings may have the same id, and none of a run may.
        record.request = `${prefixOf(firing)}${record.request}`
        onRecord(record)
        onAnswer(record)
      })
    },
    record(record) {
      onAnswer(record)
      run.recording.record(record)
    },
    lag,
  })
}

function prefixOf(firing: number): string {
  return `${firing}-`
}

function ofFiring({ descriptors, ...rest }: Bindings, firing: number): Bindings {
  const renamed = Object.entries(descriptors).map(([name, binding]) => {
    const body = binding.body?.replaceAll('{request}', `${prefixOf(firing)}{request}`)
    return [name, { ...binding, ...(body !== undefined && { body }) }]
  })
  return { ...rest, descriptors: Object.fromEntries(renamed) }
}

async function fireOnce(
  plan: Plan,
  bindings: Bindings,
  { assignment, watcher, recording, warnings }: UnderWay,
  signal: AbortSignal,
  onAnswer: (record: HistoryRecord) => void,
): Promise<Course> {
  const { spec, k6, scenarioPath, folder } = assignment
  const unnamed = spec.target ? strangers(bindings, addressesIn(spec.target)) : []
  if (unnamed.length > 0) {
    const problem = `Nothing was fired: it would have gone to ${unnamed.join(', ')}, which the spec does not name.`
    return { reason: 'not-started', problem }
  }
  let redirected = 0
  watcher.onPhase({ phase: 'firing' })
  const outcome = await fire(plan, bindings, {
    k6Path: k6.path,
    scenarioPath,
    runFolder: resolve(folder.path),
    onRecord: (record) => {
      if (record.status >= 300 && record.status < 400) redirected++
      onAnswer(record)
      recording.record(record)
    },
    onEvent: recording.event,
    onProgress: watcher.onProgress,
    signal,
    outcomes: spec.outcomes,
    clockDriftPpm: spec.clockDriftPpm,
    stopWhenFailing: spec.target?.stopWhenFailing,
    caFile: assignment.caFile,
  })
  watcher.onPhase({ phase: 'fired', outcome: outcome.kind })
  if (redirected > 0) {
    const message = `${redirected} of the requests were answered with a redirect, and none was followed: only what the spec names is ever asked. Name the address that answers by itself.`
    warnings.push({ code: 'redirected', message })
  }
  switch (outcome.kind) {
    case 'finished':
    case 'interrupted':
      return { reason: outcome.kind, outcome }
    case 'unreachable':
      return { reason: 'unreachable', outcome, problem: `The firing was stopped: ${outcome.explanation}.` }
    case 'suffering':
      return { reason: 'target-failing', outcome, problem: `The firing was stopped: ${outcome.explanation}.` }
    case 'k6-failed':
      return { reason: 'k6-failed', outcome, problem: `The firing broke off: ${outcome.explanation}` }
  }
}

function addressesIn({ url, replicas = [], ingestUrl }: Target): string[] {
  return [url, ...replicas, ...(ingestUrl === undefined ? [] : [ingestUrl])]
}
