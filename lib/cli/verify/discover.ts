import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spanText, windowText } from '../../../reports/terminal/index.ts'
import { discoverLimits, type Experiment, type Fired, limitsToPlan } from '../../discover/index.ts'
import { longestRunMs } from '../../fire/index.ts'
import type { FoundK6 } from '../../fire/k6/index.ts'
import { readHistoryFile } from '../../history/index.ts'
import { ExitCode, type MeasuredLimit, type Result } from '../../result/index.ts'
import { conclude, type Interruption, type RunFolder, runFiles, type Watcher } from '../../run/index.ts'
import type { Limit, Spec } from '../../spec/index.ts'
import type { Asked } from '../command.ts'
import { Failure } from '../failure.ts'
import { askWhether, canAsk } from './confirmation.ts'
import { tooFewIntegrations } from './named-integrations.ts'
import { keepQuietHours } from './quiet-time.ts'
import { startRun } from './start-run.ts'
import type { Verification } from './verification.ts'
import { whoseKeyLimit } from './whose-key.ts'

/** The file with the limits that were found, beside the run. */
const measuredFile = 'measured.yaml'

/** The folder, in that of the first run, of what was sent with other keys. */
const keysFolder = 'other-keys'

/** What the runs of a discovery need, and whom they tell. */
export interface Discovery {
  id: string
  /** Of the first run; the others have folders in it. */
  folder: RunFolder
  k6: FoundK6
  tools: Readonly<Record<string, string>>
  watcher: Watcher
  interruption: Interruption
  say: (text: string) => void
  /** May it fire even when the spec wants quiet? */
  ignoresQuietHours: boolean
}

/** Is it to be found out which limits are there? On a terminal that is asked where nobody said so. */
export async function isToDiscover(options: Asked['options'], signal: AbortSignal): Promise<boolean> {
  if (options.discover !== undefined) return options.discover === true
  if (options.json === true || !canAsk()) return false
  return await askWhether(
    'The limits are not those of the spec. Fire on, to find out which are there? Type yes or no: ',
    signal,
  )
}

/** What more runs may settle, of limits that one has left open. */
const openReasons: readonly string[] = [
  'never-reached',
  'several-limits',
  'rivals',
  'window-not-known',
  'unexplained',
]
/** What shows by itself that the limits may be others than those of the spec. */
const tellingReasons: readonly string[] = ['never-reached', 'several-limits']

/**
 * Is there something to find out: a limit that is not the one of the spec, or that nothing reached?
 * @param isWanted somebody has asked for it: then also a limit that the run has only left open.
 */
export function hasToDiscover({ limits }: Result, isWanted: boolean): boolean {
  const reasons = isWanted ? openReasons : tellingReasons
  return limits.some(({ verdict, reason = '' }) => verdict === 'fail' || reasons.includes(reason))
}

/**
 * Finds out which limits a target has, by more runs, where they are not those of the spec.
 * @param result of the first run.
 * @returns what was found; as a spec it is written beside the first run.
 */
export async function discover(
  verification: Verification,
  result: Result,
  discovery: Discovery,
): Promise<MeasuredLimit[]> {
  const { folder, interruption, say } = discovery
  const { spec } = verification
  const first = await firedIn(folder, result, spec)
  if (!first) return []
  const fireAt = async (experiment: Experiment, run: number) => {
    if (interruption.stop.aborted) return undefined
    say(experimentWords(experiment, run))
    try {
      return await fire(experiment, run, verification, discovery)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      for (const line of error.lines) say(line)
      return undefined
    }
  }
  const { measured, limits } = await discoverLimits(spec.limits, first, fireAt, {
    only: verification.only,
    clockDriftPpm: spec.clockDriftPpm,
    mostIntegrations: spec.target?.integrations?.length,
  })
  const apiKey = measured.find(({ scope, as }) => scope === 'apiKey' && as === 'proven')
  if (apiKey && !interruption.stop.aborted) {
    const at = { id: discovery.id, path: join(folder.path, keysFolder), interruption }
    const otherKeys = await whoseKeyLimit(verification, limits, at)
    if (otherKeys.length > 0) apiKey.otherKeys = otherKeys
  }
  if (limits.length > 0) {
    const path = join(folder.path, measuredFile)
    await writeFile(path, verification.textOf({ ...spec, limits }))
    say(`The limits that are there, as a spec: ${path}`)
    if (limits.length > 1)
      say('What a run at all of them at once leaves open, a run at one mostly settles: --only SCOPE')
  }
  return measured
}

async function firedIn(folder: RunFolder, { limits }: Result, spec: Spec): Promise<Fired | undefined> {
  const read = await readHistoryFile(folder.history, spec.outcomes, { file: runFiles.history })
  return read.ok ? { history: read.history, limits } : undefined
}

/** @throws {Failure} where nothing was fired. */
async function fire(
  experiment: Experiment,
  run: number,
  verification: Verification,
  { id, folder, k6, tools, watcher, interruption, ignoresQuietHours }: Discovery,
): Promise<Fired | undefined> {
  const { limits, isPaced: _, isPushed: __, ...options } = experiment
  const spec: Spec = { ...verification.spec, limits }
  const planned = verification.planFor(
    { ...spec, limits: limitsToPlan(experiment) },
    { quick: false, oneAfterAnother: false, ...options },
  )
  if (!planned.ok) throw new Failure(ExitCode.notCarriedOut, planned.why)
  const lacking = tooFewIntegrations(spec.target, planned.plan, 'the spec')
  if (lacking) throw new Failure(ExitCode.notCarriedOut, [lacking])
  // What was fired before must count no more: the longest window, twice over for counters that look back.
  const longestMs = 2 * Math.max(...verification.spec.limits.concat(limits).map(({ window }) => window))
  const quietMs = verification.target.kind === 'embedded' ? 0 : longestMs
  const untilMs = quietMs + longestRunMs(planned.plan)
  await keepQuietHours(spec, Date.now(), untilMs, ignoresQuietHours, interruption.stop)
  const { assignment, carried } = await startRun(
    join(folder.path, `run-${run}`),
    {
      ...verification,
      id,
      spec,
      specText: verification.textOf(spec),
      plan: planned.plan,
      quietMs,
      k6,
      permit: async () => false,
    },
    watcher,
    interruption,
  )
  const concluded = await conclude(assignment, carried, { tools, interrupted: interruption.stop.aborted })
  if (!concluded.ok) throw new Failure(ExitCode.notCarriedOut, concluded.why)
  return firedIn(assignment.folder, concluded.result, spec)
}

function experimentWords(experiment: Experiment, run: number): string {
  const { limits, only, spreadOver, isPushed, refill, windows } = experiment
  const fired = limits.filter(({ scope }) => only.includes(scope)).map(limitWords)
  const through = spreadOver === undefined ? '' : ` Alerts go to ${spreadOver} integrations in turn.`
  const longestMs =
    (windows ?? 0) * Math.max(...limits.filter(({ scope }) => only.includes(scope)).map((one) => one.window))
  const forLong = `for up to ${spanText(longestMs)}`
  if (isPushed) {
    return `Run ${run} to find the limits: one integration gets all that the organization lets through, ${forLong}.`
  }
  const apart = refill ? ` It is filled whenever the organization has room for all of it, ${forLong}.` : ''
  return `Run ${run} to find the limits, taking them for ${fired.join(', ')}.${through}${apart}`
}

function limitWords({ limit, window, scope }: Limit): string {
  return `${limit} in ${windowText(window / 1000)} per ${scope}`
}
