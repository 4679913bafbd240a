import { writeFile } from 'node:fs/promises'
import { ClientCodeError, type ReportInput, renderHtml } from '../../../reports/html/index.ts'
import { ExitCode } from '../../result/index.ts'
import { Failure } from '../failure.ts'

/**
 * Writes the HTML report of a result, over an older one.
 * @throws {Failure} with the reason, where it cannot be made or written.
 */
export function writeReport(path: string, input: ReportInput): Promise<void> {
  return writeMade(path, () => renderHtml(input))
}

/**
 * Writes a report that is text, over an older one.
 * @throws {Failure} with the reason, where it cannot be written.
 */
export function writeTextReport(path: string, text: string): Promise<void> {
  return writeMade(path, () => text)
}

/**
 * Writes a report, over an older one.
 * @throws {Failure} with the reason, where it cannot be made or written.
 */
export async function writeMade(path: string, made: () => string | Promise<string>): Promise<void> {
  try {
    await writeFile(path, await made())
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!(error instanceof ClientCodeError) && code === undefined) throw error
    const why: Record<string, string> = {
      ENOENT: 'its folder does not exist',
      EISDIR: 'it is a folder; name a file',
      EACCES: 'you may not write there',
      ENOSPC: 'the disk is full',
    }
    throw new Failure(ExitCode.notCarriedOut, [
      `the report ${JSON.stringify(path)} cannot be written: ${why[code ?? ''] ?? message}`,
    ])
  }
}
