import type { Command as Declared } from 'commander'
import { counted, spanText, visible } from '../../reports/terminal/index.ts'
import { createOncall, type Oncall, type Remains } from '../oncall/index.ts'
import { ExitCode } from '../result/index.ts'
import { runState, startOfRun } from '../run/index.ts'
import type { Limit, Target } from '../spec/index.ts'
import type { Asked, Command } from './command.ts'
import { Failure } from './failure.ts'
import { exampleText } from './options/command-line.ts'
import { createOptionReader } from './options/option-reader.ts'
import { print, say } from './output.ts'
import { interruptionBySignals } from './signals.ts'
import { readSpecFile } from './spec-file.ts'
import { askYes, canAsk } from './verify/confirmation.ts'
import { prepareConnections } from './verify/connections.ts'

/** `onset clean`: removes what earlier runs have left in a target. */
export const cleanCommand: Command = { name: 'clean', declare, run }

function declare(command: Declared): void {
  command
    .description(
      'Find integrations that earlier runs made and left in the OnCall of a SPEC; resolve their alert groups and remove them. Those of a run that may still be going on are left alone.',
    )
    .argument('[spec]', 'a spec; its target is cleaned')
    .option('--dry-run', 'say what would be removed, and change nothing')
    .option('-y, --yes', 'do not ask')
    .option(
      '--older-than <duration>',
      'how old a run must be that this machine knows nothing of (default: 2h, or four windows)',
    )
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      exampleText([
        ['what have earlier runs left?', 'onset clean onset.yaml --dry-run'],
        ['remove it without a question', 'onset clean onset.yaml --yes'],
      ]),
    )
}

/** An integration that was found, and by which key. */
interface Found extends Remains {
  by: Oncall
}

/** An integration that was found, and what becomes of it. */
interface Finding extends Found {
  ageMs: number
  /** Why it is left alone; `undefined` for one that is removed. */
  keptBecause?: string
}

const longestMs = 365 * 24 * 3_600_000
const leastAgeMs = 2 * 3_600_000

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const olderThanMs = reader.duration('--older-than', options.olderThan, 0, longestMs)
  const { target, limits, path } = await readTarget(operands[0], reader.mistakes)
  const json = options.json === true

  await prepareConnections(target, path)
  const interruption = interruptionBySignals(say)
  try {
    const client = createClient(target, limits, interruption.stop)
    const remains = await client.find()
    const atLeastMs = olderThanMs ?? Math.max(leastAgeMs, 4 * Math.max(...limits.map(({ window }) => window)))
    const findings = await Promise.all(remains.map((one) => findingOf(one, Date.now(), atLeastMs)))
    const doomed = findings.filter(({ keptBecause }) => keptBecause === undefined)
    const lines = linesOf(findings, target.url)
    if (!json) print(`${lines.join('\n')}\n`)
    if (options.dryRun === true || doomed.length === 0) {
      if (json) printJson(findings, [])
      return ExitCode.pass
    }
    await confirm(json ? lines : [], doomed.length, options.yes === true, interruption.stop)
    const problems = await client.remove(doomed)
    if (json) printJson(findings, problems)
    for (const problem of problems) say(problem)
    if (interruption.stop.aborted) return ExitCode.interrupted
    if (problems.length > 0) return ExitCode.notCarriedOut
    if (!json) print(`Removed ${counted(doomed.length, 'integration')}, and resolved the alert groups.\n`)
    return ExitCode.pass
  } finally {
    interruption.release()
  }
}

async function readTarget(path: string | undefined, mistakes: readonly string[]) {
  if (path === undefined) {
    const hint = 'onset clean needs the SPEC whose target is to be cleaned: onset clean onset.yaml'
    throw new Failure(ExitCode.mistake, [...mistakes, hint])
  }
  const file = await readSpecFile(path, false)
  const wrong = [...mistakes, ...(file.ok ? [] : file.mistakes)]
  if (wrong.length > 0 || !file.ok) throw new Failure(ExitCode.mistake, wrong)
  const { target, limits } = file.spec
  if (target?.kind !== 'oncall') {
    const why = target
      ? 'is no OnCall: nothing is made in it'
      : 'is not named: the embedded one leaves nothing'
    throw new Failure(ExitCode.mistake, [`${path}: the target ${why}, so there is nothing to clean`])
  }
  return { target, limits, path }
}

/** Where a spec does not say how long the key stays full, OnCall's documented window is assumed. */
const documentedWindowMs = 300_000
const spareMs = 10_000

