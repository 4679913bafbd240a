import { visible, windowText } from '../../../reports/terminal/index.ts'
import { defaultOutcomeRule } from '../../history/index.ts'
import type { Plan, PlanOptions } from '../../plan/index.ts'
import { ExitCode } from '../../result/index.ts'
import { type ReadingBack, specInEffect, specText, type TargetChoice, writtenIn } from '../../run/index.ts'
import { documentedOncallLimits, type Spec, secretsOf, shortened, type Target } from '../../spec/index.ts'
import { parseTargetConfig } from '../../target/index.ts'
import type { Asked } from '../command.ts'
import { Failure } from '../failure.ts'
import { isAddress, oneLineFlags, readOneLine } from '../options/one-line.ts'
import { readOnly } from '../options/only-option.ts'
import { createOptionReader, type OptionReader } from '../options/option-reader.ts'
import {
  enforcing,
  readAlgorithm,
  readEmbeddedConfig,
  readLimit,
  readPerScope,
  readPhase,
  readWindow,
} from '../serve/embedded-config.ts'
import { readSpecFile } from '../spec-file.ts'
import { prepareConnections } from './connections.ts'
import { readPermitted, tooFewIntegrations } from './named-integrations.ts'
import { asked, planSparingly } from './planning.ts'

/** What is to be verified, and against what: the command line and the spec, made sense of. */
export interface Verification {
  /** The spec in effect. */
  spec: Spec
  /** The same as a file, the key as `${NAME}`. */
  specText: string
  /** Any spec of this target as such a file. */
  textOf: (spec: Spec) => string
  /** The plan for other limits of this target, made as the plan was but for these options. */
  planFor: (spec: Spec, options: PlanOptions) => ReturnType<typeof planSparingly>
  plan: Plan
  target: TargetChoice
  /** How long nothing is sent first. */
  quietMs: number
  /** What is done about alerts that the target lost or doubled, if anything. */
  reading?: ReadingBack
  /** The scopes that are verified; undefined for all. */
  only?: readonly string[]
  /** Ids of named integrations that may notify somebody. */
  permitted: readonly string[]
  /** Certificates of a private authority, as an absolute path. */
  caFile?: string
  /** What a person must know to read the result rightly. */
  remarks: string[]
}

/** Without a spec nobody wants to wait eleven minutes. */
const demoWindowMs = 10_000

/**
 * Reads the arguments of `onset verify`.
 * @throws {Failure} with everything that is wrong with them and with the spec.
 */
export async function readVerification({ operands, options, mistakes }: Asked): Promise<Verification> {
  const reader = createOptionReader(mistakes)
  const planOptions = readPlanOptions(reader, options)
  const windowMs = reader.duration('--window', options.window, 100, 168 * 3_600_000)
  const deliveredWithinMs = reader.duration('--delivered-within', options.deliveredWithin, 100, 3_600_000)
  const [path] = operands
  const oneLine = path !== undefined && isAddress(path)
  const file =
    path === undefined ? undefined : oneLine ? readOneLine(path, options) : await readSpecFile(path, false)
  if (!oneLine) {
    for (const [name, flag] of Object.entries(oneLineFlags)) {
      if (options[name] !== undefined) reader.complain(`${flag} is for a run at an address without a spec`)
    }
  }
  if (file && !file.ok) for (const mistake of file.mistakes) reader.complain(mistake)

  const written: Spec | undefined = file ? (file.ok ? file.spec : undefined) : documentedSpec()
  checkTogether(reader, options, written, path)
  const only = readOnly(reader, options.only, written?.limits)
  const embedded = written?.target === undefined
  const demo = path === undefined && options.documented !== true
  const shortMs = windowMs ?? (demo ? demoWindowMs : undefined)
  const spec = written && embedded && shortMs !== undefined ? shortened(written, shortMs) : written
  const config = await readEmbedded(reader, options, spec ?? documentedSpec())
  if (reader.mistakes.length > 0 || !spec || !written) throw new Failure(ExitCode.mistake, reader.mistakes)

  const wait = options.wait !== false
  const inEffect = specInEffect(spec, file?.ok ? file.text : '', wait, asked(only))
  const planFor = (of: Spec, others: PlanOptions) =>
    planSparingly(of, { ...planOptions, only, ...others, ...slowest(planOptions, others) }, path)
  const planned = planFor(inEffect.spec, {})
  if (!planned.ok) throw new Failure(ExitCode.mistake, planned.why)
  const lacking = tooFewIntegrations(spec.target, planned.plan, path)
  const permitted = readPermitted(reader, options.allowNotifications, spec.target)
  if (lacking) reader.complain(lacking)
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  const caFile = spec.target && (await prepareConnections(spec.target, path ?? ''))
  const textOf = (of: Spec) => specText(of, file?.ok ? writtenIn(file.text) : {})
  return {
    spec: inEffect.spec,
    specText: textOf(inEffect.spec),
    textOf,
    planFor,
    plan: planned.plan,
    target: spec.target && file?.ok ? choiceOf(spec.target, file.text) : { kind: 'embedded', config },
    quietMs: inEffect.quietMs,
    only,
    permitted,
    caFile,
    reading: readingOf(inEffect.spec.target, deliveredWithinMs, options.reconcile !== false),
    remarks: [...remarksOn(path, inEffect.spec, written, options, only), ...planned.remarks],
  }
}

/** How long the embedded target may take: it has nobody else's alerts to see to. */
const embeddedDeliveryMs = 10_000

