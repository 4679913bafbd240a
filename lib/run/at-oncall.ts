import { type HistoryRecord, outcomeOf } from '../history/index.ts'
import {
  alertBinding,
  createAlertBook,
  createPace,
  type Fixture,
  listBinding,
  type OncallProblem,
  type Reconciled,
} from '../oncall/index.ts'
import { clearAway, type RunRemains } from './clear-away.ts'
import type { Lag } from './conduct.ts'
import { type Course, firePlan, keepSilent, keyLimitsOf, pause, type UnderWay } from './fire-plan.ts'
import { doubtWarnings, introduceKeys } from './introduce.ts'
import { type Clients, clientsOf, keyDescriptor } from './keys.ts'
import { partiesOf, prepareAll } from './parties.ts'
import type { RaisedTarget } from './raise-target.ts'
import { readBack } from './read-back.ts'

/**
 * A run against OnCall: whose the keys are, integrations that notify nobody, firing, reading back, and
 * clearing away what it has made.
 */
export async function atOncall(target: RaisedTarget, run: UnderWay): Promise<Course> {
  const { assignment, watcher, interruption, recording, warnings } = run
  const { id, spec, quietMs } = assignment
  const signal = AbortSignal.any([interruption.stop, recording.failed, target.gone])
  const onWait = (waitMs: number) => watcher.onPhase({ phase: 'sparing-key', waitMs })
  const keyLimits = run.assignment.sparesKeys ? keyLimitsOf(spec) : []
  const clients = clientsOf(target, recording.record, () =>
    keyLimits.length > 0 ? createPace(keyLimits, onWait) : undefined,
  )
  const unknown = await introduceKeys(clients, watcher, signal)
  if (unknown) return courseOf(unknown)
  const parties = partiesOf(clients, target.loadKeys ?? [], run, signal)
  const { integrations } = parties[0]
  // What is in the way is told before the silence, which may be long, and looked at again after it.
  const obstacle = quietMs > 0 ? await integrations.inspect() : undefined
  if (obstacle) return courseOf(obstacle)
  if (!(await keepSilent(quietMs, watcher, signal))) return { reason: 'not-started' }

  const startedAtMs = Date.now()
  const { holdings, fixtures, problem } = await prepareAll(parties, run, signal)
  const clear = async (alertsOf?: RunRemains['alertsOf']) => {
    if (!target.lasting) return
    for (const { party, fixtures, mayExist } of holdings) {
      const { own } = party.integrations
      const remains = { id, own, startedAtMs, mayExist, alertsOf }
      warnings.push(...(await clearAway(party.client, fixtures, remains, spec, watcher, interruption)))
    }
  }
  if (problem) {
    await clear()
    return courseOf(problem)
  }
  const book = createAlertBook(outcomeOf(spec.outcomes))
  let isReadBack = false
  try {
    warnings.push(...doubtWarnings(fixtures))
    const descriptors = fixtures.map(({ descriptor }) => descriptor)
    const { own, loud } = integrations
    watcher.onPhase({ phase: 'fixtures-ready', descriptors, own, loud })
    await restKeys(clients, run, signal)
    const readBackOf = async (course: Course) => {
      const all: Reconciled[] = []
      for (const { party, fixtures } of holdings) {
        const { client, integrations } = party
        const one = await readBack(client, fixtures, integrations.own, book, course, run, signal)
        if (one) all.push(one)
      }
      return together(all)
    }
    const lag = run.assignment.reading && (async (course: Course) => lagOf(await readBackOf(course)))
    const course = await fireAt(target, fixtures, run, signal, book.note, lag)
    const reconciled = await readBackOf(course)
    isReadBack = reconciled !== undefined && !signal.aborted
    return { ...course, reconciled }
  } finally {
    await clear(isReadBack ? undefined : (descriptor) => book.of(descriptor).accepted.size)
  }
}

/** Waits where making ready has used up what the load is to have of a key's limit. */
async function restKeys({ tested, load }: Clients, { assignment, watcher }: UnderWay, signal: AbortSignal) {
  const waitsMs = assignment.plan.descriptors
    .filter(({ kind }) => kind === 'list')
    .map(({ name }) => (name === tested.descriptor ? tested : load.get(name))?.pace?.restMs() ?? 0)
  const waitMs = Math.max(0, ...waitsMs)
  if (waitMs === 0) return
  watcher.onPhase({ phase: 'sparing-key', waitMs })
  await pause(waitMs, signal)
}

/** What was read back in several organizations; `undefined` where nothing was. */
function together(all: readonly Reconciled[]): Reconciled | undefined {
  if (all.length === 0) return undefined
  return {
    findings: all.flatMap(({ findings }) => findings),
    reconciliation: all.flatMap(({ reconciliation }) => reconciliation),
    delivery: all.flatMap(({ delivery }) => delivery),
  }
}

async function fireAt(
  { url, replicas, apiKey, stackUrl, setupKey, loadKeys = [] }: RaisedTarget,
  fixtures: readonly Fixture[],
  run: UnderWay,
  signal: AbortSignal,
  onAnswer: (record: HistoryRecord) => void,
  lag: ((course: Course) => Promise<Lag | undefined>) | undefined,
): Promise<Course> {
  const { id, spec } = run.assignment
  // Where alerts go to a host of their own, that is the one address for them.
  const others = spec.target?.ingestUrl === undefined ? replicas : undefined
  const alerts = fixtures.map(
    (fixture) => [fixture.descriptor, alertBinding(fixture, id, others, spec.target?.detailsUrl)] as const,
  )
  const bindings = {
    descriptors: {
      ...Object.fromEntries(alerts),
      [keyDescriptor.name]: listBinding({ url, replicas, apiKey, stackUrl }),
      ...Object.fromEntries(
        loadKeys.map((key) => [
          key.descriptor,
          listBinding({ url, replicas, apiKey: key.apiKey, stackUrl: key.stackUrl }),
        ]),
      ),
    },
    secrets: [
      apiKey,
      ...(setupKey ? [setupKey] : []),
      ...loadKeys.map((key) => key.apiKey),
      ...fixtures.map(({ token }) => token),
    ],
  }
  return firePlan(bindings, run, signal, onAnswer, lag)
}

/** The longest that alerts took through any integration. */
function lagOf(reconciled: Reconciled | undefined): Lag | undefined {
  const lags = reconciled?.delivery.map(({ lagMs }) => lagMs) ?? []
  if (lags.length === 0) return undefined
  const most = lags.map(([, longest]) => longest)
  const seen = most.flatMap((longest) => longest ?? [])
  return [
    Math.max(...lags.map(([least]) => least)),
    seen.length < most.length ? undefined : Math.max(...seen),
  ]
}

function courseOf({ kind, sentence }: OncallProblem): Course {
  return {
    reason: kind === 'unreachable' ? 'unreachable' : 'not-started',
    problem: sentence,
    refused: kind === 'loud' || undefined,
  }
}
