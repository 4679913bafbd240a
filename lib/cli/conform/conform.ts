import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Command as Declared } from 'commander'
import { renderJson } from '../../../reports/json.ts'
import {
  counted,
  paragraph,
  phaseText,
  renderInquiry,
  renderResult,
} from '../../../reports/terminal/index.ts'
import {
  type Commission,
  carryOutInquiry,
  headerResult,
  type Inquired,
  planInquiry,
  type QuestionId,
  questions,
  questionsNamed,
  verdictOf,
} from '../../conform/index.ts'
import { ExitCode as Exit, type ExitCode, exitCode, type Result } from '../../result/index.ts'
import { createRunFolder, runFiles, runId, writeIntent } from '../../run/index.ts'
import { shown } from '../../spec/index.ts'
import { aboutOnset } from '../about.ts'
import type { Asked, Command } from '../command.ts'
import { Failure } from '../failure.ts'
import { exampleText } from '../options/command-line.ts'
import { createOptionReader, type OptionReader } from '../options/option-reader.ts'
import { print, say, viewOf } from '../output.ts'
import { createScreen } from '../screen.ts'
import { interruptionBySignals } from '../signals.ts'
import { acceptBlackout } from '../verify/blackout.ts'
import { keepQuietHours } from '../verify/quiet-time.ts'
import { asFailure } from '../verify/start-run.ts'
import { type ConformTarget, readConformTarget } from './conform-target.ts'
import { keepResult } from './keep-result.ts'

/** `onset conform`: what counts, for whom, how exactly, and does the platform keep its word? */
export const conformCommand: Command = { name: 'conform', declare, run }

/** What is asked of a named target where nobody says what: a few requests, which fill no limit. */
const cheapGroups = ['authentication', 'pagination']

const defaultRequests = 20_000

function declare(command: Declared): void {
  command
    .description(
      'Ask an OnCall by small experiments who may read what, how its lists are paged, what uses up a limit and whose it is, whether a noisy integration silences a quiet one, and whether limits hold under concurrency. Without a SPEC: the embedded target.',
    )
    .argument('[spec]', 'a spec (YAML); without a target in it, the embedded target is used')
    .option(
      '--questions <names>',
      `what is asked: ids or groups, or all (default: all of the embedded target, ${cheapGroups.join(' and ')} of another)`,
    )
    .option('--list', 'list the questions, and send nothing')
    .option('--dry-run', 'say what would be sent and how long it would take, and send nothing')
    .option('--max-requests <n>', `send no more than so many requests (default ${defaultRequests})`)
    .option('--accept-blackout', 'others that depend on the target may be refused meanwhile')
    .option('--ignore-quiet-hours', 'ask even when the spec wants quiet')
    .option('--no-wait', 'do not send nothing first, until nothing from before counts')
    .option('-o, --out <dir>', 'folder for the run (default runs/TIME-ID)')
    .option('--json', 'print the result as JSON')
    .optionsGroup('Embedded target:')
    .option('--window <duration>', 'shorten the windows to this (default 10s without a SPEC)')
    .option('--embedded <file>', 'a whole configuration of the target, as JSON')
    .addHelpText(
      'after',
      exampleText([
        ['ask the embedded target everything', 'onset conform'],
        ['what would that cost at ours?', 'onset conform onset.yaml --questions all --dry-run'],
        ['what uses up a limit?', 'onset conform onset.yaml --questions "what counts"'],
      ]),
    )
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const json = options.json === true
  if (options.list === true) {
    print(listText(json))
    return Exit.pass
  }
  const reader = createOptionReader(mistakes)
  const maxRequests =
    reader.number('--max-requests', options.maxRequests, { least: 1, most: 1_000_000, whole: true }) ??
    defaultRequests
  const named = options.questions as string | undefined
  const asked = named === undefined ? undefined : readQuestions(reader, named)
  const target = await readConformTarget(reader, operands[0], options)
  if (reader.mistakes.length > 0 || !target) throw new Failure(Exit.mistake, reader.mistakes)
  const wanted = asked ?? defaultQuestions(target)
  const inquiry = planInquiry({ limits: target.spec.limits, otherKeys: target.otherKeys }, wanted)
  if (options.dryRun === true) {
    const { steps, ...rest } = inquiry
    const intent = {
      ...rest,
      steps: steps.map(({ experiment, asked: of, cost }) => ({
        name: experiment.name,
        questions: [...of],
        ...cost,
      })),
    }
    print(json ? `${JSON.stringify(intent, undefined, 2)}\n` : renderInquiry(inquiry, viewOf(process.stdout)))
    return Exit.pass
  }
  const screen = createScreen(process.stderr, true)
  const interruption = interruptionBySignals(screen.say)
  try {
    const longestMs = inquiry.ms + target.quietMs
    await keepQuietHours(
      target.spec,
      Date.now(),
      longestMs,
      options.ignoreQuietHours === true,
      interruption.stop,
    )
    const blackout = blackoutOf(target, inquiry)
    await acceptBlackout(target.spec, blackout, options.acceptBlackout === true, interruption.stop)
    for (const remark of target.remarks) {
      for (const line of paragraph(remark, screen.view.width, 0)) screen.say(line)
    }
    const id = runId(new Date(), randomBytes(2).toString('hex'))
    const path = (options.out as string | undefined) ?? join('runs', id)
    const folder = await createRunFolder(path)
    await writeIntent(folder, target.specText)
    const commission: Commission = {
      id,
      historyPath: folder.history,
      spec: target.spec,
      target: target.target,
      otherKeys: target.otherKeys,
      questions: wanted,
      maxRequests,
      quietMs: target.quietMs,
    }
    const inquired = await carryOutInquiry(
      commission,
      {
        onPhase(phase) {
          const text = phaseText(phase)
          if (text !== undefined) screen.say(text)
        },
        onStep: ({ experiment }) => screen.say(`Asking about ${experiment.name}.`),
      },
      interruption,
    )
    const interrupted = interruption.stop.aborted
    const result = resultOf(inquired, id, target, interrupted)
    const kept = await keepResult(folder, result)
    if (json) {
      say(`The run is in ${folder.path}.`)
      print(renderJson(result))
    } else {
      const files = [
        { what: 'history', path: folder.history },
        { what: 'result', path: folder.result },
      ]
      print(renderResult(result, files, viewOf(process.stdout)))
    }
    const notCarriedOut = inquired.problem !== undefined || !kept
    return exitCode({ interrupted, notCarriedOut, verdict: result.verdict })
  } catch (error) {
    throw asFailure(error)
  } finally {
    interruption.release()
  }
}

