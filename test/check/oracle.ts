import { type History, Outcome } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter, type EnforcedLimit } from '../../lib/limiters/index.ts'
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
}

/**
 * Brute force: is there an order, an instant of the grid for each request, and a phase for each
 * limiter, under which the plain models give the observed outcomes? Exponential; for a handful of
 * requests on a small grid. Shares nothing with the checker but the models.
 */
export function consistent(history: History, limits: readonly OracleLimit[]): boolean {
  const phased = limits.map(({ scope, algorithm, windowUs }, index) => ({
    index,
    values: [...new Set(history.descriptors.flatMap(({ scopes }) => scopes[scope] ?? []))],
    phases: algorithm === 'fixed-window' || algorithm === 'sliding-counter' ? windowUs : 1,
  }))
  const slots = phased.flatMap(({ index, values, phases }) =>
    values.map((value) => ({ key: `${index}/${value}`, phases })),
  )
  const chosen = new Map<string, number>()
  const tryPhases = (k: number): boolean => {
    const slot = slots[k]
    if (!slot) return schedules(history, limits, chosen)
    for (let phase = 0; phase < slot.phases; phase++) {
      chosen.set(slot.key, phase)
      if (tryPhases(k + 1)) return true
    }
    return false
  }
  return tryPhases(0)
}

function schedules(
  history: History,
  limits: readonly OracleLimit[],
  phases: ReadonlyMap<string, number>,
): boolean {
  const enforced = limits.map(
    (limit, index): EnforcedLimit => ({
      name: `${index}`,
      scope: limit.scope,
      limitedRequests: limit.limitedRequests,
      chargedWhenRefused: limit.chargedWhenRefused,
      model: (value) =>
        createLimiter(limit.algorithm, {
          limit: limit.limit,
          windowUs: limit.windowUs,
          phaseUs: phases.get(`${index}/${value}`) ?? 0,
          rounding: limit.rounding,
        }),
    }),
  )
  const decided: { row: number; atUs: number }[] = []
  const left = new Set(Array.from({ length: history.count }, (_, row) => row))
  const fits = () => {
    const hierarchy = createHierarchy(enforced)
    return decided.every(({ row, atUs }) => {
      const scopes = history.descriptors[history.descriptor[row] as number]?.scopes ?? {}
      const { admitted, refusedBy } = hierarchy.decide({ scopes, atUs, cost: history.cost[row] as number })
      const outcome = history.outcome[row]
      if (outcome === Outcome.unknown) return true
      const blamed = history.scopeNames[history.limitedBy[row] as number]
      const named = limits.some(({ scope }) => scope === blamed && scopes[scope] !== undefined)
      if (named && refusedBy !== undefined && limits[refusedBy]?.scope !== blamed) return false
      return admitted === (outcome === Outcome.accepted)
    })
  }
  const next = (nowUs: number): boolean => {
    if (left.size === 0) return true
    for (const row of [...left]) {
      left.delete(row)
      const from = Math.max(nowUs, history.sentUs[row] as number)
      for (let atUs = from; atUs <= latestUs(history, row); atUs++) {
        decided.push({ row, atUs })
        if (fits() && next(atUs)) return true
        decided.pop()
      }
      // A request without a known outcome may never have been counted.
      if (history.outcome[row] === Outcome.unknown && next(nowUs)) return true
      left.add(row)
    }
    return false
  }
  return next(Number.NEGATIVE_INFINITY)
}

/** A request without a response may be decided as long as the history lasts. */
function latestUs({ outcome, status, receivedUs, count }: History, row: number): number {
  const unanswered = outcome[row] === Outcome.unknown && status[row] === 0
  return unanswered ? Math.max(...receivedUs.slice(0, count)) : (receivedUs[row] as number)
}
