import type { Plan } from './plan.ts'

/**
 * The same plan without opening fills for certain descriptors: their watches begin with them instead.
 * A fill is carried out by many virtual users that know nothing of each other; a watch by one, which
 * can keep to what is never to be passed.
 */
export function openedByWatches(plan: Plan, isMeant: (descriptor: string) => boolean): Plan {
  const moved = plan.fills.filter(({ descriptor }) => isMeant(descriptor) && watchOf(plan, descriptor))
  const watches = plan.watches.map((watch) => {
    const starts = moved
      .filter(({ descriptor }) => watchOf(plan, descriptor) === watch)
      .map(({ startMs }) => startMs)
    return { ...watch, startMs: Math.min(watch.startMs, ...starts) }
  })
  return { ...plan, fills: plan.fills.filter((fill) => !moved.includes(fill)), watches }
}

function watchOf({ watches }: Plan, descriptor: string) {
  return watches.find(({ gauges }) => gauges.some(({ fillers }) => fillers.includes(descriptor)))
}
