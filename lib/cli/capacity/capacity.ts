import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Command as Declared } from 'commander'
import {
  capacityVerdict,
  type NamedFile,
  paragraph,
  renderCapacity,
  stepLine,
} from '../../../reports/terminal/index.ts'
import type { CapacityDocument, StepJudgement } from '../../capacity/index.ts'
import type { Plan } from '../../plan/index.ts'
import { ExitCode as Exit, type ExitCode, exitCode } from '../../result/index.ts'
import { measureRefusing, type ReadingBack, runId, searchRates, type Watcher } from '../../run/index.ts'
import { aboutOnset } from '../about.ts'
import type { Asked, Command } from '../command.ts'
import { Failure } from '../failure.ts'
import { declareImport } from '../import/import-request.ts'
import { obtainK6 } from '../obtain-k6.ts'
import { exampleText } from '../options/command-line.ts'
import { print, say, viewOf } from '../output.ts'
import { createScreen, type Screen } from '../screen.ts'
import { interruptionBySignals, type SignalInterruption } from '../signals.ts'
import { acceptBlackout } from '../verify/blackout.ts'
import { permitOf } from '../verify/notifications.ts'
import { keepQuietHours } from '../verify/quiet-time.ts'
import { createRunWatcher } from '../verify/run-watcher.ts'
import { startRun } from '../verify/start-run.ts'
import { capacityDocument, writeCapacity } from './capacity-document.ts'
import { type CapacityRequest, readCapacityRequest } from './capacity-request.ts'
import { dryRunSentences, spreadSentences, waitSentences } from './plan-text.ts'
import { setUpOf } from './set-up.ts'

/** `onset capacity`: the highest rate under an objective. */
export const capacityCommand: Command = { name: 'capacity', declare, run }

function declare(command: Declared): void {
  command
    .description(
      'Find between which rates a target first misses an objective, such as p99 < 200ms. Without a SPEC: of the embedded target, with bounds of its own that keep it under a minute.',
    )
    .argument('[spec]', 'a spec (YAML); without a target in it, the embedded target is used')
    .option(
      '--objective <conditions>',
      'what has to hold (default "p99 < 200ms, errors < 0.1%"); lag < 30s may stand in it',
    )
    .option(
      '--at-least <rate>',
      'ask of this rate alone whether it is taken: exit code 1 if it surely is not',
    )
    .option(
      '--expect-limited',
      'measure what refusing costs: how fast refusals are at ten times the limit, and whether what is accepted keeps to the objective',
    )
    .option('--no-expect-limited', 'search, although the spec says capacity.expectLimited')
    .option('--start-rate <rate>', 'where the search begins, a second (default 10)')
    .option('--max-rate <rate>', 'never fire faster (default 5000)')
    .option('--resolution <share>', 'how far apart the two ends of the answer may be (default 20%)')
    .option('--confidence <share>', 'how sure both ends together are (default 95%)')
    .option('--step <duration>', 'how long one rate may be fired at altogether (default 3m)')
    .option('--steps <n>', 'how many firings there may be (default 24)')
    .option('--budget <duration>', 'how long may be fired altogether (default 30m)')
    .option('--max-requests <n>', 'send no more than so many requests (default 1000000)')
    .option('--traffic <kind>', 'what an OnCall is sent: alerts, requests, or both (default alerts)')
    .option('--integrations <n>', 'spread alerts over so many integrations at least (default 1)')
    .option('--arrivals <kind>', 'poisson, as of many independent callers (default), or even')
    .option(
      '--profile <shape>',
      'how a step goes: steady (default), ramp, spike, storm, soak, or a recorded history, whose shape it takes',
    )
    .option('--factor <n>', 'replay the recording of --profile, as long as it was, at so many times its rate')
    .option('--seed <n>', 'of the arrivals (default 1)')
    .option('--no-second-opinion', 'do not ask autocannon as well')
    .option('--allow-notifications <ids>', 'these integrations that the spec names may notify people: ID,ID')
    .option('--dry-run', 'say what would be sent, and how long making ready takes, and send nothing')
    .option('--accept-blackout', 'others that depend on the target may be slowed down or refused meanwhile')
    .option('--ignore-quiet-hours', 'fire even when the spec wants quiet')
    .option('-o, --out <dir>', 'folder for the run (default runs/TIME-ID)')
    .option('--no-html', 'leave no capacity.html in the folder')
    .option('--json', 'print what was found as JSON')
    .option('--progress', 'show progress without a terminal too')
    .option('--no-progress', 'show no progress')
    .option('--embedded <file>', 'a whole configuration of the embedded target, as JSON')
  declareImport(command)
  command.addHelpText(
    'after',
    exampleText([
      ['look at a whole search, against the embedded target', 'onset capacity'],
      [
        'what does ours take?',
        'onset capacity onset.yaml --objective "p99 < 200ms, errors < 0.1%, lag < 30s"',
      ],
      ['does it take 50 alerts a second? (for CI)', 'onset capacity onset.yaml --at-least 50'],
      [
        "does it take twice what came in last week's worst hour?",
        'onset capacity onset.yaml --profile ./access.log --from access-log --factor 2 --budget 2h',
      ],
    ]),
  )
}

