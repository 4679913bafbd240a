import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Command as Declared } from 'commander'
import { renderJson } from '../../../reports/json.ts'
import {
  againstBaseSentence,
  paragraph,
  renderAgainstBase,
  renderIntent,
  renderResult,
} from '../../../reports/terminal/index.ts'
import { type AgainstBase, verdictAgainstBase } from '../../compare/index.ts'
import { longestRunMs } from '../../fire/index.ts'
import { ExitCode as Exit, type ExitCode, exitCode, type Result } from '../../result/index.ts'
import { conclude, onlyAsked, type RunFolder, runId, setupKeyOf } from '../../run/index.ts'
import { aboutOnset } from '../about.ts'
import type { Asked, Command } from '../command.ts'
import { keepResult } from '../conform/keep-result.ts'
import { Failure } from '../failure.ts'
import { obtainK6 } from '../obtain-k6.ts'
import { exampleText } from '../options/command-line.ts'
import { print, say, viewOf } from '../output.ts'
import { declareCiReports, leaveCiReports } from '../report/ci-reports.ts'
import { readReportInput } from '../report/report-input.ts'
import { writeReport } from '../report/write-report.ts'
import { createScreen, type Screen } from '../screen.ts'
import { interruptionBySignals, type SignalInterruption } from '../signals.ts'
import { type Baseline, comparisonFile, declareBaseline, holdAgainst, readBaseline } from './baseline.ts'
import { acceptBlackout, blackoutOf } from './blackout.ts'
import { discover, hasToDiscover, isToDiscover } from './discover.ts'
import { integrationsNeeded } from './named-integrations.ts'
import { permitOf } from './notifications.ts'
import { asked as askedFor } from './planning.ts'
import { keepQuietHours } from './quiet-time.ts'
import { requestsBeside, requestsToReadBack } from './requests-beside.ts'
import { createRunWatcher } from './run-watcher.ts'
import { startRun } from './start-run.ts'
import { readVerification, type Verification } from './verification.ts'

/** `onset verify`: plan, fire, check, report. */
export const verifyCommand: Command = { name: 'verify', declare, run }

function declare(command: Declared): void {
  command
    .description(
      'Fire at a target with k6 and judge whether its limits are those that a spec writes down. Without a SPEC: the documented limits of OnCall, against the embedded target.',
    )
    .argument(
      '[spec]',
      'a spec (YAML); without a target in it, the embedded target is used. Or the address of any HTTP API',
    )
    .option(
      '--quick',
      'stop after 1.1 windows: shows whether too much or too little is let through, never passes',
    )
    .option('--windows <n>', 'fire for so many windows at most (default 2.2)')
    .option('--alerts-per-second <n>', 'how fast integrations and the organization are filled')
    .option('--requests-per-second <n>', "how fast the API key's limit is filled")
    .option('--only <scopes>', 'verify the limits of these scopes alone: integration,apiKey')
    .option('--discover', 'where limits are not those of the spec, fire on until it is known which are there')
    .option('--no-discover', 'do not, and do not ask')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .option('--allow-notifications <ids>', 'these integrations that the spec names may notify people: ID,ID')
    .option('--accept-blackout', 'others that depend on the target may be refused meanwhile')
    .option('--ignore-quiet-hours', 'fire even when the spec wants quiet')
    .option('--no-wait', 'do not send nothing first, until nothing from before counts')
    .option('--no-reconcile', 'do not read back whether what was accepted exists')
    .option(
      '--delivered-within <duration>',
      'how long an alert may take to appear (default 60s; embedded target 10s)',
    )
    .option('-o, --out <dir>', 'folder for the run (default runs/TIME-ID)')
    .option('--no-html', 'leave no report.html in the folder')
    .option('--json', 'print the result as JSON')
    .option('--progress', 'show progress without a terminal too')
    .option('--no-progress', 'show no progress')
    .optionsGroup('An address instead of a spec:')
    .option('--limit <n/window>', 'what should hold, such as 100/60s; may be repeated', collected)
    .option('--per <what>', 'by what it counts: ip, or header:x-api-key=env:API_KEY')
    .option('--method <name>', 'the method (default GET, or POST with a body)')
    .option('--header <field>', '"name: value", or name=env:VARIABLE; may be repeated', collected)
    .option('--body <text>', 'the body; {request} in it stands for an id of the request')
    .option('--limited <statuses>', 'which statuses refuse (default 429), such as 429,503')
    .option('--dedicated', 'nobody else depends on it')
    .optionsGroup('Embedded target:')
    .option('--documented', 'keep the documented window of 5m')
    .option('--window <duration>', 'shorten the windows to this (default 10s without a SPEC)')
    .option(
      '--embedded-limits <list>',
      'enforce other limits than are verified: integration=299,organization=500',
    )
    .option(
      '--embedded-algorithm <name>',
      'enforce them in another way: sliding-log, or integration=sliding-log',
    )
    .option('--embedded-window <duration>', 'enforce another window: 9s, or apiKey=9s')
    .option('--embedded-phase <duration>', 'where windows start after the epoch: 2500ms, or hashed')
    .option('--embedded <file>', 'a whole configuration of the target, as JSON')
  declareBaseline(command)
  declareCiReports(command)
  command.addHelpText(
    'after',
    exampleText([
      ['look at a whole run, against the embedded target', 'onset verify'],
      ['what would be sent to the target that a spec names?', 'onset verify onset.yaml --dry-run'],
      [
        'does an API let 100 requests a minute through for each key?',
        'onset verify http://127.0.0.1:3000/ --limit 100/1m --per header:key=env:KEY',
      ],
      ['has anything got worse?', 'onset verify onset.yaml --baseline runs/release --junit onset.xml'],
      ['see how a broken limit is reported', 'onset verify --embedded-limits integration=299'],
    ]),
  )
}

