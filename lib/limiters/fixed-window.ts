import { modulo } from './exact.ts'
import type { LimiterModel, LimiterParameters } from './model.ts'

/** What was counted in the latest window that anything was counted in. */
export interface FixedWindowState {
  readonly startUs: number
  readonly count: number
}

/**
 * Fixed window: time is cut into windows `[phaseUs + k·windowUs, phaseUs + (k+1)·windowUs)`, and a
 * request is let through iff the count of its window plus its cost is not above the limit. Lets up
 * to twice the limit through within a moment, across a boundary.
 */
export function fixedWindow({
  limit,
  windowUs,
  phaseUs = 0,
}: LimiterParameters): LimiterModel<FixedWindowState> {
  const countAt = (state: FixedWindowState, atUs: number) =>
    atUs < state.startUs + windowUs ? state.count : 0

  return {
    algorithm: 'fixed-window',
    init: () => ({ startUs: Number.NEGATIVE_INFINITY, count: 0 }),
    admits: (state, atUs, cost) => countAt(state, atUs) + cost <= limit,
    charge(state, atUs, cost) {
      if (atUs < state.startUs + windowUs) return { startUs: state.startUs, count: state.count + cost }
      return { startUs: atUs - modulo(atUs - phaseUs, windowUs), count: cost }
    },
    admitsFromUs(state, atUs, cost) {
      if (cost > limit) return Number.POSITIVE_INFINITY
      return countAt(state, atUs) + cost <= limit ? atUs : state.startUs + windowUs
    },
  }
}
