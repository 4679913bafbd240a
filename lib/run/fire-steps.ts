import { setTimeout } from 'node:timers/promises'
import {
  type ClientCpu,
  coolDownMs,
  type Fired,
  type Firing,
  type Objective,
  stepPlan,
  type Traffic,
} from '../capacity/index.ts'
import type { CpuUse } from '../fire/index.ts'
import { type HistoryRecord, outcomeOf } from '../history/index.ts'
import type { Plan } from '../plan/index.ts'
import type { Spec } from '../spec/index.ts'
import type { Site } from './conduct.ts'
import type { Course } from './fire-plan.ts'
import { type FiringNote, observedIn } from './observed-in.ts'

/** What all firings of a run have in common. */
export interface Steps {
  objective: Objective
  traffic: Traffic
  spec: Pick<Spec, 'outcomes' | 'target'>
  /** Requests of all firings together, never passed. */
  maxRequests: number
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
  const { stages, seed, startMs } = load
  const { cpu, endedAtMs } = course.outcome
  const note: FiringNote = {
    number: firings.length + 1,
    ratePerSecond: firing.ratePerSecond,
    durationMs: firing.durationMs,
    seed,
    stages,
    startMs,
    startedAtMs,
    endedAtMs,
    requests: records.length,
    complete: course.reason === 'finished',
    ...(cpu && { cpu: clientCpu(cpu) }),
  }
  firings.push(note)
  const lagMs = await site.lag?.(course)
  if (lagMs) note.lagMs = lagMs
  const observation = observedIn(note, traffic.arrivals, records, outcomeOf(spec.outcomes))
  await setTimeout(coolDownMs(observation), undefined, { signal: site.signal }).catch((error: unknown) => {
    if (!site.signal.aborted) throw error
  })
  return { kind: 'observed', observation }
}

function clientCpu({ shareOfCore, shareOfMachine }: CpuUse): ClientCpu {
  return { shareOfCore, shareOfMachine }
}
