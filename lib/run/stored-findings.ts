import { readFile } from 'node:fs/promises'
import { parseResult, type Warning } from '../result/index.ts'
import type { Circumstances } from './judged-result.ts'
import type { RunFolder } from './run-folder.ts'

/**
 * What a run found in its target, from the result that is in its folder: no history says it, so that
 * it is kept where the history is judged again, with a warning that says where it is from. Nothing,
 * where the folder has no result that can be read.
 */
export async function storedFindings(
  folder: Pick<RunFolder, 'result'>,
): Promise<Pick<Circumstances, 'reconciled'> & { warnings: Warning[] }> {
  const text = await readFile(folder.result, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return undefined
  })
  const parsed = text === undefined ? undefined : parseResult(text, folder.result)
  if (!parsed?.ok) return { warnings: [] }
  const { findings, reconciliation, delivery } = parsed.result
  if (!findings && !reconciliation && !delivery) return { warnings: [] }
  const message =
    'What the target counted was read back by the run itself, and is from its result.json: judging again asks nobody.'
  return {
    reconciled: {
      ...(findings && { findings }),
      ...(reconciliation && { reconciliation }),
      ...(delivery && { delivery }),
    },
    warnings: [{ code: 'stored-findings', message }],
  }
}
