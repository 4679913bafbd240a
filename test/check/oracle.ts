import { type History, Outcome } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
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
  const slots = [...phases].map(([key, phaseUs]) => {
    const { algorithm, ...parameters } = limits[Number(key.split('/')[0])] as OracleLimit
    return createLimiter(algorithm, { ...parameters, phaseUs })
  })
  const keys = [...phases.keys()]
  const rows = Array.from({ length: history.count }, (_, row) => {
    const scopes = history.descriptors[history.descriptor[row] as number]?.scopes ?? {}
    const met = limits.flatMap((limit, index) => {
      const slot = keys.indexOf(`${index}/${scopes[limit.scope]}`)
      return slot < 0 ? [] : [{ limit, slot }]
    })
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    const named = met.some(({ limit }) => limit.scope === blamed) ? blamed : undefined
    const cost = history.cost[row] as number
    return { met, named, cost, outcome: history.outcome[row], toUs: latestUs(history, row) }
  })

  /** The states after a request, or `undefined` where its outcome would have been another. */
  const decide = (states: readonly unknown[], row: number, atUs: number): unknown[] | undefined => {
    const { met, named, cost, outcome } = rows[row] as (typeof rows)[number]
    const refuses = met.map(({ slot }) => !slots[slot]?.admits(states[slot], atUs, cost))
    const first = refuses.indexOf(true)
    if (outcome === Outcome.accepted && first >= 0) return undefined
    if (outcome === Outcome.limited && (first < 0 || (named && met[first]?.limit.scope !== named)))
      return undefined
    const next = [...states]
    met.forEach(({ limit: { limitedRequests, chargedWhenRefused }, slot }, k) => {
      const rule = refuses[k] ? limitedRequests : chargedWhenRefused
      const charged = first < 0 || rule === 'counted' || (rule === 'earlier' && k < first)
      if (charged) next[slot] = slots[slot]?.charge(states[slot], atUs, cost)
    })
    return next
  }

  const left = new Set(rows.keys())
  const next = (nowUs: number, states: readonly unknown[]): boolean => {
    if (left.size === 0) return true
    for (const row of left) {
      const { outcome, toUs } = rows[row] as (typeof rows)[number]
      // Whoever was decided by now cannot be decided later.
      if (outcome !== Outcome.unknown && toUs < nowUs) return false
    }
    for (const row of [...left]) {
      const { outcome, toUs } = rows[row] as (typeof rows)[number]
      left.delete(row)
      for (let atUs = Math.max(nowUs, history.sentUs[row] as number); atUs <= toUs; atUs++) {
        const after = decide(states, row, atUs)
        if (after && next(atUs, after)) return true
      }
      // A request without a known outcome may never have been counted.
      if (outcome === Outcome.unknown && next(nowUs, states)) return true
      left.add(row)
    }
    return false
  }
  return next(
    Number.NEGATIVE_INFINITY,
    slots.map((model) => model.init()),
  )
}

/** A request without a response may be decided as long as the history lasts. */
function latestUs({ outcome, status, receivedUs, count }: History, row: number): number {
  const unanswered = outcome[row] === Outcome.unknown && status[row] === 0
  return unanswered ? Math.max(...receivedUs.slice(0, count)) : (receivedUs[row] as number)
}
