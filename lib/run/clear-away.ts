import { createOncall, fixtureName, type Made, type OncallOptions, type Unresolved } from '../oncall/index.ts'
import type { Warning } from '../result/index.ts'
import type { Spec } from '../spec/index.ts'
import { keyPatienceMs } from './fire-plan.ts'
import type { Interruption } from './interruption.ts'
import type { Watcher } from './watcher.ts'

/** Whoever is impatient kills after some ten seconds. */
const impatientMs = 5_000

/** Of each integration: list its alert groups, resolve one, list them again, remove it. */
const requestsForEach = 4

/** Who has stopped a run does not want to wait for alerts that are still worked off. */
const briefMs = 2_000

/** What a run has left in a target. */
export interface RunRemains {
  /** The run's id. */
  id: string
  /** Were the integrations made for the run? Others are left as they are. */
  own: boolean
  /** When its first integration was made, or its first alert sent. */
  startedAtMs: number
  /** May there be an integration whose making was never answered? */
  mayExist: boolean
  /** How many alerts of a descriptor were accepted, where it is not known that they have all been worked off. */
  alertsOf?: (descriptor: string) => number
}

/**
 * Clears away what a run has left: resolves its alert groups, then removes its integrations. The key is
 * mostly at its limit by then, so it waits for as many windows of it as that takes; being interrupted while it waits, or
 * twice before, makes it leave them.
 * @returns what had to be left, for the person who has to see to it by hand.
 */
export async function clearAway(
  client: Omit<OncallOptions, 'signal'>,
  fixtures: readonly Made[],
  { id, own, startedAtMs, mayExist, alertsOf }: RunRemains,
  spec: Spec,
  watcher: Watcher,
  interruption: Interruption,
): Promise<Warning[]> {
  if (fixtures.length === 0 && !mayExist) return []
  const signal = interruption.stop.aborted ? interruption.hurry : interruption.stop
  // Who has stopped a run is not to wait for the sake of others.
  const pace = interruption.stop.aborted ? undefined : client.pace
  const oncall = createOncall({ ...client, signal, pace })
  const patienceMs = keyPatienceMs(spec, requestsForEach * (fixtures.length + 1))
  const untilMs = performance.now() + (interruption.impatient ? impatientMs : patienceMs)
  const patience = () => ({
    waitMs: Math.max(0, untilMs - performance.now()),
    signal,
    onWait: (waitMs: number) => watcher.onPhase({ phase: 'waiting-to-remove', waitMs }),
  })
  const warnings: Warning[] = []
  const made = [...fixtures]
  if (mayExist) {
    const found = await oncall.findRemains(patience())
    if (found.ok) {
      const known = new Set(made.map(({ integrationId }) => integrationId))
      made.push(
        ...found.value.filter(({ runId, integrationId }) => runId === id && !known.has(integrationId)),
      )
    }
  }
  if (made.length === 0) return []

  watcher.onPhase({ phase: 'resolving', count: made.length })
  const toResolve = made.map(({ descriptor, integrationId }) => ({
    descriptor,
    integrationId,
    runId: id,
    own,
    alerts: alertsOf?.(descriptor),
  }))
  const settleMs = interruption.stop.aborted ? briefMs : (spec.target?.deliveredWithin ?? 0)
  const open = await oncall.resolveGroups(toResolve, startedAtMs, patience(), {
    waitMs: interruption.impatient ? 0 : settleMs,
    signal,
  })
  warnings.push(...open.map(unresolvedWarning))
  if (!own) return warnings

  watcher.onPhase({ phase: 'removing', count: made.length })
  const left = await oncall.removeFixtures(made, patience())
  watcher.onPhase({ phase: 'removed', left })
  return [
    ...warnings,
    ...left.map(({ descriptor, integrationId, problem }) => ({
      code: 'left-behind',
      message: `The integration "${fixtureName(id, descriptor)}" (${integrationId}) is still there, and gets no more alerts; remove it by hand, or with "onset clean". ${problem.sentence}`,
    })),
  ]
}

/** Says which alert groups are still open. */
export function unresolvedWarning({ descriptor, integrationId, count, problem }: Unresolved): Warning {
  const what = count === undefined ? 'Alert groups' : count === 1 ? 'An alert group' : `${count} alert groups`
  return {
    code: 'unresolved',
    message: `${what} of integration ${descriptor} (${integrationId}) may still be open; resolve by hand what is titled as a load test by Onset. ${problem.sentence}`,
  }
}
