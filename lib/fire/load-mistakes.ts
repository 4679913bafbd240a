import { endOfLoadMs, type Load } from '../plan/load.ts'
import type { Plan } from '../plan/plan.ts'
import { busiestSecond, scheduleOf } from '../plan/schedule.ts'
import { besideLoadsPerSecond } from './load-users.ts'

/** What is wrong with the loads of a plan, as sentences; empty where nothing is. */
export function loadMistakes(plan: Plan): string[] {
  const { loads = [], descriptors, deadlineMs, maxRatePerSecond } = plan
  if (loads.length === 0) return []
  const known = descriptors.map(({ name }) => name)
  const mistakes = loads.flatMap((load, index) =>
    [...shapeMistakes(load), ...strangersIn(load, known), ...tooLong(load, deadlineMs)].map(
      (mistake) => `load ${index + 1} of the plan ${mistake}`,
    ),
  )
  if (mistakes.length > 0) return mistakes
  const most = busiestSecond(together(loads)) + besideLoadsPerSecond(plan)
  if (most <= maxRatePerSecond) return []
  return [`the plan may send ${most} requests within a second, above its own ceiling of ${maxRatePerSecond}`]
}

function shapeMistakes({ stages, startMs, maxInFlight }: Load): string[] {
  const isAmount = (value: number) => Number.isFinite(value) && value >= 0
  const isProper = stages.every(
    ({ durationMs, fromPerSecond, toPerSecond }) =>
      durationMs > 0 && isAmount(durationMs) && isAmount(fromPerSecond) && isAmount(toPerSecond),
  )
  return [
    ...(isProper ? [] : ['has a stage without a duration above 0 and rates from 0']),
    ...(isAmount(startMs) ? [] : ['starts before the firing']),
    ...(Number.isInteger(maxInFlight) && maxInFlight > 0 ? [] : ['lets no request be in flight']),
  ]
}

function strangersIn(load: Load, known: readonly string[]): string[] {
  if (load.descriptors.length === 0) return ['sends for nobody']
  const strangers = load.descriptors.filter((name) => !known.includes(name))
  return [...new Set(strangers)].map((name) => `sends for ${name}, which the plan does not describe`)
}

function tooLong(load: Load, deadlineMs: number): string[] {
  const endMs = endOfLoadMs(load)
  return endMs > deadlineMs ? [`ends after ${endMs} ms, later than the deadline of ${deadlineMs} ms`] : []
}

function together(loads: readonly Load[]): Float64Array {
  const schedules = loads.map(scheduleOf)
  const all = new Float64Array(schedules.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const schedule of schedules) {
    all.set(schedule, at)
    at += schedule.length
  }
  return all.sort()
}
