import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HistoryEventLine } from '../history/event.ts'
import { defaultOutcomeRule, outcomeOf } from '../history/outcome.ts'
import type { HistoryRecord } from '../history/record.ts'
import type { Plan } from '../plan/plan.ts'
import { scheduleOf } from '../plan/schedule.ts'
import type { OutcomeRule } from '../spec/spec.ts'
import { type Bindings, bindingMistakes, type Lane, lanes } from './bindings.ts'
import { certificateRemedy } from './certificate-remedy.ts'
import { type ClockReading, createClockWatch, readClocks } from './clock.ts'
import { type CpuMeter, cpuSecondsOf, createCpuMeter, usedTogether } from './cpu-use.ts'
import { k6Options, laneOfLoad, longestRunMs } from './k6-options.ts'
import { exitWords, type K6Exit, type K6Process, startK6 } from './k6-process.ts'
import { createLedger } from './ledger.ts'
import { openLiveLines } from './live-lines.ts'
import type { Ended, FireOutcome } from './outcome.ts'
import { planMistakes } from './plan-mistakes.ts'
import { createProgress, type Progress } from './progress.ts'
import { type RawLine, readRawLine } from './raw-line.ts'
import { createReach } from './reach.ts'
import { requestErrorWords } from './request-error.ts'
import { scheduleFile } from './schedule-file.ts'
import { scrub } from './scrub.ts'
import { createSuffering, type Suffering, sufferingWords } from './suffering.ts'

/** What a firing needs beside the plan and its bindings. */
export interface FireOptions {
  /** The k6 to run. */
  k6Path: string
  /** The bundled scenario that carries out a plan. */
  scenarioPath: string
  /** Where a folder for the time of the firing may be made; it is removed afterwards. */
  runFolder: string
  /** Called for every request as soon as it is answered, and at the end for those that never were. */
  onRecord: (record: HistoryRecord) => void
  /** Called for dropped requests and steps of the clock. The `end` is left to whoever closes the history. */
  onEvent: (event: HistoryEventLine) => void
  onProgress?: (progress: Progress) => void
  /** Aborting stops the firing within a second. */
  signal?: AbortSignal
  /** Which statuses mean accepted and limited. Default: 2xx and 429. */
  outcomes?: OutcomeRule
  /** How fast the wall clock may run away before that counts as a step. Default 200. */
  clockDriftPpm?: number
  /** The share of failing answers beyond which firing stops at once. Default 0.5. */
  stopWhenFailing?: number
  /** Certificates (PEM) that k6 trusts instead of the system's bundle: an absolute path. */
  caFile?: string
  /** Reads the clocks that are watched meanwhile. Default: those of this process. */
  clocks?: () => ClockReading
}

const progressEveryMs = 250
const clockEveryMs = 200
const cpuEveryMs = 100

/** How long k6 may take to make its virtual users ready. */
const startingMs = 120_000

/** How long k6 may take to end after it was asked to, or after it should have by itself. */
const graceMs = 3_000

/**
 * Carries out a plan with k6 and hands over every request while it runs. Requests are sent only to
 * the bound addresses, redirects are not followed, and no request is sent twice, unless a load says that
 * it keeps its connections. No k6 is left behind, however this ends.
 * @throws {Error} when a descriptor of the plan has no proper address bound to it, or the plan passes
 * its own ceiling or rations; and whatever a callback throws, after k6 was stopped.
 */
