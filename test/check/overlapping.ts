import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { type Algorithm, type Limit, specSchema } from '../../lib/spec/index.ts'

/** One limit as it is enforced, in windows of a second. */
export interface Enforced {
  scope: 'key' | 'organization'
  limit: number
  algorithm: Algorithm
  refillTickUs?: number
  limitedRequests: 'free' | 'counted'
  chargedWhenRefused: 'free' | 'counted' | 'earlier'
}

export const windowUs = 1_000_000

/** Busy for three windows and quiet for two, so that some windows are full and others are not. */
const rates = [1.25, 1.25, 1.25, 0.4, 0.4]

/** What is drawn from one seed. */
export interface Overlapping {
  enforced: readonly Enforced[]
  requests: number
  /** How long a request is under way, at least. */
  latencyUs: number
  highestCost?: number
  /** The share of answers that never came. */
  lost?: number
  keys?: readonly string[]
  /** Whether refusals name the scope that refused. Default: no. */
  named?: boolean
  /** Of what all instants are multiples, so that many are equal. Default: 1. */
  grainUs?: number
}

/** The limits as a spec has them. */
export function limitsOf({ enforced }: Pick<Overlapping, 'enforced'>): Limit[] {
  return specSchema
    .parse({
      limits: enforced.map(({ refillTickUs, ...one }, k) => ({ name: `limit ${k}`, window: '1s', ...one })),
    })
    .limits.map((limit, k) => {
      const { refillTickUs } = enforced[k] as Enforced
      return refillTickUs === undefined ? limit : { ...limit, refillEvery: refillTickUs / 1000 }
    })
}

/**
 * What limits answered to requests of which several are under way at a time, and where the window of each
 * limiter, or its refills, start: one instant for all.
 */
export function overlapping(shape: Overlapping, seed: number): { history: History; phaseUs: number } {
  const { enforced, requests, highestCost = 1, lost = 0, keys = ['A'], named, grainUs = 1 } = shape
  const random = seededRandom(seed)
  const ticks = enforced.map(({ refillTickUs }) => refillTickUs ?? windowUs)
  const phaseUs = Math.floor((random() * Math.min(...ticks)) / grainUs) * grainUs
  const server = createHierarchy(
    enforced.map(({ scope, limit, algorithm, refillTickUs, limitedRequests, chargedWhenRefused }) => ({
      name: scope,
      scope,
      limitedRequests,
      chargedWhenRefused,
      model: () => createLimiter(algorithm, { limit, windowUs, phaseUs, refillTickUs, rounding: 'floor' }),
    })),
  )
  const gapUs = (windowUs * 0.72) / (enforced.at(-1)?.limit ?? 1)
  const sent: { key: string; sentUs: number; decidedUs: number; receivedUs: number }[] = []
  for (let k = 0, us = 0; k < requests; k++) {
    us += (-Math.log(1 - random()) * gapUs) / (rates[Math.floor(us / windowUs) % rates.length] as number)
    const latencyUs = Math.min(5, 0.25 - 0.75 * Math.log(1 - random())) * shape.latencyUs
    const key = keys[keys.length > 1 ? Math.floor(random() * keys.length) : 0] as string
    sent.push({
      key,
      sentUs: us,
      decidedUs: Math.floor(us + latencyUs * random()),
      receivedUs: us + latencyUs,
    })
  }
  const inGrains = (us: number, round: (grains: number) => number) => round(us / grainUs) * grainUs
  for (const one of sent) {
    one.sentUs = inGrains(one.sentUs, Math.floor)
    one.decidedUs = inGrains(one.decidedUs, Math.floor)
    one.receivedUs = inGrains(one.receivedUs, Math.ceil)
  }
  sent.sort((a, b) => a.decidedUs - b.decidedUs)
  const records = sent.map(({ key, sentUs, decidedUs, receivedUs }): RecordInput => {
    const cost = 1 + Math.floor(random() * highestCost)
    const scopes = { key, organization: 'all' }
    const { admitted, refusedBy } = server.decide({ scopes, atUs: decidedUs, cost })
    const times = { descriptor: key, cost, sentUs, receivedUs }
    if (lost > 0 && random() < lost) return { ...times, outcome: Outcome.unknown, status: 0 }
    if (admitted) return { ...times, outcome: Outcome.accepted }
    const limitedBy = named ? enforced[refusedBy as number]?.scope : undefined
    return { ...times, outcome: Outcome.limited, limitedBy }
  })
  const descriptors = Object.fromEntries(keys.map((key) => [key, { key, organization: 'all' }]))
  return { history: historyFromRecords({ descriptors }, records), phaseUs }
}
