import { readFile } from 'node:fs/promises'
import { type ReportInput, shellWord } from '../../../reports/html/index.ts'
import { readHistoryFile } from '../../history/index.ts'
import type { Plan } from '../../plan/index.ts'
import { parseResult, type Result } from '../../result/index.ts'
import { judgedResult, type RunFolder, specText, writtenIn } from '../../run/index.ts'
import { formatMistakes } from '../../spec/index.ts'
import { readSpecFile, type SpecFile, unreadable } from '../spec-file.ts'

/** What a report of a run is made of, or all that is wrong with its folder. */
export type ReportInputFromFolder =
  | { ok: true; input: ReportInput; remarks: string[] }
  | { ok: false; mistakes: string[] }

/**
 * Reads what a run left in its folder. Without a plan the report goes without, and without a result the
 * history is judged; both are said.
 * @param known the result, where it is at hand already.
 */
export async function readReportInput(folder: RunFolder, known?: Result): Promise<ReportInputFromFolder> {
  const mistakes: string[] = []
  const remarks: string[] = []
  const spec = await readSpecFile(folder.spec, true)
  if (!spec.ok) mistakes.push(...spec.mistakes)
  const history = await historyOf(folder, spec)
  if (!history.ok) mistakes.push(...history.mistakes)
  const stored = known ? { ok: true as const, result: known } : await storedResult(folder.result)
  if (!stored.ok) mistakes.push(...stored.mistakes)
  const plan = await storedPlan(folder.plan)
  if (!plan.ok) mistakes.push(...plan.mistakes)
  if (!spec.ok || !history.ok || !stored.ok || !plan.ok) return { ok: false, mistakes }
  if (!stored.result) remarks.push(`There is no ${folder.result}: the history was judged anew.`)
  const result =
    stored.result ?? judgedResult(history.history, spec.spec, { historyWarnings: history.warnings })
  return {
    ok: true,
    remarks,
    input: {
      result,
      history: history.history,
      spec: spec.spec,
      specText: shownSpec(spec),
      plan: plan.plan,
      commands: [
        {
          what: 'Judge the same history again, without firing',
          typed: `onset check ${shellWord(folder.path)}`,
        },
        { what: 'Make this report again', typed: `onset report ${shellWord(folder.path)}` },
        { what: 'Fire again', typed: `onset verify ${shellWord(folder.spec)}` },
      ],
    },
  }
}

/** A spec as a report shows it: every default written out, and for a secret the name of its variable. */
export function shownSpec({ spec, text }: Extract<SpecFile, { ok: true }>): string {
  return specText(spec, writtenIn(text))
}

async function historyOf(folder: RunFolder, spec: SpecFile) {
  try {
    const read = await readHistoryFile(folder.history, spec.ok ? spec.spec.outcomes : undefined, {
      file: folder.history,
    })
    if (read.ok) return read
    return { ok: false as const, mistakes: formatMistakes(read.mistakes).split('\n') }
  } catch (error) {
    return { ok: false as const, mistakes: [unreadable('the history', folder.history, error)] }
  }
}

type Text = { ok: true; text: string | undefined } | { ok: false; mistakes: string[] }

async function textOf(what: string, path: string): Promise<Text> {
  try {
    return { ok: true, text: await readFile(path, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: true, text: undefined }
    return { ok: false, mistakes: [unreadable(what, path, error)] }
  }
}

async function storedResult(
  path: string,
): Promise<{ ok: true; result: Result | undefined } | { ok: false; mistakes: string[] }> {
  const read = await textOf('the result', path)
  if (!read.ok) return read
  if (read.text === undefined) return { ok: true, result: undefined }
  const parsed = parseResult(read.text, path)
  return parsed.ok ? parsed : { ok: false, mistakes: formatMistakes(parsed.mistakes).split('\n') }
}

async function storedPlan(
  path: string,
): Promise<{ ok: true; plan: Plan | undefined } | { ok: false; mistakes: string[] }> {
  const read = await textOf('the plan', path)
  if (!read.ok) return read
  if (read.text === undefined) return { ok: true, plan: undefined }
  try {
    const plan = JSON.parse(read.text) as Plan
    if (Array.isArray(plan?.descriptors) && Array.isArray(plan.fills) && Array.isArray(plan.watches)) {
      return { ok: true, plan }
    }
  } catch {
    // Told below, as what is JSON and no plan.
  }
  return { ok: false, mistakes: [`${path}: expected a plan in JSON, found something else`] }
}
