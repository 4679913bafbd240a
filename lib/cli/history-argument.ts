import { stat } from 'node:fs/promises'
import { filePieces, readHistory } from '../history/index.ts'
import { formatMistakes } from '../spec/index.ts'
import type { NamedHistory } from './import-request.ts'
import { type SpecFile, unreadable } from './spec-file.ts'

/** Is what somebody named the folder of a run? */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return undefined
  })
  return path !== '-' && found?.isDirectory() === true
}

/** A history, or in lines what is wrong with it or why the file cannot be read. */
export async function readNamed(path: string, spec: SpecFile, skipInvalid: boolean): Promise<NamedHistory> {
  const file = path === '-' ? 'standard input' : path
  const source = path === '-' ? process.stdin : filePieces(path)
  try {
    // The spec's rule goes before the header's only where the spec is known.
    const read = await readHistory(source, spec.ok ? spec.spec.outcomes : undefined, { file, skipInvalid })
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
