import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Edge } from './earliest.ts'

/** A request in an order, as one limiter saw it. */
export interface Placed {
  i: number
  admitted: boolean | undefined
  counted: boolean
  /**
   * Fixed window, sliding counter: the number of its window, from the phase on; a bucket that is refilled at
   * intervals: of the last refill before it. First-hit window: the
   * place in the order of what opened its window, -1 for none. GCRA: the place of what the bucket was
   * last full before, -1 where it is full.
   */
  mark: number
}

/** The limiter that gave an answer. */
export interface Asked {
  hypothesis: Hypothesis
  /** The variable that is its phase. */
  phase: number
  /** Of each request. */
  costs: readonly number[]
  /** How long after its window's start a sliding counter admits what brings the window's units up to these. */
  opensUs(before: number, units: number): number
}

/** First-hit window and GCRA: the place in the order that the mark of a following request may name. */
export function stateAfter(order: readonly Placed[], k: number): number {
  const { mark, counted } = order[k] as Placed
  return mark === -1 ? (counted ? k : -1) : mark
}

/** Adds what the k-th answer takes. `false` where the limiter cannot give it. */
export function demand(
  order: readonly Placed[],
  k: number,
  { hypothesis, phase, costs, opensUs }: Asked,
  edges: Edge[],
): boolean {
  const { i, admitted, mark } = order[k] as Placed
  const { algorithm, limit, windowUs } = hypothesis
  const costOf = (placed: Placed) => costs[placed.i] as number
  const cost = costOf(order[k] as Placed)
  const earlier = order.slice(0, k).filter(({ counted }) => counted)
  const units = (some: readonly Placed[]) => some.reduce((sum, placed) => sum + costOf(placed), 0)
  const answer = (admits: boolean) => admitted === undefined || admitted === admits
  switch (algorithm) {
    case 'fixed-window':
    case 'sliding-counter': {
      edges.push({ a: i, b: phase, least: mark * windowUs })
      edges.push({ a: phase, b: i, least: 1 - (mark + 1) * windowUs })
      const now = units(earlier.filter((placed) => placed.mark === mark))
      if (algorithm === 'fixed-window') return answer(now + cost <= limit)
      const before = units(earlier.filter((placed) => placed.mark === mark - 1))
      const openUs = opensUs(before, now + cost)
      if (admitted === true) edges.push({ a: i, b: phase, least: mark * windowUs + openUs })
      if (admitted === false) edges.push({ a: phase, b: i, least: 1 - mark * windowUs - openUs })
      return true
    }
    case 'sliding-log': {
      if (cost > limit) return answer(false)
      let gone = 0
      while (units(earlier.slice(gone)) + cost > limit) gone++
      const blocking = earlier[gone - 1]
      if (!blocking) return answer(true)
      if (admitted === true) edges.push({ a: i, b: blocking.i, least: windowUs })
      if (admitted === false) edges.push({ a: blocking.i, b: i, least: 1 - windowUs })
      return true
    }
    case 'first-hit-window': {
      const open = k === 0 ? -1 : stateAfter(order, k - 1)
      if (mark === -1) {
        if (open !== -1) edges.push({ a: i, b: (order[open] as Placed).i, least: windowUs })
        return answer(cost <= limit)
      }
      const opener = order[open] as Placed
      edges.push({ a: opener.i, b: i, least: 1 - windowUs })
      const inside = order.slice(open, k).filter(({ counted }) => counted)
      return answer(units(inside) + cost <= limit)
    }
    default: {
      const { refillTickUs } = hypothesis
      if (refillTickUs !== undefined) {
        edges.push({ a: i, b: phase, least: mark * refillTickUs })
        edges.push({ a: phase, b: i, least: 1 - (mark + 1) * refillTickUs })
        const holds = BigInt(limit) * BigInt(windowUs)
        let lacking = 0n
        for (const [n, placed] of earlier.entries()) {
          lacking += BigInt(costOf(placed)) * BigInt(windowUs)
          const refills = (earlier[n + 1]?.mark ?? mark) - placed.mark
          lacking -= BigInt(refills) * BigInt(refillTickUs) * BigInt(limit)
          if (lacking < 0n) lacking = 0n
        }
        return answer(lacking + BigInt(cost) * BigInt(windowUs) <= holds)
      }
      const base = k === 0 ? -1 : stateAfter(order, k - 1)
      const since = base === -1 ? 0 : units(order.slice(base, k).filter(({ counted }) => counted))
      const arrivalUs = Math.floor(rational(since, windowUs, limit))
      if (mark === -1) {
        if (base !== -1) edges.push({ a: i, b: (order[base] as Placed).i, least: arrivalUs + 1 })
        return answer(cost <= limit)
      }
      const from = (order[base] as Placed).i
      edges.push({ a: from, b: i, least: -arrivalUs })
      if (cost > limit) return answer(false)
      const opensUs = Math.ceil(rational(since + cost - limit, windowUs, limit))
      if (admitted === true) edges.push({ a: i, b: from, least: opensUs })
      if (admitted === false) edges.push({ a: from, b: i, least: 1 - opensUs })
      return true
    }
  }
}

/** How long after its window's start a sliding counter admits what brings the units up to these; worked out once for each. */
export function counterOpening(hypothesis: Hypothesis): Asked['opensUs'] {
  const known = new Map<string, number>()
  return (before, units) => {
    const key = `${before} ${units}`
    const openUs = known.get(key) ?? counterOpensUs(hypothesis, before, units)
    known.set(key, openUs)
    return openUs
  }
}

/** By trying: from when on `round(before · (W - e) / W) + units` is not above the limit. */
function counterOpensUs({ limit, windowUs, rounding }: Hypothesis, before: number, units: number): number {
  const fits = (e: number) => {
    const weighted = BigInt(before) * BigInt(windowUs - e)
    const whole = weighted / BigInt(windowUs)
    const up = rounding !== undefined && rounding !== 'floor' && weighted % BigInt(windowUs) > 0n
    return Number(whole) + (up ? 1 : 0) + units <= limit
  }
  let [low, high] = [0, windowUs]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** `units · windowUs / limit`, to far below a microsecond, exact where it is whole. */
function rational(units: number, windowUs: number, limit: number): number {
  const whole = (BigInt(units) * BigInt(windowUs)) / BigInt(limit)
  const rest = BigInt(units) * BigInt(windowUs) - whole * BigInt(limit)
  return Number(whole) + Math.sign(Number(rest)) * 0.5
}
