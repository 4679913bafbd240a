import type { SentAlerts } from './alert-book.ts'
import { type Call, createCall, type OncallOptions } from './api.ts'
import { countFits, type ExistingAlerts } from './compare-alerts.ts'
import { failure, type OncallProblem, type Result } from './problem.ts'
import { type CountedGroup, readGroups, readRequests } from './read-alerts.ts'

/** An integration whose alerts are to be read back, and what was sent through it. */
export interface ToReconcile {
  descriptor: string
  integrationId: string
  sent: SentAlerts
  /** Was it made for the run? Others may send to another one, and group alerts there in their own way. */
  own: boolean
}

/** What was read back of one integration. */
export interface ReadBack {
  descriptor: string
  sent: SentAlerts
  /** Was the integration made for the run? */
  own: boolean
  /** What there was at last; `undefined` where it was never read. */
  existing?: ExistingAlerts
  /** Was it looked at for as long as it takes? If not, alerts may be missing that only come late. */
  complete: boolean
  /** What kept it from being read, or from being read to the end. */
  problem?: string
  /**
   * The least and the most time from sending the last accepted alert until all that were accepted
   * were visible, in milliseconds; the most is missing where they were not, or not surely.
   */
  lagMs?: [number, number | undefined]
}

/** The clock by which is waited: Unix milliseconds, and pauses that end early when they are cut short. */
export interface PollClock {
  nowMs(): number
  /** @returns `false` when it was cut short. */
  pause(ms: number): Promise<boolean>
}

/** How long and how much may be asked. */
export interface ReconcileBounds {
  /** How long after it was sent the last accepted alert must be visible. */
  deliveredWithinMs: number
  /** How long may be waited altogether while the key has reached its own limit. */
  patienceMs: number
  /** Called before each wait for the key. */
  onWait?: (waitMs: number) => void
  /** Pages of alerts that are read of one integration at most, where its count is wrong. */
  maxAlertPages?: number
}

const firstPauseMs = 250
/** How long to wait where a refusal does not say. */
const keyPauseMs = 5_000
/** The least that is waited after a refusal; twice as long after each further one. */
const leastKeyPauseMs = 1_000
/** So many failures in a row mean that there is nothing to be read any more. */
const mostFailures = 4
const defaultAlertPages = 20
/** Requests beside that may have to be sent again, since the key was at its limit. */
const spareRequests = 10

/** The longest time between two polls: a twentieth of the deadline, so that a long one costs no more. */
function longestPauseMs(deliveredWithinMs: number): number {
  return Math.max(5_000, deliveredWithinMs / 20)
}

/** How many requests reading back one integration takes at the very most. Few, if all is well: two. */
export function mostReadBackRequests(
  deliveredWithinMs: number,
  maxAlertPages: number = defaultAlertPages,
): number {
  // One when the deadline has passed, one more to see that nothing changes, and the failures.
  let polls = 2 + mostFailures
  let pauseMs = firstPauseMs
  for (let ms = 0; ms < deliveredWithinMs; ms += pauseMs) {
    polls++
    pauseMs = Math.min(2 * pauseMs, longestPauseMs(deliveredWithinMs))
  }
  return polls + maxAlertPages + spareRequests
}

/** The same way to ask, so many times at most: then it fails without a request. */
function rationed(call: Call, requests: number): Call {
  let left = requests
  return async (method, path, what, body) => {
    if (left-- > 0) return call(method, path, what, body)
    return failure(
      'unexpected',
      `Cannot ${what}: it was asked ${requests} times, which is as often as it may be.`,
    )
  }
}

interface State extends ToReconcile {
  deadlineMs: number
  groups?: CountedGroup[]
  /** What it was the last time and the time before. */
  counts: number[]
  lastWithoutMs?: number
  firstWithMs?: number
  failures: number
  problem?: OncallProblem
  over: boolean
  call: Call
}

/**
 * Reads back what the target has of the alerts of a run. It asks again, less and less often, until
 * everything that was accepted is there and the count stays the same, or the deadline has passed;
 * where the key has reached its limit it waits as the refusal says. Only where a count does not fit
 * are the alerts themselves read. Never throws; what could not be read is told.
 */
export function readBackAlerts(
  options: OncallOptions,
  runId: string,
  integrations: readonly ToReconcile[],
  clock: PollClock,
  bounds: ReconcileBounds,
): Promise<ReadBack[]> {
  return pollAlerts(createCall(options), runId, integrations, clock, bounds)
}