/** What an option was given, each time that it was. */
function collected(value: string, before: string[] = []): string[] {
  return [...before, value]
}

async function run(asked: Asked): Promise<ExitCode> {
  const { options } = asked
  const json = options.json === true
  const { baseline, mistakes } = await readBaseline(options)
  const verification = await readVerification({ ...asked, mistakes: [...asked.mistakes, ...mistakes] })
  if (options.dryRun === true) {
    print(intentText(verification, json))
    return Exit.pass
  }
  const screen = createScreen(process.stderr, options.progress !== false)
  const interruption = interruptionBySignals(screen.say)
  try {
    await confirm(verification, options, interruption.stop)
    return await verify(verification, baseline, options, screen, interruption)
  } finally {
    interruption.release()
  }
}

/** Nothing is sent before a person knows what that does to others, and when. */
async function confirm(
  { spec, plan, quietMs, only }: Verification,
  options: Asked['options'],
  signal: AbortSignal,
): Promise<void> {
  const longestMs = quietMs + longestRunMs(plan)
  await keepQuietHours(spec, Date.now(), longestMs, options.ignoreQuietHours === true, signal)
  const blackout = blackoutOf(spec, plan, askedFor(only))
  await acceptBlackout(spec, blackout, options.acceptBlackout === true, signal)
}

