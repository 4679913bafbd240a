import { ceilProduct, divideProduct, modulo } from './exact.ts'
import type { LimiterModel, LimiterParameters } from './model.ts'

/** The counts of the window that starts at `startUs` and of the one before it. */
export interface SlidingCounterState {
  readonly startUs: number
  readonly current: number
  readonly previous: number
}

/**
 * Sliding counter: windows as of a fixed window; at `e` after its window's start a request is let
 * through iff `round(previous · (windowUs - e) / windowUs) + current + cost <= limit`. The previous
 * window is thus taken as evenly spread.
 *
 * `rounding` is what libraries differ in. With whole costs, `none` and `ceil` decide alike: a sum of a
 * fraction and a whole number is not above a whole limit iff that of the fraction rounded up is not.
 * Exact: the rule is solved for e, in whole microseconds, so no weighted count is ever computed.
 */
export function slidingCounter({
  limit,
  windowUs,
  phaseUs = 0,
  rounding = 'floor',
}: LimiterParameters): LimiterModel<SlidingCounterState> {
  function at(state: SlidingCounterState, atUs: number): SlidingCounterState {
    if (atUs < state.startUs + windowUs) return state
    const startUs = atUs - modulo(atUs - phaseUs, windowUs)
    const previous = startUs === state.startUs + windowUs ? state.current : 0
    return { startUs, current: 0, previous }
  }

  const fromUs = (state: SlidingCounterState, cost: number) =>
    state.startUs +
    (slidingCounterOpensUs(state.previous, limit - state.current - cost, windowUs, rounding) ??
      Number.POSITIVE_INFINITY)

  return {
    algorithm: 'sliding-counter',
    init: () => ({ startUs: Number.NEGATIVE_INFINITY, current: 0, previous: 0 }),
    admits(state, atUs, cost) {
      const now = at(state, atUs)
      return fromUs(now, cost) <= atUs
    },
    charge(state, atUs, cost) {
      const { startUs, current, previous } = at(state, atUs)
      return { startUs, current: current + cost, previous }
    },
    admitsFromUs(state, atUs, cost) {
      if (cost > limit) return Number.POSITIVE_INFINITY
      const now = at(state, atUs)
      if (now.current + cost <= limit) return Math.max(atUs, fromUs(now, cost))
      const next = { startUs: now.startUs + windowUs, current: 0, previous: now.current }
      return fromUs(next, cost)
    },
  }
}

/**
 * The least time since a window's start from which the count of the window before leaves so much room
 * for what is counted in this one; `undefined` where there is less than none.
 */
export function slidingCounterOpensUs(
  previous: number,
  room: number,
  windowUs: number,
  rounding: 'floor' | 'none' | 'ceil',
): number | undefined {
  if (room < 0) return undefined
  if (previous === 0) return 0
  // floor(p·(W-e)/W) <= room  iff  p·(W-e) < (room+1)·W;  otherwise  p·(W-e) <= room·W.
  const remainingUs =
    rounding === 'floor'
      ? ceilProduct(room + 1, windowUs, 0, previous) - 1
      : divideProduct(room, windowUs, 0, previous).quotient
  return Math.max(0, windowUs - remainingUs)
}