/** The same with a way to ask that is given. */
export async function pollAlerts(
  call: Call,
  runId: string,
  integrations: readonly ToReconcile[],
  clock: PollClock,
  bounds: ReconcileBounds,
): Promise<ReadBack[]> {
  const states = integrations.map((integration): State => {
    const since = integration.sent.lastAcceptedMs ?? clock.nowMs()
    const most = mostReadBackRequests(bounds.deliveredWithinMs, bounds.maxAlertPages)
    return {
      ...integration,
      deadlineMs: since + bounds.deliveredWithinMs,
      counts: [],
      failures: 0,
      over: false,
      call: rationed(call, most),
    }
  })
  const patience = createPatience(clock, bounds)
  let pauseMs = firstPauseMs
  while (states.some(({ over }) => !over)) {
    for (const state of states) if (!state.over) await look(state, runId, clock, patience)
    if (states.every(({ over }) => over)) break
    if (!(await clock.pause(pauseMs))) break
    pauseMs = Math.min(2 * pauseMs, longestPauseMs(bounds.deliveredWithinMs))
  }

  const readBack: ReadBack[] = []
  for (const state of states) readBack.push(await conclude(state, runId, patience, bounds))
  return readBack
}

async function look(state: State, runId: string, clock: PollClock, patience: Patience): Promise<void> {
  let askedMs = clock.nowMs()
  const groups = await patience(() => {
    askedMs = clock.nowMs()
    const { call, descriptor, own } = state
    const period = { fromMs: state.sent.firstMs ?? askedMs, toMs: askedMs }
    return readGroups(call, state.integrationId, { runId, descriptor, own }, period)
  })
  if (!groups.ok) {
    state.problem = groups.problem
    state.failures++
    const isFinal = groups.problem.kind === 'limited' || groups.problem.kind === 'refused'
    state.over = isFinal || state.failures >= mostFailures
    return
  }
  state.failures = 0
  state.problem = undefined
  state.groups = groups.value
  const count = groups.value.reduce((sum, group) => sum + group.count, 0)
  const isUnchanged = state.counts.at(-1) === count
  state.counts.push(count)
  const isThere = count >= state.sent.accepted.size
  if (isThere) state.firstWithMs ??= clock.nowMs()
  else {
    state.lastWithoutMs = askedMs
    state.firstWithMs = undefined
  }
  // What is there too often may still be on its way when the last accepted one has come.
  state.over = isThere ? isUnchanged : askedMs >= state.deadlineMs
}

async function conclude(
  state: State,
  runId: string,
  patience: Patience,
  { maxAlertPages = defaultAlertPages }: ReconcileBounds,
): Promise<ReadBack> {
  const { call, descriptor, sent, own, groups, counts, over } = state
  const count = counts.at(-1)
  const base = { descriptor, sent, own, problem: state.problem?.sentence }
  if (groups === undefined || count === undefined) return { ...base, complete: false }
  const complete = over && state.problem === undefined
  const existing: ExistingAlerts = { groups: groups.filter((group) => group.count > 0).length, count }
  const result: ReadBack = { ...base, existing, complete, lagMs: lagOf(state, count) }
  // Missing ones may still come; those that are too many are there already.
  const isOpen = !complete && count < sent.accepted.size
  if (countFits(sent, count) || isOpen) return result
  const read = await patience(() => readRequests(call, groups, runId, maxAlertPages))
  if (!read.ok) return { ...result, problem: read.problem.sentence }
  return { ...result, existing: { ...existing, read: read.value } }
}

function lagOf({ sent, lastWithoutMs, firstWithMs }: State, count: number): ReadBack['lagMs'] {
  const { lastAcceptedMs } = sent
  if (lastAcceptedMs === undefined) return undefined
  const since = (ms: number) => Math.max(0, ms - lastAcceptedMs)
  const least = lastWithoutMs === undefined ? 0 : since(lastWithoutMs)
  // With more than was accepted, something else may have made up the number.
  const isSure = firstWithMs !== undefined && count === sent.accepted.size
  return [least, isSure ? Math.max(least, since(firstWithMs)) : undefined]
}

type Patience = <Value>(ask: () => Promise<Result<Value>>) => Promise<Result<Value>>

/** Asks again while the key is at its limit, until the time for that is used up. */
function createPatience(clock: PollClock, { patienceMs, onWait }: ReconcileBounds): Patience {
  let leftMs = patienceMs
  return async (ask) => {
    for (let leastMs = leastKeyPauseMs; ; leastMs *= 2) {
      const result = await ask()
      if (result.ok || result.problem.kind !== 'limited') return result
      const waitMs = Math.max(result.problem.retryAfterMs ?? keyPauseMs, leastMs)
      if (waitMs > leftMs) return result
      leftMs -= waitMs
      onWait?.(waitMs)
      if (!(await clock.pause(waitMs))) return result
    }
  }
}
