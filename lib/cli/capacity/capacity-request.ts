import { resolve } from 'node:path'
import { limitPerSecond, overLimit, type Question, rateText, type Traffic } from '../../capacity/index.ts'
import { defaultOutcomeRule } from '../../history/index.ts'
import { type LoadStage, type Profile, peakPerSecond, requestCount } from '../../plan/index.ts'
import { ExitCode } from '../../result/index.ts'
import {
  embeddedCandidates,
  embeddedLoadKeys,
  type LoadKey,
  loadKeysOf,
  specText,
  type TargetChoice,
  withLoadKeys,
  writtenIn,
} from '../../run/index.ts'
import { documentedOncallLimits, type Spec, shortened, type Target } from '../../spec/index.ts'
import { parseTargetConfig, type TargetConfigInput } from '../../target/index.ts'
import type { Asked } from '../command.ts'
import { Failure } from '../failure.ts'
import { createOptionReader, type OptionReader } from '../options/option-reader.ts'
import { enforcing, readEmbeddedConfig } from '../serve/embedded-config.ts'
import { readSpecFile, type SpecFile } from '../spec-file.ts'
import { prepareConnections } from '../verify/connections.ts'
import { readPermitted } from '../verify/named-integrations.ts'
import { choiceOf } from '../verify/verification.ts'
import { type NamedProfile, readProfile } from './capacity-profile.ts'
import { capacityDefaults, readQuestion, replayed } from './capacity-question.ts'
import {
  type Spread,
  spreadLoad,
  type TrafficKind,
  trafficKinds,
  unspread,
  type WantedLoad,
} from './capacity-traffic.ts'

/** A capacity that is asked for: the command line and the spec, made sense of. */
export interface CapacityRequest {
  question: Question
  traffic: Traffic
  /** The name of its shape. */
  profile: string
  spread: Spread
  spec: Spec
  /** The same as a file; `undefined` without limits. */
  specText?: string
  target: TargetChoice
  maxRequests: number
  /** Measures what refusing costs, in the place of a search. */
  refusing?: { limitPerSecond: number; durationMs: number }
  opinion?: { seconds: number; tolerance: number }
  permitted: readonly string[]
  caFile?: string
  remarks: string[]
}

/** The embedded target's workers, where nobody says otherwise: 16 of them, and a request takes one for 20 ms on average. */
const service = { model: 'exponential', meanMs: 20, workers: 16 } as const

/** By how much k6 and autocannon may differ at the median. Both meet another random queue. */
const opinionTolerance = 0.25

/** The windows of the embedded target, where they are to be met again and again within a short step. */
const shortWindowMs = 2_000

const defaultRequests = 1_000_000

/** The embedded target is given no more organizations of its own. */
const mostCandidates = 199

/**
 * Reads the arguments of `onset capacity`.
 * @throws {Failure} with everything that is wrong with them and with the spec.
 */
