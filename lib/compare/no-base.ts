import { z } from 'zod'
import { overallVerdict, verdicts } from '../result/index.ts'
import { verdictAgainstBase } from './against-base.ts'
import type { ReadRun } from './run.ts'

/** That a run could be held against nothing. */
export const noBaseSchema = z
  .object({
    format: z.literal('onset-comparison'),
    version: z.literal(1),
    kind: z.literal('no-base'),
    verdict: z.enum(verdicts),
    missing: z.array(z.string()).meta({ description: 'What is not there, a sentence for each base.' }),
    isFirstRun: z.boolean().meta({ description: 'Was it said that nobody expects a base yet?' }),
    runs: z
      .array(z.object({ name: z.string(), verdict: z.enum(verdicts) }))
      .meta({ description: 'The runs, each with the verdict that it has by itself.' }),
  })
  .meta({ id: 'noBase', description: 'The base is not there, so nothing was compared.' })

export type NoBase = z.output<typeof noBaseSchema>

/**
 * What can be said of runs without a base: nothing moved as far as anybody knows, which is no pass unless
 * nobody expects a base yet. A run that breaks a limit by itself is a fail.
 */
export function heldAgainstNothing(
  runs: readonly ReadRun[],
  missing: readonly string[],
  isFirstRun: boolean,
): NoBase {
  const ofRuns = overallVerdict(runs.map(({ result }) => result.verdict))
  return {
    format: 'onset-comparison',
    version: 1,
    kind: 'no-base',
    verdict: verdictAgainstBase(ofRuns, { kind: 'missing', why: missing.join('; '), isFirstRun }),
    missing: [...missing],
    isFirstRun,
    runs: runs.map(({ name, result }) => ({ name, verdict: result.verdict })),
  }
}
