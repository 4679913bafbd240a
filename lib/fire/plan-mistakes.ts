import { requestCount } from '../plan/load.ts'
import type { Plan } from '../plan/plan.ts'
import { loadMistakes } from './load-mistakes.ts'

/** What about a plan would keep its own promises from being kept, as sentences; empty where nothing does. */
export function planMistakes(plan: Plan): string[] {
  const { fills, watches, loads = [], rations = [], maxRequests } = plan
  const mistakes = loadMistakes(plan)
  const planned = [
    ...fills.map(({ count }) => count),
    ...watches.map((watch) => watch.maxRequests),
    ...loads.map(requestCount),
  ]
  const most = planned.reduce((total, count) => total + count, 0)
  if (most > maxRequests) {
    mistakes.push(`the plan may send ${most} requests, above its own ceiling of ${maxRequests}`)
  }
  for (const { descriptors } of rations) {
    const isRationed = (name: string) => descriptors.includes(name)
    const senders = [
      ...watches.map(({ gauges }) => gauges.flatMap(({ fillers }) => fillers)),
      ...loads.map((load) => load.descriptors),
    ].filter((names) => names.some(isRationed))
    // Only a single watch or load can know of everything that is sent under a ration.
    if (senders.length > 1 || fills.some(({ descriptor }) => isRationed(descriptor))) {
      mistakes.push(`the ration of ${descriptors.join(', ')} is used by more than one watch or load`)
    }
  }
  return mistakes
}
