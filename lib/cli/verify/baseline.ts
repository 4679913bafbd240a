import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command as Declared } from 'commander'
import { renderJson } from '../../../reports/json.ts'
import { type AgainstBase, compareRuns, type LatencyQuestion, type ReadRun } from '../../compare/index.ts'
import { ExitCode, type Result } from '../../result/index.ts'
import type { RunFolder } from '../../run/index.ts'
import type { Asked } from '../command.ts'
import { Failure } from '../failure.ts'
import { createOptionReader } from '../options/option-reader.ts'
import { readRun } from '../read-run.ts'
import { declareLatencyOptions, readLatencyQuestion } from './latency-question.ts'

/** The run that a fresh one is to be held against, and how. */
export interface Baseline {
  /** The run; or what is not there. */
  base: { kind: 'run'; run: ReadRun } | { kind: 'missing'; why: string }
  question: LatencyQuestion
  isStrict: boolean
  isFirstRun: boolean
}

/** Declares the options by which a fresh run is held against another. */
export function declareBaseline(command: Declared): void {
  command
    .optionsGroup('Against an earlier run:')
    .option('--baseline <dir>', 'the folder of a run: latencies that are worse for certain fail')
    .option('--strict', 'what cannot be told against the base is inconclusive, not only a warning')
    .option('--first-run-ok', 'a base that is not there yet is no reason for exit code 3')
  declareLatencyOptions(command)
}

/** What is of no use without a base, and how it is typed. */
const flags = {
  strict: '--strict',
  firstRunOk: '--first-run-ok',
  margin: '--margin',
  percentiles: '--percentiles',
  together: '--together',
  seed: '--seed',
} as const

/**
 * Reads the base before anything is sent: whoever waited for a run should not learn then that it is unreadable.
 * @returns no baseline where none was asked for; and all that is wrong.
 */
export async function readBaseline(
  options: Asked['options'],
): Promise<{ baseline?: Baseline; mistakes: readonly string[] }> {
  const reader = createOptionReader([])
  const { mistakes } = reader
  const question = readLatencyQuestion(reader, options)
  const path = options.baseline as string | undefined
  if (path === undefined) {
    for (const [name, flag] of Object.entries(flags)) {
      if (options[name] !== undefined) reader.complain(`${flag} is for a run with --baseline`)
    }
    return { mistakes }
  }
  const base = await readRun(path)
  if (base.kind === 'wrong') {
    for (const mistake of base.mistakes) reader.complain(mistake)
    return { mistakes }
  }
  const isStrict = options.strict === true
  return { baseline: { base, question, isStrict, isFirstRun: options.firstRunOk === true }, mistakes }
}

/**
 * Holds a run against its base, and leaves `comparison.json` in its folder.
 * @param result what was judged; the folder has the rest.
 * @throws {Failure} where the run's files cannot be read again, or the comparison not be written.
 */
export async function holdAgainst(
  { base, question, isStrict, isFirstRun }: Baseline,
  folder: RunFolder,
  result: Result,
): Promise<AgainstBase> {
  if (base.kind === 'missing') return { kind: 'missing', why: base.why, isFirstRun }
  const read = await readRun(folder.path)
  if (read.kind !== 'run') {
    throw new Failure(ExitCode.notCarriedOut, read.kind === 'wrong' ? read.mistakes : [read.why])
  }
  const comparison = compareRuns([base.run], [{ ...read.run, result }], question)
  try {
    await writeFile(comparisonFile(folder), renderJson(comparison))
  } catch (error) {
    throw new Failure(ExitCode.notCarriedOut, [
      `the comparison cannot be written into ${folder.path}: ${(error as Error).message}`,
    ])
  }
  return { kind: 'compared', comparison, isStrict }
}

/** Where a run's comparison with its base is. */
export function comparisonFile(folder: RunFolder): string {
  return join(folder.path, 'comparison.json')
}
