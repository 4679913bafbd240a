import type { Plan } from '../plan/plan.ts'

/** What about a plan would keep its own promises from being kept, as sentences; empty where nothing does. */
export function planMistakes({ fills, watches, rations = [], maxRequests }: Plan): string[] {
  const mistakes: string[] = []
  const planned = [...fills.map(({ count }) => count), ...watches.map((watch) => watch.maxRequests)]
  const most = planned.reduce((total, count) => total + count, 0)
  if (most > maxRequests) {
    mistakes.push(`the plan may send ${most} requests, above its own ceiling of ${maxRequests}`)
  }
  for (const { descriptors } of rations) {
    const isRationed = (name: string) => descriptors.includes(name)
    const senders = watches.filter(({ gauges }) => gauges.some(({ fillers }) => fillers.some(isRationed)))
    // Only a single watch can know of everything that is sent under a ration.
    if (senders.length > 1 || fills.some(({ descriptor }) => isRationed(descriptor))) {
      mistakes.push(`the ration of ${descriptors.join(', ')} is used by more than one watch`)
    }
  }
  return mistakes
}
