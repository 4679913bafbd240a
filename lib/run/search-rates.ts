import { setTimeout } from 'node:timers/promises'
import {
  type ClientCpu,
  compareOpinions,
  coolDownMs,
  type Fired,
  type Firing,
  type Found,
  findCapacity,
  type Observation,
  type Opinions,
  type Question,
  requestsOf,
  type StepJudgement,
  secondOpinion,
  stepPlan,
  type Traffic,
} from '../capacity/index.ts'
import { readLoadRequest } from '../fire/index.ts'
import { type HistoryRecord, outcomeOf } from '../history/index.ts'
import { type Plan, scheduleOf } from '../plan/index.ts'
import type { Spec } from '../spec/index.ts'
import type { Conduct, Lag, Site } from './conduct.ts'
import type { Course } from './fire-plan.ts'

/** What a search for a capacity is to do. */
export interface RateSearch {
  question: Question
  traffic: Traffic
  spec: Pick<Spec, 'outcomes' | 'target'>
  /** Requests of all firings together, never passed. */
  maxRequests: number
  /** For how long autocannon is asked as well, in seconds, and how far it may be off; left out, it is not. */
  opinion?: { seconds: number; tolerance: number }
  /** Told before each firing. */
  onFiring?: (firing: Firing) => void
  onStep?: (step: StepJudgement) => void
}

/** One firing of a search, as it is found again in the history: its requests have ids that begin with `number-`. */
export interface FiringNote {
  number: number
  ratePerSecond: number
  durationMs: number
  seed: number
  startedAtMs: number
  endedAtMs: number
  requests: number
}

/** How a search went; `undefined` before its end. */
export interface RateSearched extends Found {
  firings: FiringNote[]
  opinions?: Opinions
}

/** Conducts a run that looks for the highest rate under an objective. */
export function searchRates(search: RateSearch): { conduct: Conduct; readonly searched?: RateSearched } {
  let searched: RateSearched | undefined
  return {
    get searched() {
      return searched
    },
    async conduct(site) {
      const courses: Course[] = []
      const firings: FiringNote[] = []
      const fire = (firing: Firing) => fireStep(search, site, firing, courses, firings)
      const found = await findCapacity(search.question, fire, search.onStep)
      const opinions = await askAgain(search, site, found)
      searched = { ...found, firings, ...(opinions && { opinions }) }
      return courseOf(found, courses)
    },
  }
}

async function fireStep(
  { question, traffic, spec, maxRequests, onFiring }: RateSearch,
  site: Site,
  firing: Firing,
  courses: Course[],
  firings: FiringNote[],
): Promise<Fired> {
  const plan = stepPlan(traffic, question.objective, firing, firings.length)
  const sent = firings.reduce((sum, { requests }) => sum + requests, 0)
  if (sent + plan.maxRequests > maxRequests) return { kind: 'ended', end: 'requests' }
  onFiring?.(firing)
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
    ...{ ratePerSecond: firing.ratePerSecond, durationMs: firing.durationMs },
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
  const cpu: ClientCpu | undefined = outcome?.cpu
  const seenMs = reason === 'finished' ? durationMs : (requests.dueMs.at(-1) ?? 0)
  return { ratePerSecond, durationMs: seenMs, ...requests, ...(cpu && { cpu }), ...(lagMs && { lagMs }) }
}

/** The place of a request in the schedule of its firing; its id has the firing before it. */
function turnOf(request: string | undefined): number | undefined {
  return readLoadRequest(request?.replace(/^\d+-/, ''))?.turn
}

/** Asks autocannon about the highest rate that is met. */
async function askAgain(
  { opinion, question, traffic, spec, maxRequests }: RateSearch,
  { bindings, signal, record }: Site,
  { answer, steps }: Found,
): Promise<Opinions | undefined> {
  const step = steps.find(({ ratePerSecond }) => ratePerSecond === answer.metPerSecond)
  if (!opinion || !step || signal.aborted) return undefined
  const names = traffic.descriptors.map(({ name }) => name)
  const plan = stepPlan(
    traffic,
    question.objective,
    { kind: 'fire', ratePerSecond: step.ratePerSecond, durationMs: 1000 },
    0,
  )
  const given = await secondOpinion({
    bindings: Object.fromEntries(
      Object.entries(bindings.descriptors).filter(([name]) => names.includes(name)),
    ),
    ratePerSecond: step.ratePerSecond,
    seconds: opinion.seconds,
    arrivals: traffic.arrivals,
    seed: traffic.seed,
    maxRequests: Math.min(maxRequests, Math.ceil(step.ratePerSecond * (opinion.seconds + 1)) + 1),
    requestTimeoutMs: plan.requestTimeoutMs,
    outcomes: spec.outcomes,
    stopWhenFailing: spec.target?.stopWhenFailing,
    signal,
    onRecord: record,
  })
  return compareOpinions(step, given, opinion.tolerance)
}

/** How the run went as a whole: a target that failed at some rate has kept nothing from being carried out. */
function courseOf({ answer }: Found, courses: readonly Course[]): Course {
  const last = courses.at(-1)
  if (!last?.outcome) return last ?? { reason: 'not-started' }
  const outcome = {
    ...last.outcome,
    startedAtMs: courses.find(({ outcome }) => outcome?.startedAtMs !== undefined)?.outcome?.startedAtMs,
    lostLines: courses.reduce((sum, each) => sum + (each.outcome?.lostLines ?? 0), 0),
  }
  return answer.end === 'broken-off' || answer.end === 'interrupted'
    ? { ...last, outcome }
    : { reason: 'finished', outcome }
}