/** What is asked of the target: with the second key, where there is one, and with those of other organizations. */
function createClient(target: Target, limits: readonly Limit[], signal: AbortSignal) {
  const windows = limits.filter(({ scope }) => scope === 'apiKey').map(({ window }) => window)
  const patience = {
    waitMs: Math.max(documentedWindowMs, ...windows) + spareMs,
    signal,
    onWait: (ms: number) => say(`The key is at its limit; going on in ${spanText(ms)}. Ctrl-C stops.`),
  }
  const { url, ingestUrl } = target
  const clients = keysOf(target).map((key) =>
    createOncall({ url, ingestUrl, ...key, descriptor: 'K', onRequest: () => {}, signal }),
  )
  return {
    async find(): Promise<Found[]> {
      const all = new Map<string, Found>()
      for (const by of clients) {
        const found = await by.findRemains(patience)
        if (!found.ok) {
          const code = signal.aborted ? ExitCode.interrupted : ExitCode.notCarriedOut
          throw new Failure(code, [found.problem.sentence])
        }
        for (const one of found.value) {
          // A date that no calendar has is none that a run gives.
          const isOfRun = !Number.isNaN(startOfRun(one.runId))
          if (isOfRun && !all.has(one.integrationId)) all.set(one.integrationId, { ...one, by })
        }
      }
      return [...all.values()]
    },

    /** Resolves and removes; returns what was in the way, a sentence each. */
    async remove(doomed: readonly Found[]): Promise<string[]> {
      const problems: string[] = []
      for (const one of doomed) {
        const open = await one.by.resolveGroups([{ ...one, own: true }], startOfRun(one.runId), patience)
        const left = await one.by.removeFixtures([one], patience)
        for (const { problem } of open)
          problems.push(`Alert groups of "${one.name}" may still be open. ${problem.sentence}`)
        for (const { problem } of left) problems.push(`"${one.name}" is still there. ${problem.sentence}`)
        if (signal.aborted) break
      }
      return problems
    },
  }
}

/** A key of each organization that integrations may have been made in. */
function keysOf({
  apiKey,
  setupKey,
  stackUrl,
  loadKeys = [],
}: Target): { apiKey: string; stackUrl?: string }[] {
  const organizations = new Set<string>()
  const others = loadKeys.filter(({ organization }) => {
    if (organization === undefined || organizations.has(organization)) return false
    organizations.add(organization)
    return true
  })
  return [
    { apiKey: setupKey ?? apiKey ?? '', stackUrl },
    ...others.map(({ apiKey, stackUrl }) => ({ apiKey, stackUrl })),
  ]
}

async function findingOf(remains: Found, nowMs: number, atLeastMs: number): Promise<Finding> {
  const ageMs = Math.max(0, nowMs - startOfRun(remains.runId))
  const finding = { ...remains, ageMs }
  switch (await runState(remains.runId)) {
    case 'going-on':
      return { ...finding, keptBecause: 'its run is going on' }
    case 'ended':
      return finding
    case 'unknown':
      if (ageMs >= atLeastMs) return finding
      return {
        ...finding,
        keptBecause: `this machine knows nothing of its run, which may be going on elsewhere; --older-than ${shortAge(ageMs)} takes it too`,
      }
  }
}

/** A duration that is not longer than the age, as `--older-than` takes it. */
function shortAge(ageMs: number): string {
  return ageMs < 60_000 ? '0s' : `${Math.floor(ageMs / 60_000)}m`
}

function linesOf(findings: readonly Finding[], url: string): string[] {
  if (findings.length === 0) return [`Nothing that a run has made is left at ${visible(url)}.`]
  const found = `${counted(findings.length, 'integration')} that runs have made at ${visible(url)}:`
  const lines = findings.map(({ name, integrationId, ageMs, keptBecause }) => {
    const what = `  ${visible(name)} (${visible(integrationId)}), ${spanText(ageMs)} old`
    return keptBecause === undefined ? what : `${what}: left alone, ${keptBecause}`
  })
  return [found, ...lines]
}

async function confirm(
  lines: readonly string[],
  count: number,
  yes: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (yes) return
  const question = `This resolves the alert groups of ${counted(count, 'integration')}, and removes ${count === 1 ? 'it' : 'them'}.`
  if (canAsk()) return askYes([...lines, question], signal, 'Nothing was removed.')
  throw new Failure(ExitCode.mistake, [`${question} Without a terminal that takes --yes.`])
}

function printJson(findings: readonly Finding[], problems: readonly string[]): void {
  const found = findings.map(({ integrationId, name, runId, ageMs, keptBecause }) => ({
    integrationId,
    name,
    runId,
    ageSeconds: Math.round(ageMs / 1000),
    ...(keptBecause !== undefined && { keptBecause }),
  }))
  print(`${JSON.stringify({ found, problems }, undefined, 2)}\n`)
}