function defaultQuestions({ target }: ConformTarget): Set<QuestionId> {
  const names = target.kind === 'embedded' ? ['all'] : cheapGroups
  return new Set(names.flatMap((name) => questionsNamed(name) ?? []))
}

function readQuestions(reader: OptionReader, text: string): Set<QuestionId> {
  const found = new Set<QuestionId>()
  for (const name of text.split(',').map((word) => word.trim())) {
    const named = questionsNamed(name)
    if (named) for (const id of named) found.add(id)
    else
      reader.complain(
        `--questions: there is no question or group ${shown(name)}; onset conform --list has them all`,
      )
  }
  return found
}

const muted = {
  organization: 'alerts of the whole organization are refused, for a window at a time',
  apiKey: 'API requests of whoever shares the key are refused, for up to a window',
} as const

/** What filling limits does to others, a line each; empty where nobody else depends on them. */
function blackoutOf({ spec }: ConformTarget, { steps }: ReturnType<typeof planInquiry>): string[] {
  if (!spec.target || spec.target.dedicated) return []
  const filled = new Set(steps.map(({ experiment }) => experiment.fills))
  return (['organization', 'apiKey'] as const)
    .filter((scope) => filled.has(scope))
    .map((scope) => muted[scope])
}

function resultOf(
  inquired: Inquired,
  id: string,
  { spec, target }: ConformTarget,
  interrupted: boolean,
): Result {
  const { answers, unasked, problem, requests, startedAtMs, endedAtMs, url, warnings } = inquired
  const order = questions.map((question) => question.id as string)
  const stopped = problem === undefined ? [] : [{ code: 'not-carried-out', message: problem }]
  const all = [...stopped, ...warnings]
  const headers = headerResult({ ...inquired, limits: spec.limits })
  return {
    format: 'onset-result',
    version: 1,
    verdict: verdictOf(answers, headers),
    limits: [],
    answers: answers.toSorted((a, b) => order.indexOf(a.question) - order.indexOf(b.question)),
    headers,
    ...(unasked.length > 0 && { unasked }),
    ...(all.length > 0 && { warnings: all }),
    coverage: requests,
    run: {
      id,
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: new Date(endedAtMs).toISOString(),
      durationMs: Math.max(0, endedAtMs - startedAtMs),
      tools: { onset: aboutOnset().version, node: process.versions.node },
      target: { kind: target.kind, urls: url === undefined ? [] : [url, ...(spec.target?.replicas ?? [])] },
      history: runFiles.history,
      interrupted,
    },
  }
}

function listText(json: boolean): string {
  if (json) return `${JSON.stringify(questions, undefined, 2)}\n`
  const widest = Math.max(...questions.map(({ id }) => id.length))
  const groups = [...new Set(questions.map(({ group }) => group))]
  const blocks = groups.map((group) =>
    [
      group,
      ...questions
        .filter((question) => question.group === group)
        .map(({ id, asks }) => `  ${id.padEnd(widest)}  ${asks}`),
    ].join('\n'),
  )
  return `${blocks.join('\n\n')}\n\n${counted(questions.length, 'question')}; name ids or groups after --questions.\n`
}
