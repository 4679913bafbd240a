import { resolve } from 'node:path'
import {
  type Objective,
  parseObjective,
  type Question,
  steadyShape,
  type Traffic,
} from '../capacity/index.ts'
import { defaultOutcomeRule } from '../history/index.ts'
import { ExitCode } from '../result/index.ts'
import { specText, type TargetChoice, writtenApiKey, writtenRequests } from '../run/index.ts'
import type { Spec } from '../spec/index.ts'
import { parseTargetConfig } from '../target/index.ts'
import { type Spread, spreadLoad, trafficKinds } from './capacity-traffic.ts'
import type { Asked } from './command.ts'
import { prepareConnections } from './connections.ts'
import { enforcing, readEmbeddedConfig } from './embedded-config.ts'
import { Failure } from './failure.ts'
import { readPermitted } from './named-integrations.ts'
import { createOptionReader, type OptionReader } from './option-reader.ts'
import { readSpecFile, type SpecFile } from './spec-file.ts'
import { choiceOf } from './verification.ts'

/** A capacity that is asked for: the command line and the spec, made sense of. */
export interface CapacityRequest {
  question: Question
  traffic: Traffic
  spread: Spread
  spec: Spec
  /** The same as a file; `undefined` without limits. */
  specText?: string
  target: TargetChoice
  maxRequests: number
  opinion?: { seconds: number; tolerance: number }
  permitted: readonly string[]
  caFile?: string
  remarks: string[]
}

/** What is asked where nobody says more: of a named target, and of the embedded one, in under a minute. */
const defaults = {
  named: {
    objective: 'p99 < 200ms, errors < 0.1%',
    startPerSecond: 10,
    mostPerSecond: 5_000,
    longestStepMs: 120_000,
    budgetMs: 1_800_000,
    mostFirings: 24,
    confidence: 0.95,
    resolution: 0.2,
    shortestMs: 5_000,
    opinionSeconds: 10,
  },
  embedded: {
    objective: 'p95 < 100ms, errors < 1%',
    startPerSecond: 200,
    mostPerSecond: 5_000,
    longestStepMs: 8_000,
    budgetMs: 40_000,
    mostFirings: 12,
    confidence: 0.95,
    resolution: 0.35,
    shortestMs: 2_000,
    opinionSeconds: 4,
  },
}

/** The embedded target's workers, where nobody says otherwise: 16 of them, and a request takes one for 20 ms on average. */
const service = { model: 'exponential', meanMs: 20, workers: 16 } as const

/** By how much k6 and autocannon may differ at the median. Both meet another random queue. */
const opinionTolerance = 0.25

const defaultRequests = 1_000_000

/**
 * Reads the arguments of `onset capacity`.
 * @throws {Failure} with everything that is wrong with them and with the spec.
 */
export async function readCapacityRequest({ operands, options, mistakes }: Asked): Promise<CapacityRequest> {
  const reader = createOptionReader(mistakes)
  const [path] = operands
  const file = path === undefined ? undefined : await readSpecFile(path, false)
  if (file && !file.ok) for (const mistake of file.mistakes) reader.complain(mistake)
  const spec: Spec = file?.ok ? file.spec : { limits: [], outcomes: defaultOutcomeRule, clockDriftPpm: 200 }
  const { target } = spec
  const question = readQuestion(reader, options, target?.ceiling?.ratePerSecond, target !== undefined)
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
  const permitted = readPermitted(reader, options.allowNotifications, target)
  const config = await readTarget(reader, options, spec, path)
  if (reader.mistakes.length > 0 || !question || !config) throw new Failure(ExitCode.mistake, reader.mistakes)

  const amount = {
    ratePerSecond: question.atLeastPerSecond ?? question.bounds.mostPerSecond,
    requests: maxRequests,
  }
  const spread = spreadLoad(spec, kind, integrations, amount)
  if (!spread.ok) throw new Failure(ExitCode.mistake, spread.why)
  const caFile = target && (await prepareConnections(target, resolve(path ?? '')))
  const { opinionSeconds } = target ? defaults.named : defaults.embedded
  return {
    question,
    traffic: { descriptors: spread.spread.descriptors, shape: steadyShape, arrivals, seed },
    spread: spread.spread,
    spec,
    specText: textOf(file, spec),
    target: target && file?.ok ? choiceOf(target, file.text) : { kind: 'embedded', config },
    maxRequests,
    ...(options.secondOpinion !== false && {
      opinion: { seconds: opinionSeconds, tolerance: opinionTolerance },
    }),
    permitted,
    caFile,
    remarks: remarksOn(path, spec),
  }
}

function textOf(file: SpecFile | undefined, spec: Spec): string | undefined {
  if (!file?.ok) return undefined
  const { text } = file
  return specText(spec, writtenApiKey(text), writtenRequests(text), writtenApiKey(text, 'setupKey'))
}

function readQuestion(
  reader: OptionReader,
  options: Asked['options'],
  ceilingPerSecond: number | undefined,
  named: boolean,
): Question | undefined {
  const usual = named ? defaults.named : defaults.embedded
  const rate = { least: 0.01, most: 100_000 }
  const objective = readObjective(reader, (options.objective as string | undefined) ?? usual.objective)
  const mostPerSecond = reader.number('--max-rate', options.maxRate, rate) ?? usual.mostPerSecond
  const atLeastPerSecond = reader.number('--at-least', options.atLeast, rate)
  const startPerSecond = reader.number('--start-rate', options.startRate, rate) ?? usual.startPerSecond
  const longestStepMs = reader.duration('--step', options.step, 1_000, 24 * 3_600_000) ?? usual.longestStepMs
  const bounds = {
    startPerSecond: Math.min(startPerSecond, mostPerSecond),
    mostPerSecond,
    leastPerSecond: Math.min(0.1, startPerSecond),
    resolution: readShare(reader, '--resolution', options.resolution, usual.resolution),
    mostFirings:
      reader.number('--steps', options.steps, { least: 1, most: 200, whole: true }) ?? usual.mostFirings,
    budgetMs: reader.duration('--budget', options.budget, 1_000, 7 * 24 * 3_600_000) ?? usual.budgetMs,
    longestStepMs,
    shortestMs: Math.min(usual.shortestMs, longestStepMs),
  }
  const confidence = readShare(reader, '--confidence', options.confidence, usual.confidence)
  const asked = atLeastPerSecond ?? mostPerSecond
  if (ceilingPerSecond !== undefined && asked > ceilingPerSecond) {
    const flag = atLeastPerSecond === undefined ? '--max-rate' : '--at-least'
    reader.mistake(flag, `a rate up to the ceiling of the spec (${ceilingPerSecond}/s)`, asked)
  }
  return (
    objective && {
      objective,
      confidence,
      bounds,
      ...(atLeastPerSecond !== undefined && { atLeastPerSecond }),
    }
  )
}

function readObjective(reader: OptionReader, text: string): Objective | undefined {
  const parsed = parseObjective(text)
  if (parsed.ok) return parsed.objective
  for (const mistake of parsed.mistakes) reader.complain(`--objective: ${mistake}`)
  return undefined
}

/** A share such as `95%`. */
function readShare(reader: OptionReader, flag: string, raw: unknown, usual: number): number {
  if (raw === undefined) return usual
  const share =
    typeof raw === 'string' && /^\d+(\.\d+)?%$/.test(raw) ? Number.parseFloat(raw) / 100 : Number.NaN
  if (share > 0 && share < 1) return share
  reader.mistake(flag, 'a share above 0% and below 100%, such as 20%', raw)
  return usual
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
  const config = { service, ...read }
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