export async function fire(plan: Plan, bindings: Bindings, options: FireOptions): Promise<FireOutcome> {
  const names = plan.descriptors.map(({ name }) => name)
  const mistakes = [...bindingMistakes(names, bindings), ...planMistakes(plan)]
  if (mistakes.length > 0) throw new Error(mistakes.join('; '))
  const folder = await mkdtemp(join(options.runFolder, 'firing-'))
  try {
    return await fireIn(folder, plan, bindings, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Why the firing was stopped before its end. */
type Stop =
  | { kind: 'interrupted' }
  | { kind: 'unreachable'; lastError: string }
  | { kind: 'suffering'; seen: Suffering }
  | { kind: 'k6-failed'; explanation: string; exit?: K6Exit }
  | { kind: 'thrown'; error: unknown }

async function fireIn(
  folder: string,
  plan: Plan,
  bindings: Bindings,
  options: FireOptions,
): Promise<FireOutcome> {
  const rule = options.outcomes ?? defaultOutcomeRule
  const outcomeOfStatus = outcomeOf(rule)
  const ledger = createLedger(plan, outcomeOfStatus)
  const cannotBeReached = createReach()
  const suffering = createSuffering(options.stopWhenFailing ?? 0.5)
  const clockStep = createClockWatch(options.clockDriftPpm ?? 200)
  const progress = createProgress(plan.deadlineMs)
  const settledWatches: string[] = []
  const processes: K6Process[] = []
  const meters: CpuMeter[] = []
  const timers: NodeJS.Timeout[] = []
  const begunAtMs: Partial<Record<Lane, number>> = {}
  let unreadLines = 0
  const firing: { stopped?: Stop } = {}

  const stop = (why: Stop): void => {
    firing.stopped ??= why
    for (const k6 of processes) k6.stop(graceMs)
  }
  /** What a callback of the caller throws ends the firing, and is thrown to the caller at its end. */
  const guarded = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      stop({ kind: 'thrown', error })
    }
  }

  const startedAtMs = (): number | undefined => {
    const begun = Object.values(begunAtMs)
    return begun.length === 0 ? undefined : Math.min(...begun)
  }
  const take = (lane: Lane, line: RawLine): void => {
    const record = ledger.book(line)
    if (record) options.onRecord(record)
    if (line.kind === 'begun') {
      begunAtMs[lane] = line.atMs
    } else if (line.kind === 'watched' && line.settled) {
      settledWatches.push(plan.watches[Number(line.part.slice(1))]?.name ?? line.part)
    } else if (line.kind === 'broken') {
      stop({ kind: 'k6-failed', explanation: `the scenario broke: ${scrub(line.message, bindings.secrets)}` })
    } else if (line.kind === 'answered') {
      if (cannotBeReached(line.status, line.errorCode)) {
        stop({ kind: 'unreachable', lastError: requestErrorWords(line.errorCode) })
      }
      const seen = suffering({ ...line, outcome: outcomeOfStatus(line.status) })
      if (seen) stop({ kind: 'suffering', seen })
    }
  }
  const hear =
    (lane: Lane) =>
    (text: string): void => {
      const line = readRawLine(text)
      if (line) guarded(() => take(lane, line))
      else unreadLines++
    }
  const showProgress = () => {
    const sinceMs = startedAtMs()
    if (sinceMs !== undefined) options.onProgress?.(progress(Date.now() - sinceMs, ledger.tallies))
  }
  const lookAtCpu = () => {
    if (startedAtMs() !== undefined) for (const meter of meters) meter.look(performance.now())
  }
  const watchClock = () => {
    const step = clockStep((options.clocks ?? readClocks)())
    if (step) options.onEvent({ event: 'clock-step', at: step.atMs, byMs: step.byMs })
  }

  /** Runs one lane to the end of its k6 and of what that wrote. */
  const run = async (lane: Lane): Promise<void> => {
    const home = join(folder, lane)
    await mkdir(home)
    const lines = await openLiveLines(home, hear(lane))
    try {
      if (firing.stopped) return
      const variables = {
        ONSET_PLAN: join(folder, 'plan.json'),
        ONSET_BINDINGS: JSON.stringify(bindings),
        ONSET_OUTCOMES: JSON.stringify(rule),
        ONSET_LANE: lane,
        ...(options.caFile === undefined ? {} : { SSL_CERT_FILE: options.caFile }),
      }
      const { k6Path, scenarioPath } = options
      const k6 = startK6(k6Path, scenarioPath, lines.path, home, variables, bindings.secrets)
      processes.push(k6)
      meters.push(createCpuMeter(() => (k6.pid === undefined ? undefined : cpuSecondsOf(k6.pid))))
      const latestMs = startingMs + longestRunMs(plan)
      const tooLong = () =>
        stop({ kind: 'k6-failed', explanation: `k6 did not end within ${Math.ceil(latestMs / 1000)} s` })
      timers.push(setTimeout(tooLong, latestMs))
      const exit = await k6.exited
      if (exit.exitCode !== 0) stop({ kind: 'k6-failed', explanation: exitWords(exit), exit })
    } finally {
      lines.end()
    }
  }

  const abort = () => stop({ kind: 'interrupted' })
  options.signal?.addEventListener('abort', abort)
  try {
    if (options.signal?.aborted) abort()
    const planPath = join(folder, 'plan.json')
    await writeFile(planPath, JSON.stringify(plan))
    for (const [index, load] of (plan.loads ?? []).entries()) {
      await writeFile(scheduleFile(planPath, index), scheduleOf(load))
    }
    watchClock()
    timers.push(setInterval(() => guarded(watchClock), clockEveryMs))
    timers.push(setInterval(() => guarded(showProgress), progressEveryMs))
    timers.push(setInterval(lookAtCpu, cpuEveryMs))
    const used = lanes.filter((lane) => Object.keys(k6Options(plan, bindings, lane).scenarios).length > 0)
    await Promise.all(
      used.map((lane) => run(lane).catch((error: unknown) => stop({ kind: 'thrown', error }))),
    )
  } finally {
    for (const timer of timers) clearInterval(timer)
    options.signal?.removeEventListener('abort', abort)
  }

  const endedAtMs = Date.now()
  const { records, dropped } = ledger.close(endedAtMs, firing.stopped === undefined)
  for (const record of records) guarded(() => options.onRecord(record))
  for (const event of dropped) guarded(() => options.onEvent(event))
  guarded(showProgress)

  const ended = {
    startedAtMs: startedAtMs(),
    endedAtMs,
    settledWatches,
    loadsStartedAtMs: (plan.loads ?? []).map((load) => begunAtMs[laneOfLoad(load, bindings)]),
    cpu: usedTogether(meters.flatMap(({ use }) => use ?? [])),
    lostLines: unreadLines + ledger.strays,
  }
  return outcomeOfStop(firing.stopped, ended)
}

function outcomeOfStop(stopped: Stop | undefined, ended: Ended): FireOutcome {
  switch (stopped?.kind) {
    case undefined:
      return { kind: 'finished', ...ended }
    case 'interrupted':
      return { kind: 'interrupted', ...ended }
    case 'unreachable': {
      const explanation = `most connections to the target could not be made: ${stopped.lastError}${certificateRemedy(stopped.lastError)}`
      return { kind: 'unreachable', explanation, lastError: stopped.lastError, ...ended }
    }
    case 'suffering':
      return { kind: 'suffering', explanation: sufferingWords(stopped.seen), seen: stopped.seen, ...ended }
    case 'k6-failed': {
      const { explanation, exit } = stopped
      const [exitCode, signal] = [exit?.exitCode ?? null, exit?.signal ?? null]
      return { kind: 'k6-failed', explanation, exitCode, signal, ...ended }
    }
    case 'thrown':
      throw stopped.error
  }
}