async function run(asked: Asked): Promise<ExitCode> {
  const { options } = asked
  const request = await readCapacityRequest(asked)
  if (options.dryRun === true) {
    print(dryRunText(request, options.json === true))
    return Exit.pass
  }
  const screen = createScreen(process.stderr, options.progress !== false)
  const interruption = interruptionBySignals(screen.say)
  try {
    const { spec, question } = request
    const longestMs = setUpOf(request).waitsBeforeMs + 2 * question.bounds.budgetMs
    await keepQuietHours(spec, Date.now(), longestMs, options.ignoreQuietHours === true, interruption.stop)
    await acceptBlackout(spec, blackoutOf(request), options.acceptBlackout === true, interruption.stop)
    return await search(request, options, screen, interruption)
  } finally {
    interruption.release()
  }
}

function dryRunText(request: CapacityRequest, json: boolean): string {
  const { question, spread, maxRequests, profile } = request
  if (json) {
    const intent = { question, profile, maxRequests, spread: spread.needs, setUp: setUpOf(request) }
    return `${JSON.stringify(intent, undefined, 2)}\n`
  }
  const { width } = viewOf(process.stdout)
  return `${dryRunSentences(request)
    .flatMap((each) => paragraph(each, width, 0))
    .join('\n')}\n`
}

/** What a load near a target's capacity does to others. */
function blackoutOf({ spec: { target }, question }: CapacityRequest): string[] {
  if (!target || target.dedicated) return []
  const minutes = Math.ceil(question.bounds.budgetMs / 60_000)
  return [`everything that others ask of it may be slow or fail, again and again for up to ${minutes} min`]
}

async function search(
  request: CapacityRequest,
  options: Asked['options'],
  screen: Screen,
  interruption: SignalInterruption,
): Promise<ExitCode> {
  const { remarks } = request
  for (const remark of [...remarks, ...spreadSentences(request), ...waitSentences(request)]) {
    for (const line of paragraph(remark, screen.view.width, 0)) screen.say(line)
  }
  const watcher = createRunWatcher(screen, options.progress === true)
  const k6 = await obtainK6(watcher.onK6, interruption.stop)
  const id = runId(new Date(), randomBytes(2).toString('hex'))
  const path = (options.out as string | undefined) ?? join('runs', id)
  const conducted = conductOf(request, (step) => screen.say(stepLine(step)))
  const { assignment, carried } = await startRun(
    path,
    {
      id,
      spec: request.spec,
      specText: request.specText,
      plan: fixturesPlan(request),
      conduct: conducted.conduct,
      sparesKeys: true,
      target: request.target,
      quietMs: 0,
      reading: readingOf(request),
      caFile: request.caFile,
      k6,
      permit: permitOf(request.permitted, interruption.stop),
    },
    quietWatcher(watcher),
    interruption,
  )
  const found = conducted.found()
  if (!found) throw new Failure(Exit.notCarriedOut, [carried.problem ?? 'The run never came to its end.'])
  const document = capacityDocument(request, id, carried, found, {
    onset: aboutOnset().version,
    k6: k6.version,
    node: process.versions.node,
  })
  const left = await leave(assignment.folder.path, document, options.html !== false)
  const files = [
    { what: 'history', path: assignment.folder.history },
    ...(left ?? []),
    ...(left ? [{ what: 'judge it again', path: `onset report ${assignment.folder.path}` }] : []),
  ]
  if (options.json === true) print(`${JSON.stringify(document, undefined, 2)}\n`)
  else print(renderCapacity(document, files, viewOf(process.stdout)))
  return exitCode({
    interrupted: interruption.stop.aborted,
    notCarriedOut: carried.problem !== undefined || left === undefined,
    verdict: capacityVerdict(document),
  })
}

/** What is fired, and what comes of it. */
function conductOf(request: CapacityRequest, onStep: (step: StepJudgement) => void) {
  const { refusing, question } = request
  if (!refusing) {
    const searching = searchRates({ ...request, onStep })
    return { conduct: searching.conduct, found: () => searching.searched }
  }
  const { objective, confidence } = question
  const measuring = measureRefusing({ ...request, ...refusing, objective, confidence })
  return {
    conduct: measuring.conduct,
    found() {
      const { measured } = measuring
      return measured && { ...measured, steps: [], answer: { confidence, end: measured.end, reasons: [] } }
    },
  }
}

/** Leaves what was found in the run's folder; where that fails, says so: the report is still there to be read. */
async function leave(
  folder: string,
  document: CapacityDocument,
  html: boolean,
): Promise<NamedFile[] | undefined> {
  try {
    return await writeCapacity(folder, document, html)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    for (const line of error.lines) say(line)
    return undefined
  }
}

/** Whom integrations are made for; the firings themselves are decided on one after another. */
function fixturesPlan({ traffic, question, maxRequests }: CapacityRequest): Plan {
  return {
    descriptors: [...new Map(traffic.descriptors.map((each) => [each.name, each])).values()],
    fills: [],
    watches: [],
    deadlineMs: question.bounds.budgetMs,
    requestTimeoutMs: 10_000,
    maxRequests,
    maxRatePerSecond: question.bounds.mostPerSecond,
  }
}

/** Alerts are read back where the objective says how late they may be; that long, and half as long again. */
function readingOf({ question: { objective }, target }: CapacityRequest): ReadingBack | undefined {
  if (objective.lagMs === undefined || target.kind === 'http') return undefined
  return { mode: 'report', deliveredWithinMs: 1.5 * objective.lagMs }
}

/** A search fires so often that each firing is told by its result alone. */
function quietWatcher(watcher: Watcher): Watcher {
  const told = ['firing', 'fired', 'reading-back', 'read-back']
  return { ...watcher, onPhase: (phase) => (told.includes(phase.phase) ? undefined : watcher.onPhase(phase)) }
}
