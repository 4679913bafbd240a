import { type History, Outcome } from '../../lib/history/index.ts'
import { createLimiter, type LimiterModel } from '../../lib/limiters/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'

/** A limiter whose hidden parameters the oracle tries out one by one. */
export interface OracleLimit {
  scope: string
  algorithm: Algorithm
  limit: number
  windowUs: number
  limitedRequests: 'counted' | 'free'
  chargedWhenRefused: 'counted' | 'free' | 'earlier'
  rounding?: 'floor' | 'ceil'
  refillTickUs?: number
}

/**
 * Brute force: is there an order, an instant of the grid for each request, and a phase for each
 * limiter, under which the plain models give the observed outcomes? Exponential; for a handful of
 * requests on a small grid. Shares nothing with the checker but the models.
 */
export function consistent(history: History, limits: readonly OracleLimit[]): boolean {
  const phased = limits.map(({ scope, algorithm, windowUs, refillTickUs = 1 }, index) => ({
    index,
    values: [...new Set(history.descriptors.flatMap(({ scopes }) => scopes[scope] ?? []))],
    phases: algorithm === 'fixed-window' || algorithm === 'sliding-counter' ? windowUs : refillTickUs,
  }))
  const slots = phased.flatMap(({ index, values, phases }) =>
    values.map((value): Slot => ({ index, value, phases })),
  )
  const rows = requestsOf(history, limits, slots)
  const models: LimiterModel[] = []
  const tryPhases = (k: number): boolean => {
    const slot = slots[k]
    if (!slot) return schedules(rows, models)
    const { algorithm, ...parameters } = limits[slot.index] as OracleLimit
    for (let phaseUs = 0; phaseUs < slot.phases; phaseUs++) {
      models[k] = createLimiter(algorithm, { ...parameters, phaseUs })
      if (tryPhases(k + 1)) return true
    }
    return false
  }
  return tryPhases(0)
}

/** One limiter: of which limit, and for which value of its scope. */
interface Slot {
  index: number
  value: string
  phases: number
}

/** A limiter that a request meets, by its place in the list. */
interface Met {
  limit: OracleLimit
  slot: number
}

interface Request {
  met: readonly Met[]
  named: string | undefined
  cost: number
  outcome: Outcome
  fromUs: number
  toUs: number
}

function requestsOf(history: History, limits: readonly OracleLimit[], slots: readonly Slot[]): Request[] {
  return Array.from({ length: history.count }, (_, row) => {
    const scopes = history.descriptors[history.descriptor[row] as number]?.scopes ?? {}
    const met = limits.flatMap((limit, index) => {
      const slot = slots.findIndex((one) => one.index === index && one.value === scopes[limit.scope])
      return slot < 0 ? [] : [{ limit, slot }]
    })
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    const named = met.some(({ limit }) => limit.scope === blamed) ? blamed : undefined
    const cost = history.cost[row] as number
    const outcome = history.outcome[row] as Outcome
    return { met, named, cost, outcome, fromUs: history.sentUs[row] as number, toUs: latestUs(history, row) }
  })
}

function schedules(rows: readonly Request[], models: readonly LimiterModel[]): boolean {
  /** The states after a request, or `undefined` where its outcome would have been another. */
  const decide = (states: readonly unknown[], row: number, atUs: number): unknown[] | undefined => {
    const { met, named, cost, outcome } = rows[row] as Request
    let first = -1
    let refuses = 0
    for (let k = 0; k < met.length; k++) {
      const { slot } = met[k] as Met
      if (models[slot]?.admits(states[slot], atUs, cost)) continue
      refuses |= 1 << k
      if (first < 0) first = k
    }
    if (outcome === Outcome.accepted && first >= 0) return undefined
    if (outcome === Outcome.limited && (first < 0 || (named && met[first]?.limit.scope !== named)))
      return undefined
    const next = [...states]
    for (let k = 0; k < met.length; k++) {
      const { limit, slot } = met[k] as Met
      const rule = refuses & (1 << k) ? limit.limitedRequests : limit.chargedWhenRefused
      const charged = first < 0 || rule === 'counted' || (rule === 'earlier' && k < first)
      if (charged) next[slot] = models[slot]?.charge(states[slot], atUs, cost)
    }
    return next
  }

  /** @param left who is still to be decided, a bit for each. */
  const next = (left: number, nowUs: number, states: readonly unknown[]): boolean => {
    if (left === 0) return true
    for (let row = 0; row < rows.length; row++) {
      const { outcome, toUs } = rows[row] as Request
      // Whoever was decided by now cannot be decided later.
      if (left & (1 << row) && outcome !== Outcome.unknown && toUs < nowUs) return false
    }
    for (let row = 0; row < rows.length; row++) {
      const others = left & ~(1 << row)
      if (others === left) continue
      const { outcome, fromUs, toUs } = rows[row] as Request
      for (let atUs = Math.max(nowUs, fromUs); atUs <= toUs; atUs++) {
        const after = decide(states, row, atUs)
        if (after && next(others, atUs, after)) return true
      }
      // A request without a known outcome may never have been counted.
      if (outcome === Outcome.unknown && next(others, nowUs, states)) return true
    }
    return false
  }
  return next(
    (1 << rows.length) - 1,
    Number.NEGATIVE_INFINITY,
    models.map((model) => model.init()),
  )
}

/** A request without a response may be decided as long as the history lasts. */
function latestUs({ outcome, status, receivedUs, count }: History, row: number): number {
  const unanswered = outcome[row] === Outcome.unknown && status[row] === 0
  return unanswered ? Math.max(...receivedUs.slice(0, count)) : (receivedUs[row] as number)
}
