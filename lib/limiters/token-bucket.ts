import { ceilProduct, divideProduct, greatestCommonDivisor, modulo } from './exact.ts'
import type { LimiterModel, LimiterParameters } from './model.ts'

/**
 * The bucket as it was at `atUs`: `whole + fraction / windowUs` tokens (with limit and window in lowest
 * terms). Below 0 where refused requests were counted.
 */
export interface TokenBucketState {
  readonly atUs: number
  readonly whole: number
  readonly fraction: number
}

/**
 * Token bucket: full at the start; `limit` tokens flow in per window, up to `burst`; a request is let
 * through iff its cost in tokens is there. Lets up to `burst + limit` through in one window.
 *
 * With `refillTickUs`, tokens arrive only at the instants `phaseUs + k·refillTickUs`, each bringing what
 * has flowed since the one before; a request at such an instant finds them. Continuous flow is the same
 * with ticks of a microsecond.
 *
 * Exact: tokens are kept as a whole number and a numerator over the window, so nothing drifts.
 */
export function tokenBucket({
  limit,
  windowUs,
  burst = limit,
  refillTickUs = 1,
  phaseUs = 0,
}: LimiterParameters): LimiterModel<TokenBucketState> {
  const divisor = greatestCommonDivisor(limit, windowUs)
  const tokens = limit / divisor
  const perUs = windowUs / divisor

  const lastTickUs = (atUs: number) =>
    refillTickUs === 1 ? atUs : atUs - modulo(atUs - phaseUs, refillTickUs)

  function at(state: TokenBucketState, atUs: number): TokenBucketState {
    const tickUs = lastTickUs(atUs)
    if (state.whole >= burst) return { atUs: tickUs, whole: burst, fraction: 0 }
    const { quotient, remainder } = divideProduct(tickUs - state.atUs, tokens, state.fraction, perUs)
    const whole = state.whole + quotient
    return whole >= burst
      ? { atUs: tickUs, whole: burst, fraction: 0 }
      : { atUs: tickUs, whole, fraction: remainder }
  }

  return {
    algorithm: 'token-bucket',
    init: () => ({ atUs: 0, whole: burst, fraction: 0 }),
    admits: (state, atUs, cost) => at(state, atUs).whole >= cost,
    charge(state, atUs, cost) {
      const { atUs: tickUs, whole, fraction } = at(state, atUs)
      return { atUs: tickUs, whole: whole - cost, fraction }
    },
    admitsFromUs(state, atUs, cost) {
      const now = at(state, atUs)
      if (now.whole >= cost) return atUs
      if (cost > burst || tokens === 0) return Number.POSITIVE_INFINITY
      const flowUs = ceilProduct(cost - now.whole, perUs, -now.fraction, tokens)
      return now.atUs + Math.ceil(flowUs / refillTickUs) * refillTickUs
    },
  }
}
