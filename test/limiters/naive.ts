import type { LimiterParameters } from '../../lib/limiters/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'

/** Something that was counted. */
export interface Counted {
  atUs: number
  cost: number
}

/**
 * The textbook rule of each algorithm, recomputed from everything that was ever counted. Slow, with
 * BigInt where a fraction appears, and written without a look at the models: what they are held to.
 */
export type NaiveRule = (p: LimiterParameters, counted: Counted[], atUs: number, cost: number) => boolean

const sum = (counted: Counted[]) => counted.reduce((total, { cost }) => total + cost, 0)

const windowOf = (p: LimiterParameters, atUs: number) => Math.floor((atUs - (p.phaseUs ?? 0)) / p.windowUs)

const inWindow = (p: LimiterParameters, counted: Counted[], window: number) =>
  sum(counted.filter(({ atUs }) => windowOf(p, atUs) === window))

/** Tokens, times the window, after living through every microsecond up to `atUs`. */
function bucketCredits(p: LimiterParameters, counted: Counted[], atUs: number): bigint {
  const window = BigInt(p.windowUs)
  const full = BigInt(p.burst ?? p.limit) * window
  const tick = p.refillTickUs ?? 1
  let credits = full
  const first = counted[0]
  if (!first) return credits
  let next = 0
  for (let us = first.atUs; us <= atUs; us++) {
    const isTick = (((us - (p.phaseUs ?? 0)) % tick) + tick) % tick === 0
    if (isTick) credits += BigInt(p.limit) * BigInt(tick)
    if (credits > full) credits = full
    for (; counted[next]?.atUs === us; next++) credits -= BigInt(counted[next]?.cost ?? 0) * window
  }
  return credits
}

export const naiveRules: Record<Algorithm, NaiveRule> = {
  'fixed-window': (p, counted, atUs, cost) => inWindow(p, counted, windowOf(p, atUs)) + cost <= p.limit,

  'first-hit-window'(p, counted, atUs, cost) {
    let start = Number.NEGATIVE_INFINITY
    let count = 0
    for (const hit of [...counted, { atUs, cost: 0 }]) {
      if (hit.atUs - start >= p.windowUs) {
        start = hit.atUs
        count = 0
      }
      count += hit.cost
    }
    return count + cost <= p.limit
  },

  'sliding-log': (p, counted, atUs, cost) =>
    sum(counted.filter((hit) => hit.atUs > atUs - p.windowUs && hit.atUs <= atUs)) + cost <= p.limit,

  'sliding-counter'(p, counted, atUs, cost) {
    const window = windowOf(p, atUs)
    const elapsed = atUs - (p.phaseUs ?? 0) - window * p.windowUs
    const weighted = BigInt(inWindow(p, counted, window - 1)) * BigInt(p.windowUs - elapsed)
    const whole = weighted / BigInt(p.windowUs)
    const hasRest = weighted % BigInt(p.windowUs) !== 0n
    const rest = BigInt(inWindow(p, counted, window) + cost)
    if (p.rounding === 'none') return weighted + rest * BigInt(p.windowUs) <= BigInt(p.limit * p.windowUs)
    const rounded = p.rounding === 'ceil' && hasRest ? whole + 1n : whole
    return rounded + rest <= BigInt(p.limit)
  },

  'token-bucket': (p, counted, atUs, cost) =>
    bucketCredits(p, counted, atUs) >= BigInt(cost) * BigInt(p.windowUs),

  gcra(p, counted, atUs, cost) {
    // In units of a microsecond over the limit: T is windowUs, an instant is atUs · limit.
    const limit = BigInt(p.limit)
    const interval = BigInt(p.windowUs)
    const tolerance = BigInt((p.burst ?? p.limit) - 1) * interval
    let tat: bigint | undefined
    const after = (at: bigint) => (tat === undefined || tat < at ? at : tat)
    for (const hit of counted) tat = after(BigInt(hit.atUs) * limit) + BigInt(hit.cost) * interval
    const now = BigInt(atUs) * limit
    return now >= after(now) + BigInt(cost - 1) * interval - tolerance
  },
}