/** What is done about alerts that were lost or doubled; nothing where nobody wants to know. */
function readingOf(
  target: Target | undefined,
  deliveredWithinMs: number | undefined,
  isWanted: boolean,
): ReadingBack | undefined {
  const mode = target?.reconcile ?? 'fail'
  if (!isWanted || mode === 'off' || target?.kind === 'http') return undefined
  return { mode, deliveredWithinMs: deliveredWithinMs ?? target?.deliveredWithin ?? embeddedDeliveryMs }
}

function documentedSpec(): Spec {
  return { limits: [...documentedOncallLimits], outcomes: defaultOutcomeRule, clockDriftPpm: 200 }
}

function readPlanOptions(reader: OptionReader, options: Asked['options']): PlanOptions {
  const rate = { least: 1, most: 10_000 }
  return {
    quick: options.quick === true,
    windows: reader.number('--windows', options.windows, { least: 1, most: 100 }),
    alertsPerSecond: reader.number('--alerts-per-second', options.alertsPerSecond, rate),
    requestsPerSecond: reader.number('--requests-per-second', options.requestsPerSecond, rate),
  }
}

/** Nobody who asked for a slower pace gets a faster one. */
function slowest(one: PlanOptions, other: PlanOptions): PlanOptions {
  const least = (rate: 'alertsPerSecond' | 'requestsPerSecond') => {
    const rates = [one[rate], other[rate]].filter((perSecond) => perSecond !== undefined)
    return rates.length > 0 ? { [rate]: Math.min(...rates) } : {}
  }
  return { ...least('alertsPerSecond'), ...least('requestsPerSecond') }
}

const embeddedFlags = {
  embedded: '--embedded',
  embeddedLimits: '--embedded-limits',
  embeddedAlgorithm: '--embedded-algorithm',
  embeddedWindow: '--embedded-window',
  embeddedPhase: '--embedded-phase',
} as const

/** What is right by itself and wrong together. */
function checkTogether(
  reader: OptionReader,
  options: Asked['options'],
  spec: Spec | undefined,
  path: string | undefined,
): void {
  const given = (name: string) => options[name] !== undefined
  if (path !== undefined && given('documented')) {
    reader.complain(`--documented is for a run without a spec, and ${path} was named: leave one of them out`)
  }
  if (given('documented') && given('window')) {
    reader.complain('--documented keeps the window of 5m, and --window changes it: leave one of them out')
  }
  if (spec?.target === undefined) return
  if (given('window')) {
    reader.complain(
      `--window shortens the windows of the embedded target, and ${path} names another: change its limits`,
    )
  }
  for (const [name, flag] of Object.entries(embeddedFlags)) {
    if (given(name)) reader.complain(`${flag} is for the embedded target, and ${path} names another`)
  }
}

async function readEmbedded(reader: OptionReader, options: Asked['options'], spec: Spec) {
  const { embedded, embeddedLimits, embeddedAlgorithm, embeddedWindow, embeddedPhase } = options
  const flags = embeddedFlags
  const file = embedded as string | undefined
  const config = await readEmbeddedConfig(reader, flags.embedded, file, enforcing(spec.limits), {
    limit: readPerScope(reader, flags.embeddedLimits, embeddedLimits, readLimit(reader)),
    algorithm: readPerScope(reader, flags.embeddedAlgorithm, embeddedAlgorithm, readAlgorithm(reader)),
    windowMs: readPerScope(reader, flags.embeddedWindow, embeddedWindow, readWindow(reader)),
    phaseMs: readPerScope(reader, flags.embeddedPhase, embeddedPhase, readPhase(reader)),
  })
  const parsed = parseTargetConfig(config)
  if (!parsed.valid) for (const mistake of parsed.mistakes) reader.complain(`the embedded target: ${mistake}`)
  return config
}

/**
 * What a spec has a run fire at.
 * @param text the spec as it is written.
 */
export function choiceOf(target: Target, text: string): TargetChoice {
  const { kind, url, replicas, ingestUrl, apiKey, setupKey, stackUrl } = target
  if (kind === 'http') return { kind, url, secrets: secretsOf(text, process.env) }
  if (apiKey === undefined) throw new Error('a target of kind oncall has a key, or its spec does not parse')
  return { kind: 'oncall', url, replicas, ingestUrl, apiKey, setupKey, stackUrl }
}

function remarksOn(
  path: string | undefined,
  spec: Spec,
  written: Spec,
  options: Asked['options'],
  only: readonly string[] | undefined,
): string[] {
  const longest = (of: Spec) => windowText(Math.max(...of.limits.map(({ window }) => window)) / 1000)
  const shorter = longest(spec) === longest(written) ? undefined : `${longest(written)} to ${longest(spec)}`
  const remarks: string[] = []
  if (path === undefined) {
    remarks.push('No spec was named: the documented limits are verified against the embedded target.')
  } else if (spec.target === undefined) {
    remarks.push(`${path} names no target: its limits are verified against the embedded target.`)
  }
  if (shorter) {
    const real = path === undefined ? '; --documented keeps them' : ''
    remarks.push(`Windows are shortened from ${shorter}, in the target and in what is verified${real}.`)
  }
  if (Object.keys(embeddedFlags).some((name) => options[name] !== undefined)) {
    remarks.push('The embedded target was told to enforce something else than what is verified.')
  }
  for (const { name, scope, foreignTraffic } of spec.limits) {
    const assumed = written.limits.find((limit) => limit.name === name)?.foreignTraffic
    if (foreignTraffic === assumed || !asked(only)(scope)) continue
    remarks.push(
      `The target is not dedicated, so others may use up "${visible(name)}" too, and it cannot pass; dedicated: true, or foreignTraffic: none at the limit, says otherwise.`,
    )
  }
  return remarks
}
