import { stat } from 'node:fs/promises'
import { defaultOutcomeRule, readHistory, readHistoryFile } from '../history/index.ts'
import { type RunFolder, runFolderAt } from '../run/index.ts'
import { formatMistakes } from '../spec/index.ts'
import { type ImportRequest, importNamed, type NamedHistory } from './import/import-request.ts'
import { type SpecFile, unreadable } from './spec-file.ts'

/** The folder of a run, if that is what somebody named. */
export async function folderNamed(path: string): Promise<RunFolder | undefined> {
  return (await isFolder(path)) ? runFolderAt(path) : undefined
}

/**
 * The history that somebody named, or what there is to make one of.
 * @param from what `--from` names: a file of another format is no history, and without knowing which, its
 *   lines would all be mistakes, so that nothing is read where `recording` is missing.
 * @returns the history, or in lines why there is none.
 */
export async function readGiven(
  path: string,
  spec: SpecFile,
  recording: ImportRequest | undefined,
  { from, skipInvalid }: Readonly<Record<string, unknown>>,
): Promise<NamedHistory> {
  if (recording) return importNamed(path, recording, (spec.ok && spec.spec.outcomes) || defaultOutcomeRule)
  return from === undefined ? readNamed(path, spec, skipInvalid === true) : []
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return undefined
  })
  return path !== '-' && found?.isDirectory() === true
}

/** A history, or in lines what is wrong with it or why the file cannot be read. */
async function readNamed(path: string, spec: SpecFile, skipInvalid: boolean): Promise<NamedHistory> {
  const file = path === '-' ? 'standard input' : path
  try {
    // The spec's rule goes before the header's only where the spec is known.
    const rule = spec.ok ? spec.spec.outcomes : undefined
    const options = { file, skipInvalid }
    const read =
      path === '-'
        ? await readHistory(process.stdin, rule, options)
        : await readHistoryFile(path, rule, options)
    if (read.ok) return read
    const more = read.total - read.mistakes.length
    return [
      ...formatMistakes(read.mistakes).split('\n'),
      ...(more > 0 ? [`… and ${more} more; --skip-invalid leaves such records out`] : []),
    ]
  } catch (error) {
    return [unreadable('the history', path, error)]
  }
}
