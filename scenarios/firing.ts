import exec from 'k6/execution'
import { clearTimeout, setTimeout } from 'k6/timers'
import type { Bindings, Lane } from '../lib/fire/bindings.ts'
import { conduct } from '../lib/fire/conduct.ts'
import { k6Options, laneOfLoad } from '../lib/fire/k6-options.ts'
import { loadRequestId } from '../lib/fire/load-request.ts'
import { boundsOf } from '../lib/fire/load-users.ts'
import { pace } from '../lib/fire/pace.ts'
import {
  answeredLine,
  begunLine,
  brokenLine,
  droppedLine,
  sentLine,
  watchedLine,
} from '../lib/fire/raw-line.ts'
import { scheduleFile } from '../lib/fire/schedule-file.ts'
import { outcomeNames } from '../lib/history/history.ts'
import { outcomeOf } from '../lib/history/outcome.ts'
import type { Fill, Plan, WatchPlan } from '../lib/plan/plan.ts'
import type { CreateWatch } from '../lib/plan/watch.ts'
import { createClient, type Sender } from './request.ts'

/** What `setup` hands to every virtual user: the common start of the firing, in Unix milliseconds. */
interface Started {
  startedAtMs: number
}

/**
 * Carries out one lane of a plan inside k6: what it returns is what a scenario file exports. Reads
 * ONSET_PLAN (path of the plan, JSON, with the schedules of its loads beside it), ONSET_BINDINGS (addresses and secrets, JSON), ONSET_OUTCOMES
 * (which statuses mean accepted and limited, JSON) and ONSET_LANE.
 */
export function firing(createWatch: CreateWatch) {
  const plan = JSON.parse(open(__ENV.ONSET_PLAN as string)) as Plan
  const bindings = JSON.parse(__ENV.ONSET_BINDINGS as string) as Bindings
  const lane = __ENV.ONSET_LANE as Lane
  const client = createClient(
    plan.requestTimeoutMs,
    outcomeOf(JSON.parse(__ENV.ONSET_OUTCOMES as string)),
    bindings.secrets,
    bindings.refusals,
  )
  let sent = 0

  // A file can be opened only here, before anybody sends.
  const loads = (plan.loads ?? []).map((load, index) =>
    laneOfLoad(load, bindings) === lane
      ? { load, schedule: new Float64Array(open(scheduleFile(__ENV.ONSET_PLAN as string, index), 'b')) }
      : undefined,
  )
  const senders = new Map<string, Sender & { index: number }>()
  for (const [index, { name, kind }] of plan.descriptors.entries()) {
    const binding = bindings.descriptors[name]
    if (binding) senders.set(name, { index, name, binding, paged: kind === 'list' })
  }
  const senderFor = (name: string) => {
    const sender = senders.get(name)
    if (!sender) throw new Error(`the plan sends for ${name}, which it does not describe`)
    return sender
  }

  /** Every request is reported twice: before it leaves, and when its answer is there. */
  let idPrefix = ''
  const newId = () => {
    idPrefix ||= `${lane === 'kept' ? 'k' : 'f'}${exec.vu.idInTest}`
    return `${idPrefix}.${++sent}`
  }
  const reportSent = (id: string, sender: { index: number }, part: string) => (sentMs: number) =>
    console.log(sentLine(id, sender.index, part, sentMs))

  const reportBroken = (error: unknown) =>
    console.log(brokenLine(error instanceof Error ? `${error.message}\n${error.stack}` : String(error)))

  /** When all virtual users are ready, right before the scenarios start: here the clock of the firing begins. */
  const setup = (): Started => {
    const startedAtMs = Date.now()
    console.log(begunLine(startedAtMs))
    return { startedAtMs }
  }

  /** One request of a fill; never more than the fill's count, however often k6 calls. */
  const fill = (): void => {
    // Each look at `exec.scenario` makes it anew, which takes as long as everything else here.
    const { name: part, iterationInTest } = exec.scenario
    const { count, descriptor } = plan.fills[Number(part.slice(1))] as Fill
    if (iterationInTest >= count) return
    const id = newId()
    const sender = senderFor(descriptor)
    console.log(answeredLine(id, client.send(sender, id, reportSent(id, sender, part), iterationInTest)))
  }

  /** The one iteration of a watch. */
  const watch = async ({ startedAtMs }: Started): Promise<void> => {
    const part = exec.scenario.name
    try {
      const watchPlan = plan.watches[Number(part.slice(1))] as WatchPlan
      const stage = {
        now: () => Date.now() - startedAtMs,
        steadyNow: () => exec.instance.currentTestRunDuration,
        later: (waitMs: number, wake: () => void) => {
          const timer = setTimeout(wake, waitMs)
          return () => clearTimeout(timer)
        },
        send: async ({ descriptor }: { descriptor: string }) => {
          const id = newId()
          const sender = senderFor(descriptor)
          const exchange = await client.sendAsync(sender, id, reportSent(id, sender, part))
          console.log(answeredLine(id, exchange))
          const { outcome, sentMs, said } = exchange
          return {
            descriptor,
            outcome: outcomeNames[outcome],
            limitedBy: said?.limitedBy,
            sentMs: sentMs - startedAtMs,
          }
        },
        dropped: (descriptor: string, count: number) =>
          console.log(droppedLine(senderFor(descriptor).index, count, part, Date.now())),
      }
      const { settled } = await conduct(createWatch(watchPlan, plan.rations), stage, {
        maxRequests: watchPlan.maxRequests,
        maxRatePerSecond: watchPlan.maxRatePerSecond ?? plan.maxRatePerSecond,
        rations: plan.rations,
        deadlineMs: Math.min(watchPlan.deadlineMs, plan.deadlineMs),
      })
      console.log(watchedLine(part, settled))
    } catch (error) {
      reportBroken(error)
    }
  }

  /** The one iteration of each virtual user of a load: its part of the schedule, to the last answer. */
  const load = async ({ startedAtMs }: Started): Promise<void> => {
    // Each look at these makes them anew, which takes longer than sending.
    const [{ name: part, iterationInTest: user }, { instance }] = [exec.scenario, exec]
    try {
      const index = Number(part.slice(1))
      const { load, schedule } = loads[index] as Exclude<(typeof loads)[number], undefined>
      const zeroMs = instance.currentTestRunDuration - (Date.now() - startedAtMs)
      const stage = {
        steadyNow: () => instance.currentTestRunDuration - zeroMs,
        later: (waitMs: number, wake: () => void) => {
          setTimeout(wake, waitMs)
        },
        send: async (descriptor: string, turn: number) => {
          const id = loadRequestId({ load: index, turn })
          const sender = senderFor(descriptor)
          console.log(answeredLine(id, await client.sendAsync(sender, id, reportSent(id, sender, part))))
        },
        dropped: (descriptor: string) =>
          console.log(droppedLine(senderFor(descriptor).index, 1, part, Date.now())),
      }
      await pace(load.descriptors, schedule, stage, boundsOf(plan, load, user))
    } catch (error) {
      reportBroken(error)
    }
  }

  return { options: k6Options(plan, bindings, lane), setup, fill, watch, load }
}
