import type { Limit } from '../spec/index.ts'
import type { Arrival } from './arrival.ts'
import type { Promised } from './limits-under-test.ts'
import { drawTraffic } from './traffic.ts'
import type { Plan } from './verify-options.ts'

/** Between the traffic for one limit and that for the next, so many of the longest window pass. */
const pauseWindows = 2.2

/**
 * Draws the traffic of one history. Each limit gets its own, one after another in an order that is drawn:
 * its keys, or groups of keys, are filled from one to all of them.
 */
export function drawPromisedTraffic(
  plan: Plan,
  { limits, scopesOf }: Promised,
  random: () => number,
): Arrival[] {
  const { highestCost, latencyMs } = plan
  const longestMs = Math.max(...limits.map(({ window }) => window))
  const arrivals: Arrival[] = []
  for (const limit of shuffled(limits, random)) {
    const lastMs = arrivals.at(-1)?.sentMs
    const groups = groupsOf(plan.keys, limit, scopesOf)
    const shape = {
      limit: limit.limit,
      windowMs: limit.window,
      // Where a limit over others is in the way, few of them can be filled at once.
      keys: groups.slice(0, 1 + Math.floor(random() ** limits.length * groups.length)),
      highestCost,
      startMs: lastMs === undefined ? undefined : lastMs + pauseWindows * longestMs,
    }
    arrivals.push(...drawTraffic(shape, random))
  }
  // Whole milliseconds are what the limiter is told, and all that a person wants to read.
  return arrivals.slice(0, plan.requests).map((arrival) => ({
    ...arrival,
    sentMs: Math.round(arrival.sentMs),
    thereMs: random() * latencyMs,
    backMs: random() * latencyMs,
  }))
}

/** The keys that a limit counts together. */
function groupsOf(
  keys: readonly string[],
  { scope }: Limit,
  scopesOf: Promised['scopesOf'],
): (string | string[])[] {
  const groups = Map.groupBy(keys, (key) => scopesOf(key)[scope])
  return [...groups.values()].map((group) => (group.length === 1 ? (group[0] as string) : group))
}

function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  const left = [...values]
  return values.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as Value)
}
