import type { LimiterModel, LimiterParameters } from './model.ts'

/** Instants and costs in the order in which they were counted; only ever appended to. */
interface Log {
  readonly atUs: number[]
  readonly costs: number[]
}

/**
 * The entries `[from, to)` of a log. States that follow one another share one log: each sees only its
 * own stretch, so what is appended behind it does not change it. A state that is charged a second
 * time (a branch, in a search) finds the place behind its stretch taken and copies the stretch.
 */
export interface SlidingLogState {
  readonly log: Log
  readonly from: number
  readonly to: number
  /** Sum of the costs of the stretch. */
  readonly sum: number
}

/** Expired entries at the front of a log are dropped once there are so many, and as many as live ones. */
const compactFrom = 64

/**
 * Sliding log: a request at t is let through iff the costs counted in `(t - windowUs, t]` plus its own
 * are not above the limit; an entry exactly one window old no longer counts.
 *
 * Counting is O(1) amortised along a chain of states. When refused requests are counted too, only the
 * newest entries that together exceed the limit are kept: while those are in the window everything is
 * refused, and when they are not, neither are the older ones. A state thus holds at most limit + 1
 * entries.
 */
export function slidingLog({ limit, windowUs }: LimiterParameters): LimiterModel<SlidingLogState> {
  return {
    algorithm: 'sliding-log',
    init: () => ({ log: { atUs: [], costs: [] }, from: 0, to: 0, sum: 0 }),

    admits(state, atUs, cost) {
      const { log, to } = state
      let { from, sum } = state
      while (sum + cost > limit) {
        if (from === to || (log.atUs[from] as number) > atUs - windowUs) return false
        sum -= log.costs[from++] as number
      }
      return true
    },

    charge(state, atUs, cost) {
      let { log, from, to, sum } = state
      sum += cost
      while (
        from < to &&
        ((log.atUs[from] as number) <= atUs - windowUs || sum - (log.costs[from] as number) > limit)
      ) {
        sum -= log.costs[from++] as number
      }
      const branches = log.atUs.length !== to
      if (branches || (from >= compactFrom && from >= to - from)) {
        log = { atUs: log.atUs.slice(from, to), costs: log.costs.slice(from, to) }
        to -= from
        from = 0
      }
      log.atUs.push(atUs)
      log.costs.push(cost)
      return { log, from, to: to + 1, sum }
    },

    admitsFromUs(state, atUs, cost) {
      if (cost > limit) return Number.POSITIVE_INFINITY
      const { log } = state
      let { from, sum } = state
      let fromUs = atUs
      while (sum + cost > limit) {
        fromUs = Math.max(fromUs, (log.atUs[from] as number) + windowUs)
        sum -= log.costs[from++] as number
      }
      return fromUs
    },
  }
}
