import { createOncall, fixtureName, type Made, type OncallOptions } from '../oncall/index.ts'
import type { Warning } from '../result/index.ts'
import type { Spec } from '../spec/index.ts'
import { keyPatienceMs } from './fire-plan.ts'
import type { Interruption } from './interruption.ts'
import type { Watcher } from './watcher.ts'

/** Whoever is impatient kills after some ten seconds. */
const impatientMs = 5_000

/**
 * Removes the integrations of a run. The key is mostly at its limit by then, so it waits up to a
 * window of it; being interrupted while it waits, or twice before, makes it leave them.
 * @returns what had to be left, for the person who has to remove it by hand.
 */
export async function clearAway(
  client: Omit<OncallOptions, 'signal'>,
  fixtures: readonly Made[],
  runId: string,
  spec: Spec,
  watcher: Watcher,
  interruption: Interruption,
): Promise<Warning[]> {
  if (fixtures.length === 0) return []
  const waitMs = interruption.impatient ? impatientMs : keyPatienceMs(spec)
  const signal = interruption.stop.aborted ? interruption.hurry : interruption.stop
  watcher.onPhase({ phase: 'removing', count: fixtures.length })
  const left = await createOncall({ ...client, signal }).removeFixtures(fixtures, {
    waitMs,
    signal,
    onWait: (waitMs) => watcher.onPhase({ phase: 'waiting-to-remove', waitMs }),
  })
  watcher.onPhase({ phase: 'removed', left })
  return left.map(({ descriptor, integrationId, problem }) => ({
    code: 'left-behind',
    message: `The integration "${fixtureName(runId, descriptor)}" (${integrationId}) is still there, and gets no more alerts; remove it by hand. ${problem.sentence}`,
  }))
}