export async function readCapacityRequest({ operands, options, mistakes }: Asked): Promise<CapacityRequest> {
  const reader = createOptionReader(mistakes)
  const [path] = operands
  const file = path === undefined ? undefined : await readSpecFile(path, false)
  if (file && !file.ok) for (const mistake of file.mistakes) reader.complain(mistake)
  const flagged = options.expectLimited as boolean | undefined
  const spec = file?.ok ? file.spec : unnamedSpec(flagged === true)
  const expectLimited = flagged ?? spec.capacity?.expectLimited ?? false
  const { target } = spec
  const asked = readQuestion(reader, options, target?.ceiling?.ratePerSecond, target !== undefined)
  const wantedRequests = reader.number('--max-requests', options.maxRequests, {
    least: 1,
    most: 100_000_000,
    whole: true,
  })
  const maxRequests = Math.min(
    wantedRequests ?? defaultRequests,
    target?.ceiling?.requests ?? Number.POSITIVE_INFINITY,
  )
  const seed = reader.number('--seed', options.seed, { least: 0, most: 2 ** 31, whole: true }) ?? 1
  const arrivals = reader.word('--arrivals', options.arrivals, ['poisson', 'even']) ?? 'poisson'
  const kind = reader.word('--traffic', options.traffic, trafficKinds) ?? 'alerts'
  const integrations =
    reader.number('--integrations', options.integrations, { least: 1, most: 200, whole: true }) ?? 1
  const profile = await readProfile(reader, options)
  const question = asked && replayed(reader, asked, profile, options)
  const permitted = readPermitted(reader, options.allowNotifications, target)
  const config = await readTarget(reader, options, spec, path)
  if (question && profile) checkPeak(reader, question, profile.shape, target)
  if (reader.mistakes.length > 0 || !question || !config || !profile) {
    throw new Failure(ExitCode.mistake, reader.mistakes)
  }
  const amount = wantedLoad(question, profile, maxRequests, options.factor)
  const refusing = expectLimited ? readRefusing(reader, spec, kind, question) : undefined
  const spread = refusing
    ? { ok: true as const, spread: unspread(spec, kind) }
    : spreadLoad(spec, kind, integrations, amount, loadKeysAt(target, config))
  if (!spread.ok) throw new Failure(ExitCode.mistake, spread.why)
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  const caFile = target && (await prepareConnections(target, resolve(path ?? '')))
  const { opinionSeconds } = target ? capacityDefaults.named : capacityDefaults.embedded
  return {
    question,
    traffic: { descriptors: spread.spread.descriptors, shape: profile.shape, arrivals, seed },
    profile: profile.name,
    spread: spread.spread,
    spec,
    specText: textOf(file, spec),
    target: targetOf(file, config, spread.spread.loadKeys),
    maxRequests,
    ...(refusing && { refusing }),
    ...(options.secondOpinion !== false && {
      opinion: { seconds: opinionSeconds, tolerance: opinionTolerance },
    }),
    permitted,
    caFile,
    remarks: remarksOn(path, spec),
  }
}

/** The further keys of a target; the embedded one has as many as are needed, unless it is told which there are. */
function loadKeysAt(target: Target | undefined, config: TargetConfigInput): LoadKey[] {
  if (target) return loadKeysOf(target.loadKeys ?? [])
  return isTold(config) ? embeddedLoadKeys(config) : embeddedCandidates(mostCandidates)
}

function isTold({ keys, users, organizations }: TargetConfigInput): boolean {
  return (keys ?? users ?? organizations) !== undefined
}

function targetOf(
  file: SpecFile | undefined,
  config: TargetConfigInput,
  loadKeys: readonly LoadKey[],
): TargetChoice {
  const { target } = file?.ok ? file.spec : {}
  if (!target || !file?.ok) {
    return { kind: 'embedded', config: isTold(config) ? config : withLoadKeys(config, loadKeys), loadKeys }
  }
  const choice = choiceOf(target, file.text)
  return choice.kind === 'oncall' ? { ...choice, loadKeys } : choice
}

/** Without a spec there are no limits, unless they are what is asked about. */
function unnamedSpec(expectLimited: boolean): Spec {
  const spec = { limits: [], outcomes: defaultOutcomeRule, clockDriftPpm: 200 }
  return expectLimited ? shortened({ ...spec, limits: [...documentedOncallLimits] }, shortWindowMs) : spec
}

/** Reads what `--expect-limited` needs: limits that the load meets, and rates that the spec allows. */
function readRefusing(
  reader: OptionReader,
  spec: Spec,
  kind: TrafficKind,
  { objective, bounds }: Question,
): CapacityRequest['refusing'] {
  const flag = '--expect-limited'
  const { descriptors } = unspread(spec, kind)
  const met = spec.limits.filter(({ scope }) => descriptors.some(({ scopes }) => scopes[scope] !== undefined))
  const limit = limitPerSecond(met)
  const most = spec.target?.ceiling?.ratePerSecond
  if (met.length === 0) reader.complain(`${flag}: the spec has no limit that this traffic meets`)
  else if (most !== undefined && overLimit * limit > most) {
    reader.complain(
      `${flag} fires at ${rateText(overLimit * limit)}, ${overLimit} times the limit, and the ceiling of the spec is ${most}/s`,
    )
  }
  const tightest = met.find((each) => limitPerSecond([each]) === limit)
  if (tightest) {
    const meeting = descriptors.filter(({ scopes }) => scopes[tightest.scope] !== undefined).length
    const times = (overLimit * meeting) / descriptors.length
    // A boundary of a window may fall into a step: then one half of it has to fill the limit.
    const leastMs = Math.ceil((2.2 * tightest.window) / times / 1000) * 1000
    if (bounds.longestStepMs < leastMs) {
      reader.complain(
        `${flag}: steps of ${bounds.longestStepMs / 1000} s may end before "${tightest.name}" refuses anything: ask for --step ${leastMs / 1000}s at least`,
      )
    }
  }
  if (objective.lagMs !== undefined) reader.complain(`${flag} measures no lag: leave it out of --objective`)
  return { limitPerSecond: limit, durationMs: bounds.longestStepMs }
}