async function verify(
  verification: Verification,
  baseline: Baseline | undefined,
  options: Asked['options'],
  screen: Screen,
  interruption: SignalInterruption,
): Promise<ExitCode> {
  const watcher = createRunWatcher(screen, options.progress === true)
  for (const remark of verification.remarks) {
    for (const line of paragraph(remark, screen.view.width, 0)) screen.say(line)
  }
  if (baseline?.base.kind === 'missing') {
    screen.say(`There is nothing to compare with: ${baseline.base.why}.`)
  }
  const k6 = await obtainK6(watcher.onK6, interruption.stop)
  const id = runId(new Date(), randomBytes(2).toString('hex'))
  const path = (options.out as string | undefined) ?? join('runs', id)
  const { assignment, carried } = await startRun(
    path,
    { ...verification, id, k6, permit: permitOf(verification.permitted, interruption.stop) },
    watcher,
    interruption,
  )
  const { folder } = assignment

  screen.say('Judging what was recorded.')
  // Judging keeps this process busy: whoever has stopped the run already can end it with another signal.
  if (interruption.stop.aborted) interruption.release()
  const tools = { onset: aboutOnset().version, k6: k6.version, node: process.versions.node }
  const concluded = await conclude(assignment, carried, { tools, interrupted: interruption.stop.aborted })
  if (!concluded.ok) throw new Failure(Exit.notCarriedOut, concluded.why)
  const judged = onlyAsked(concluded.result, verification.spec.limits, verification.only)
  const discovery = {
    id,
    folder,
    k6,
    tools,
    watcher,
    interruption,
    say: screen.say,
    ignoresQuietHours: options.ignoreQuietHours === true,
  }
  const wants = hasToDiscover(judged, options.discover === true) && !interruption.stop.aborted
  const measured =
    wants && (await isToDiscover(options, interruption.stop))
      ? await discover(verification, judged, discovery)
      : undefined
  const result: Result = measured ? { ...judged, measured } : judged
  const kept = await keepResult(folder, result)
  const reported = options.html !== false && (await leaveReport(folder, result))
  const against = baseline && kept ? await compared(baseline, folder, result) : undefined
  report(result, against, folder, verification.only, reported, options.json === true)
  const left = await leaveCiReports(options, result, against)
  const isShort = !kept || (options.html !== false && !reported) || (baseline && !against) || !left
  return exitCode({
    interrupted: interruption.stop.aborted,
    notCarriedOut: carried.problem !== undefined || isShort,
    verdict: against ? verdictAgainstBase(result.verdict, against) : result.verdict,
  })
}

/** Holds the run against its base; where that fails, says so. */
async function compared(
  baseline: Baseline,
  folder: RunFolder,
  result: Result,
): Promise<AgainstBase | undefined> {
  try {
    return await holdAgainst(baseline, folder, result)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    for (const line of error.lines) say(line)
    return undefined
  }
}

/** Writes `report.html` into the run's folder; where that fails, says so. */
async function leaveReport(folder: RunFolder, result: Result): Promise<boolean> {
  const read = await readReportInput(folder, result)
  try {
    if (!read.ok) throw new Failure(Exit.notCarriedOut, read.mistakes)
    await writeReport(folder.report, read.input)
    return true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    for (const line of error.lines) say(line)
    return false
  }
}

function report(
  result: Result,
  against: AgainstBase | undefined,
  folder: RunFolder,
  only: readonly string[] | undefined,
  reported: boolean,
  json: boolean,
): void {
  if (json) {
    for (const { message } of result.warnings ?? []) say(message)
    if (against) say(againstBaseSentence(against))
    say(`The run is in ${folder.path}.`)
    print(renderJson(result))
    return
  }
  const files = [
    { what: 'history', path: folder.history },
    { what: 'result', path: folder.result },
    ...(reported ? [{ what: 'report', path: folder.report }] : []),
    ...(against?.kind === 'compared' ? [{ what: 'against the base', path: comparisonFile(folder) }] : []),
    { what: 'judge it again', path: `onset check ${folder.path}${only ? ` --only ${only.join(',')}` : ''}` },
  ]
  const view = viewOf(process.stdout)
  print(renderResult(result, files, view))
  if (against) print(`\n${renderAgainstBase(against, view)}`)
}

function intentText(verification: Verification, json: boolean): string {
  const { spec, plan, target, quietMs, only } = verification
  const to =
    target.kind === 'embedded'
      ? ['the embedded target']
      : [
          target.url,
          ...(spec.target?.replicas ?? []),
          (target.kind === 'oncall' && target.ingestUrl) || target.url,
        ]
  const intent = {
    to: [...new Set(to)],
    limits: spec.limits.filter(({ scope }) => askedFor(only)(scope)),
    leftOut: spec.limits.filter(({ scope }) => !askedFor(only)(scope)).map(({ name }) => name),
    plan,
    besideAtMost: requestsBeside(verification),
    readBackAtMost: requestsToReadBack(verification),
    besideKey: setupKeyOf(target) === undefined ? 'apiKey' : 'setupKey',
    named: spec.target?.integrations?.slice(0, integrationsNeeded(plan)),
    quietMs,
  }
  return json ? `${JSON.stringify(intent, undefined, 2)}\n` : renderIntent(intent, viewOf(process.stdout))
}
