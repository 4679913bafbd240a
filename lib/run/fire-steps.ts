import { setTimeout } from 'node:timers/promises'
import {
  type ClientCpu,
  coolDownMs,
  type Fired,
  type Firing,
  type Objective,
  type Observation,
  requestsOf,
  stepPlan,
  type Traffic,
} from '../capacity/index.ts'
import { type CpuUse, readLoadRequest } from '../fire/index.ts'
import { type HistoryRecord, outcomeOf } from '../history/index.ts'
import { type Plan, scheduleOf } from '../plan/index.ts'
import type { Spec } from '../spec/index.ts'
import type { Lag, Site } from './conduct.ts'
import type { Course } from './fire-plan.ts'

/** What all firings of a run have in common. */
export interface Steps {
  objective: Objective
  traffic: Traffic
  spec: Pick<Spec, 'outcomes' | 'target'>
  /** Requests of all firings together, never passed. */
  maxRequests: number
}

/** One firing, as it is found again in the history: its requests have ids that begin with `number-`. */
export interface FiringNote {
  number: number
  ratePerSecond: number
  durationMs: number
  seed: number
  startedAtMs: number
  endedAtMs: number
  requests: number
}

/** Fires one rate after another at a site, each after the target has cooled down. */
export interface StepFiring {
  fire(firing: Firing): Promise<Fired>
  readonly firings: FiringNote[]
  /** How the run went as a whole: a target that failed at some rate has kept nothing from being carried out. */
  course(isDone: boolean): Course
}

/** Makes ready to fire at a site. */
export function createStepFiring(steps: Steps, site: Site): StepFiring {
  const courses: Course[] = []
  const firings: FiringNote[] = []
  return {
    firings,
    fire: (firing) => fireStep(steps, site, firing, courses, firings),
    course(isDone) {
      const last = courses.at(-1)
      if (!last?.outcome) return last ?? { reason: 'not-started' }
      const outcome = {
        ...last.outcome,
        startedAtMs: courses.find((each) => each.outcome?.startedAtMs !== undefined)?.outcome?.startedAtMs,
        lostLines: courses.reduce((sum, each) => sum + (each.outcome?.lostLines ?? 0), 0),
      }
      return isDone ? { reason: 'finished', outcome } : { ...last, outcome }
    },
  }
}

async function fireStep(
  { objective, traffic, spec, maxRequests }: Steps,
  site: Site,
  firing: Firing,
  courses: Course[],
  firings: FiringNote[],
): Promise<Fired> {
  const plan = stepPlan(traffic, objective, firing, firings.length)
  const sent = firings.reduce((sum, { requests }) => sum + requests, 0)
  if (sent + plan.maxRequests > maxRequests) return { kind: 'ended', end: 'requests' }
  const records: HistoryRecord[] = []
  const course = await site.fire(plan, (record) => records.push(record))
  courses.push(course)
  const startedAtMs = course.outcome?.loadsStartedAtMs[0]
  if (site.signal.aborted || course.reason === 'interrupted') return { kind: 'ended', end: 'interrupted' }
  const isSeen = course.reason === 'finished' || course.reason === 'target-failing'
  if (!isSeen || startedAtMs === undefined || !course.outcome) return { kind: 'ended', end: 'broken-off' }
  const [load] = plan.loads as [NonNullable<Plan['loads']>[number]]
  firings.push({
    number: firings.length + 1,
    ratePerSecond: firing.ratePerSecond,
    durationMs: firing.durationMs,
    seed: load.seed,
    startedAtMs,
    endedAtMs: course.outcome.endedAtMs,
    requests: records.length,
  })
  const lagMs = await site.lag?.(course)
  const observation = observationOf(firing, plan, startedAtMs, records, course, spec, lagMs)
  await setTimeout(coolDownMs(observation), undefined, { signal: site.signal }).catch((error: unknown) => {
    if (!site.signal.aborted) throw error
  })
  return { kind: 'observed', observation }
}

function observationOf(
  { ratePerSecond, durationMs }: Firing,
  plan: Plan,
  startedAtMs: number,
  records: readonly HistoryRecord[],
  { reason, outcome }: Course,
  { outcomes }: Pick<Spec, 'outcomes'>,
  lagMs: Lag | undefined,
): Observation {
  const [load] = plan.loads as [NonNullable<Plan['loads']>[number]]
  const turns = records.flatMap((record) => {
    const turn = turnOf(record.request)
    return turn === undefined ? [] : [{ ...record, turn }]
  })
  const requests = requestsOf(scheduleOf(load), {
    startedAtMs,
    records: turns,
    complete: reason === 'finished',
    outcomeOf: outcomeOf(outcomes),
  })
  const cpu = outcome?.cpu && clientCpu(outcome.cpu)
  const seenMs = reason === 'finished' ? durationMs : (requests.dueMs.at(-1) ?? 0)
  return { ratePerSecond, durationMs: seenMs, ...requests, ...(cpu && { cpu }), ...(lagMs && { lagMs }) }
}

/** The place of a request in the schedule of its firing; its id has the firing before it. */
function turnOf(request: string | undefined): number | undefined {
  return readLoadRequest(request?.replace(/^\d+-/, ''))?.turn
}

function clientCpu({ shareOfCore, shareOfMachine }: CpuUse): ClientCpu {
  return { shareOfCore, shareOfMachine }
}
