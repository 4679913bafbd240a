import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { ReadRun } from '../compare/index.ts'
import { readHistoryFile } from '../history/index.ts'
import { parseResult } from '../result/index.ts'
import { runFolderAt } from '../run/index.ts'
import { formatMistakes, parseSpec } from '../spec/index.ts'
import { unreadable } from './spec-file.ts'

/** A run that was read from its folder; or that there is none, or all that is wrong with it. */
export type RunFromFolder =
  | { kind: 'run'; run: ReadRun }
  | { kind: 'missing'; why: string }
  | { kind: 'wrong'; mistakes: string[] }

/** Reads what a run left in its folder: its result, its history, and its plan where there is one. */
export async function readRun(path: string): Promise<RunFromFolder> {
  const folder = runFolderAt(path)
  const resultText = await textOf(folder.result)
  if (resultText.kind === 'missing') {
    return { kind: 'missing', why: `there is no result of a run in ${JSON.stringify(path)}` }
  }
  if (resultText.kind === 'wrong') return resultText
  const result = parseResult(resultText.text, folder.result)
  if (!result.ok) return { kind: 'wrong', mistakes: formatMistakes(result.mistakes).split('\n') }
  try {
    const rule = await outcomeRule(folder.spec)
    const read = await readHistoryFile(folder.history, rule, { file: folder.history })
    if (!read.ok) return { kind: 'wrong', mistakes: formatMistakes(read.mistakes).split('\n') }
    const plan = await planOf(folder.plan)
    if (plan.kind === 'wrong') return plan
    const name = basename(resolve(path))
    return { kind: 'run', run: { name, result: result.result, history: read.history, plan: plan.value } }
  } catch (error) {
    return { kind: 'wrong', mistakes: [unreadable('the history', folder.history, error)] }
  }
}

type Text = { kind: 'text'; text: string } | { kind: 'missing' } | { kind: 'wrong'; mistakes: string[] }

async function textOf(path: string): Promise<Text> {
  try {
    return { kind: 'text', text: await readFile(path, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' }
    return { kind: 'wrong', mistakes: [unreadable('the file', path, error)] }
  }
}

/** The spec's rule goes before that of the history's header, where there is a spec that says it. */
async function outcomeRule(path: string) {
  const read = await textOf(path)
  if (read.kind !== 'text') return undefined
  const parsed = parseSpec(read.text, { file: path, env: process.env, offline: true })
  return parsed.ok ? parsed.spec.outcomes : undefined
}

async function planOf(
  path: string,
): Promise<{ kind: 'plan'; value: unknown } | { kind: 'wrong'; mistakes: string[] }> {
  const read = await textOf(path)
  if (read.kind === 'wrong') return read
  if (read.kind === 'missing') return { kind: 'plan', value: undefined }
  try {
    return { kind: 'plan', value: JSON.parse(read.text) }
  } catch {
    return { kind: 'wrong', mistakes: [`${path}: expected a plan in JSON, found something else`] }
  }
}
