import { ceilProduct, divideProduct, greatestCommonDivisor } from './exact.ts'
import type { LimiterModel, LimiterParameters } from './model.ts'

/**
 * The theoretical arrival time (TAT): `wholeUs + fraction / limit` microseconds, with limit and window in
 * lowest terms.
 */
export interface GcraState {
  readonly wholeUs: number
  readonly fraction: number
}

/**
 * GCRA, the generic cell rate algorithm (ITU-T I.371, virtual scheduling): with the emission interval
 * `T = windowUs / limit` and the tolerance `τ = (burst - 1)·T`, a request of cost c is let through at t iff
 * `max(t, TAT) + c·T - t <= T + τ`, for c = 1 that is `t >= TAT - τ`; then `TAT = max(t, TAT) + c·T`.
 * Decides exactly as a continuous token bucket of `burst` tokens does.
 *
 * Exact: the TAT is kept as whole microseconds and a numerator over the limit, so `T` is never rounded.
 */
export function gcra({ limit, windowUs, burst = limit }: LimiterParameters): LimiterModel<GcraState> {
  const divisor = greatestCommonDivisor(limit, windowUs)
  const units = limit / divisor
  const periodUs = windowUs / divisor

  function admitsFromUs(state: GcraState, atUs: number, cost: number): number {
    if (cost > burst) return Number.POSITIVE_INFINITY
    if (state.wholeUs < atUs) return atUs
    return Math.max(atUs, state.wholeUs + ceilProduct(cost - burst, periodUs, state.fraction, units))
  }

  return {
    algorithm: 'gcra',
    init: () => ({ wholeUs: Number.NEGATIVE_INFINITY, fraction: 0 }),
    admits: (state, atUs, cost) => admitsFromUs(state, atUs, cost) <= atUs,
    charge(state, atUs, cost) {
      if (units === 0) return state
      const late = state.wholeUs >= atUs
      const { quotient, remainder } = divideProduct(cost, periodUs, late ? state.fraction : 0, units)
      return { wholeUs: (late ? state.wholeUs : atUs) + quotient, fraction: remainder }
    },
    admitsFromUs,
  }
}
