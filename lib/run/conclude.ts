import { readHistoryFile } from '../history/index.ts'
import type { Result } from '../result/index.ts'
import { formatMistakes } from '../spec/index.ts'
import type { Assignment, Carried } from './carry-out.ts'
import { judgedResult } from './judged-result.ts'
import { runFiles } from './run-folder.ts'

/** What a result says about its run beside what the run itself knows. */
export interface Credits {
  /** Version of each tool by its name. */
  tools: Readonly<Record<string, string>>
  interrupted: boolean
}

/**
 * Reads a run's history back from its folder and judges it, as anybody else could.
 * @returns the result; or, where the history cannot be read back, why, a line each.
 */
export async function conclude(
  { id, folder, spec, target }: Assignment,
  { problem, startedAtMs, endedAtMs, firingMs, url, reconciled, warnings }: Carried,
  { tools, interrupted }: Credits,
): Promise<{ ok: true; result: Result } | { ok: false; why: string[] }> {
  const read = await readHistoryFile(folder.history, spec.outcomes, { file: runFiles.history })
  if (!read.ok) {
    const mistakes = formatMistakes(read.mistakes).split('\n')
    return { ok: false, why: [`${folder.history} cannot be read back:`, ...mistakes] }
  }
  const stopped = problem === undefined ? [] : [{ code: 'not-carried-out', message: problem }]
  const result = judgedResult(read.history, spec, {
    run: {
      id,
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: new Date(endedAtMs).toISOString(),
      // The wall clock may have been set back meanwhile.
      durationMs: Math.max(0, endedAtMs - startedAtMs),
      ...(firingMs !== undefined && { firingMs: Math.max(0, firingMs) }),
      tools: { ...tools },
      target: { kind: target.kind, urls: url === undefined ? [] : [url, ...(spec.target?.replicas ?? [])] },
      history: runFiles.history,
      interrupted,
    },
    reconciled,
    historyWarnings: read.warnings,
    warnings: [...stopped, ...warnings],
  })
  return { ok: true, result }
}
