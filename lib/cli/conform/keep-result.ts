import type { Result } from '../../result/index.ts'
import { type RunFolder, RunFolderError, writeResult } from '../../run/index.ts'
import { say } from '../output.ts'

/** Writes the result into the run's folder; where that fails, says so: it is still there to be printed. */
export async function keepResult(folder: RunFolder, result: Result): Promise<boolean> {
  try {
    await writeResult(folder, result)
    return true
  } catch (error) {
    if (!(error instanceof RunFolderError)) throw error
    say(error.message)
    return false
  }
}
