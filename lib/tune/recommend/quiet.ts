import type { CandidateLimit } from '../candidate.ts'
import { SlidingSums } from '../counters/index.ts'
import type { Demand } from '../demand.ts'
import type { Period } from '../measures.ts'
import type { QuietBound } from './objective.ts'

/**
 * Half of the tightest limit that a request with this scope is under today: of the limits whose scope stands in
 * a descriptor beside it, the one that lets the fewest through in the long run.
 */
export function quietBoundOf(
  { descriptors }: Demand,
  today: readonly CandidateLimit[],
  scope: string,
): QuietBound {
  const touched = descriptors.filter(({ scopes }) => Object.hasOwn(scopes, scope))
  const applying = today.filter(
    (limit) => limit.scope === scope || touched.some(({ scopes }) => Object.hasOwn(scopes, limit.scope)),
  )
  const rate = ({ limit, windowMs }: CandidateLimit) => limit / windowMs
  const tightest = applying.reduce((least, each) => (rate(each) < rate(least) ? each : least))
  return { most: Math.floor(tightest.limit / 2), spanMs: tightest.windowMs }
}

/** For each descriptor 1, if it carries the scope and is quiet. */
export function quietDescriptors(demand: Demand, scope: string, { most, spanMs }: QuietBound): Uint8Array {
  const { descriptors, count, atUs, descriptor, cost } = demand
  const quiet = Uint8Array.from(descriptors, ({ scopes }) => (Object.hasOwn(scopes, scope) ? 1 : 0))
  const asked = new SlidingSums(Math.round(spanMs * 1000), descriptors.length)
  for (let row = 0; row < count; row++) {
    const who = descriptor[row] as number
    if (quiet[who] === 0) continue
    const [at, units] = [atUs[row] as number, cost[row] as number]
    if (asked.sum(who, at) + units > most) quiet[who] = 0
    asked.add(who, at, units)
  }
  return quiet
}

/** What was asked in a day. Counts are of requests. */
export interface AskedDay {
  asked: number
  /** Of quiet descriptors. */
  quiet: number
}

/** What was asked in each day, from the first on. */
export function askedDays({ descriptor }: Demand, quiet: Uint8Array, periods: readonly Period[]): AskedDay[] {
  const days: AskedDay[] = []
  for (const { from, to, day } of periods) {
    while (days.length <= day) days.push({ asked: 0, quiet: 0 })
    const today = days[day] as AskedDay
    today.asked += to - from
    for (let row = from; row < to; row++) today.quiet += quiet[descriptor[row] as number] as number
  }
  return days
}
