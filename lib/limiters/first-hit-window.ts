import type { LimiterModel, LimiterParameters } from './model.ts'

/** The window that the last counted request fell into: its first request's instant, and its count. */
export interface FirstHitWindowState {
  readonly startUs: number
  readonly count: number
}

/**
 * First-hit window: a window opens at the first request that is counted after the last window ended
 * and covers `[start, start + windowUs)`; within it, a request is let through iff the count plus its
 * cost is not above the limit. Requests within a window never prolong it.
 */
export function firstHitWindow({ limit, windowUs }: LimiterParameters): LimiterModel<FirstHitWindowState> {
  const countAt = (state: FirstHitWindowState, atUs: number) =>
    atUs < state.startUs + windowUs ? state.count : 0

  return {
    algorithm: 'first-hit-window',
    init: () => ({ startUs: Number.NEGATIVE_INFINITY, count: 0 }),
    admits: (state, atUs, cost) => countAt(state, atUs) + cost <= limit,
    charge(state, atUs, cost) {
      if (atUs < state.startUs + windowUs) return { startUs: state.startUs, count: state.count + cost }
      return { startUs: atUs, count: cost }
    },
    admitsFromUs(state, atUs, cost) {
      if (cost > limit) return Number.POSITIVE_INFINITY
      return countAt(state, atUs) + cost <= limit ? atUs : state.startUs + windowUs
    },
  }
}
