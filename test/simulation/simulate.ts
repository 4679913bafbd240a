import {
  type History,
  historyFromRecords,
  Outcome,
  type RecordInput,
  type Scopes,
} from '../../lib/history/index.ts'
import { createHierarchy, type EnforcedLimit } from '../../lib/limiters/index.ts'
import { createWatch, type Plan } from '../../lib/plan/index.ts'
import { createTimeline } from '../../lib/simulate/fake-clock.ts'
import { seededRandom } from '../../lib/simulate/index.ts'

export { seededRandom as seeded }

export interface SimulatedServer {
  limits: EnforcedLimit[]
  /** Say in the response which limit refused. */
  namesRefuser: boolean
  /** What it counts a request by, where that is not what the client takes it to be. */
  countedBy?: (scopes: Scopes) => Scopes
  latencyMs: (random: () => number) => number
}

/**
 * Carries out a plan against limiter models on a fake clock, as k6 would against a server: the
 * same opening fills, the same watches, answers after a random latency, decisions somewhere between.
 */
export function simulateRun(plan: Plan, server: SimulatedServer, seed: number): History {
  const random = seededRandom(seed)
  const hierarchy = createHierarchy(server.limits)
  const scopesOf = new Map(plan.descriptors.map(({ name, scopes }) => [name, scopes]))
  const { countedBy = (scopes: Scopes) => scopes } = server
  const records: RecordInput[] = []
  const timeline = createTimeline(0)
  const { at } = timeline

  function send(
    descriptor: string,
    answered: (outcome: Outcome, limitedBy: string | undefined, sentMs: number) => void,
  ) {
    const sentMs = timeline.nowMs()
    const latency = server.latencyMs(random)
    at(sentMs + latency * (0.1 + 0.8 * random()), () => {
      const decision = hierarchy.decide({
        scopes: countedBy(scopesOf.get(descriptor) as Scopes),
        atUs: Math.round((timeline.nowMs() + 1e6) * 1000),
        cost: 1,
      })
      at(sentMs + latency, () => {
        const outcome = decision.admitted ? Outcome.accepted : Outcome.limited
        const refuser =
          decision.refusedBy === undefined ? undefined : server.limits[decision.refusedBy]?.scope
        const limitedBy = server.namesRefuser ? refuser : undefined
        records.push({
          descriptor,
          // Stamps of whole milliseconds, as Date.now() gives them.
          sentUs: Math.floor(sentMs) * 1000,
          receivedUs: Math.floor(timeline.nowMs()) * 1000,
          outcome,
          limitedBy,
        })
        answered(outcome, limitedBy, sentMs)
      })
    })
  }

  for (const fill of plan.fills) {
    for (let k = 0; k < fill.count; k++) {
      at(fill.startMs + (k * 1000) / fill.ratePerSecond, () => send(fill.descriptor, () => {}))
    }
  }
  const names = ['accepted', 'limited', 'unknown'] as const
  for (const watchPlan of plan.watches) {
    const watch = createWatch(watchPlan, plan.rations)
    let wakeAt = Number.POSITIVE_INFINITY
    const turn = () => {
      for (const { descriptor } of watch.due(timeline.nowMs())) {
        send(descriptor, (outcome, limitedBy, sentMs) => {
          watch.answered({ descriptor, outcome: names[outcome], limitedBy, sentMs, nowMs: timeline.nowMs() })
          turn()
        })
      }
      const next = watch.nextDueMs(timeline.nowMs())
      if (next === undefined || next >= wakeAt) return
      wakeAt = next
      at(Math.max(next, timeline.nowMs() + 0.01), () => {
        wakeAt = Number.POSITIVE_INFINITY
        turn()
      })
    }
    at(watchPlan.startMs, turn)
  }
  while (timeline.step()) {
    // Each step does what is due.
  }
  records.sort((a, b) => a.sentUs - b.sentUs)
  return historyFromRecords(
    { descriptors: plan.descriptors.map(({ name, scopes }) => ({ name, scopes })), clockSlackMs: 1 },
    records,
  )
}