/** The highest rate that is asked about, over a whole step. */
function highest({ atLeastPerSecond, bounds }: Question, shape: Profile): LoadStage[] {
  return shape(atLeastPerSecond ?? bounds.mostPerSecond, bounds.longestStepMs)
}

/** What the highest rate comes to on average: a spike brings more than the rate that it stands on. */
function wantedLoad(
  question: Question,
  { shape, recorded }: NamedProfile,
  requests: number,
  factor: unknown,
): WantedLoad {
  const { atLeastPerSecond, bounds } = question
  const asked = atLeastPerSecond ?? bounds.mostPerSecond
  const meanAt = (rate: number) =>
    (1000 * requestCount({ stages: shape(rate, bounds.longestStepMs) })) / bounds.longestStepMs
  const [none, all] = [meanAt(0), meanAt(asked)]
  if (recorded && factor !== undefined) {
    const rateFor = (mean: number) => mean / recorded.meanPerSecond
    return { ratePerSecond: all, requests, flag: '--factor', rateFor }
  }
  return {
    ratePerSecond: all,
    requests,
    flag: atLeastPerSecond === undefined ? '--max-rate' : '--at-least',
    // Shapes grow with the rate, but for what a storm adds to any.
    rateFor: (mean) => (mean > none ? (asked * (mean - none)) / (all - none) : undefined),
  }
}

function checkPeak(
  reader: OptionReader,
  question: Question,
  shape: Profile,
  target: Target | undefined,
): void {
  const most = target?.ceiling?.ratePerSecond
  const peak = peakPerSecond({ stages: highest(question, shape) })
  if (most === undefined || peak <= most) return
  const flag = question.atLeastPerSecond === undefined ? '--max-rate' : '--at-least'
  reader.complain(
    `${flag}: expected a load whose peak is at most the ceiling of the spec (${most}/s), found ${rateText(peak)}`,
  )
}

function textOf(file: SpecFile | undefined, spec: Spec): string | undefined {
  return file?.ok ? specText(spec, writtenIn(file.text)) : undefined
}

/** The embedded target's configuration: without limits where no spec has any, and with workers. */
async function readTarget(
  reader: OptionReader,
  options: Asked['options'],
  spec: Spec,
  path: string | undefined,
) {
  const flag = '--embedded'
  if (spec.target && options.embedded !== undefined) {
    reader.complain(`${flag} is for the embedded target, and ${path} names another`)
  }
  const file = options.embedded as string | undefined
  const read = await readEmbeddedConfig(reader, flag, file, enforcing(spec.limits), {})
  // A limiter in front of the workers, as most are: what it refuses takes none of them.
  const config = { service: { ...service, limitsFirst: true }, ...read }
  const parsed = parseTargetConfig(config)
  if (!parsed.valid) for (const mistake of parsed.mistakes) reader.complain(`the embedded target: ${mistake}`)
  return config
}

function remarksOn(path: string | undefined, { target, limits }: Spec): string[] {
  if (target) return []
  const what = path === undefined ? 'No spec was named' : `${path} names no target`
  const enforced = limits.length === 0 ? 'It has no limits' : 'It enforces the limits of the spec'
  return [
    `${what}: the embedded target is asked. ${enforced}, and ${service.workers} workers, each of which serves a request in ${service.meanMs} ms on average, unless --embedded says otherwise.`,
  ]
}
