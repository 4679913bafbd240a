import { judge } from '../../lib/check/index.ts'
import type { History } from '../../lib/history/index.ts'
import type { LimitResult } from '../../lib/result/index.ts'
import { type CreateLimiter, drawTraffic, seededRandom, simulate } from '../../lib/simulate/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import type { Claim, CorrectLimiter, FaultyLimiter, Traffic } from './fault.ts'

/** One limiter, fired at once, and what was said about it. */
export interface Trial {
  limiter: string
  /** Draws this history again, with the same limiter. */
  seed: number
  claim: Claim
  traffic: Required<Traffic>
  history: History
  result: LimitResult
}

/** A fault is given up after so many histories that did not show it. */
export const mostHistories = 8

/** The longest share of a window that is drawn as the usual time of a request to the limiter. */
const longestLatency = 0.02

/** What a limiter gets where nothing else is asked for: one to three keys, and latencies long and short. */
function drawn({ windowMs }: Claim, asked: Traffic, random: () => number): Required<Traffic> {
  return {
    keys: asked.keys ?? ['a', 'b', 'c'].slice(0, 1 + Math.floor(random() * 3)),
    highestCost: asked.highestCost ?? 1,
    latencyMs: asked.latencyMs ?? Math.min(30, 0.5 + random() ** 2 * windowMs * longestLatency),
  }
}

async function fire(
  limiter: string,
  create: CreateLimiter,
  claim: Claim,
  asked: Traffic,
  seed: number,
  random: () => number,
): Promise<Trial> {
  const traffic = drawn(claim, asked, random)
  const arrivals = drawTraffic({ ...claim, ...traffic }, random)
  // Most requests are quick and some take several times as long, so that they overtake one another.
  const latencyMs = (random: () => number) => traffic.latencyMs * (0.2 + 2 * random() ** 3)
  const { history } = await simulate(create, arrivals, { latencyMs }, random, 'key')
  const { limits } = specSchema.parse({
    limits: [{ name: limiter, scope: 'key', ...asWritten(claim) }],
  })
  const [result] = judge(history, { limits, clockDriftPpm: 0 }).limits
  return { limiter, seed, claim, traffic, history, result: result as LimitResult }
}

function asWritten({ windowMs, limitedRequests, ...rest }: Claim) {
  return { ...rest, window: `${windowMs}ms`, limitedRequests: limitedRequests ?? 'either' }
}

/** Fires at a faulty limiter once. Its claim is fixed; all else is drawn from the seed. */
export function tryFault({ name, limit, create, traffic = {} }: FaultyLimiter, seed: number): Promise<Trial> {
  return fire(name, create, limit, traffic, seed, seededRandom(seed))
}

/**
 * Fires at a correct limiter once. Limit, window, costs and all else are drawn from the seed; half of
 * the specs say whether refused requests are counted, the others leave it open.
 */
export function tryCorrect(limiter: CorrectLimiter, seed: number): Promise<Trial> {
  const random = seededRandom(seed)
  const limit = 1 + Math.floor(random() ** 2 * 40)
  const windowMs = 200 + Math.floor(random() ** 2 * 10_000)
  const claim: Claim = { limit, windowMs, algorithm: limiter.algorithm }
  if (limiter.refillMs) claim.refillEvery = `${limiter.refillMs(limit, windowMs)}ms`
  if (random() < 0.5) claim.limitedRequests = limiter.limitedRequests
  const highestCost = random() < 0.7 ? 1 : 2 + Math.floor(random() * 3)
  const asked: Traffic = { highestCost }
  // Now and then many are in flight at once, and little is known about who came first.
  if (random() < 0.1) asked.latencyMs = windowMs * 0.1 * random()
  return fire(limiter.name, limiter.create(limit, windowMs), claim, asked, seed, random)
}

/** The first history, from a seed on, that convicts a fault with a certificate; all that did not before it. */
export interface Hunt {
  caught?: Trial
  missed: Trial[]
}

/** Fires at a faulty limiter until it is caught, or `most` histories have not shown it. */
export async function hunt(fault: FaultyLimiter, seed: number, most = mostHistories): Promise<Hunt> {
  const missed: Trial[] = []
  for (let k = 0; k < most; k++) {
    const trial = await tryFault(fault, seed + k)
    if (trial.result.verdict === 'fail' && trial.result.certificate) return { caught: trial, missed }
    missed.push(trial)
  }
  return { missed }
}

/**
 * Fires so many times at correct limiters, at one after the other, and gives each history that failed;
 * `each` is told of every trial. There must be none that failed: a correct limiter was accused.
 */
export async function falseAlarms(
  limiters: readonly CorrectLimiter[],
  seed: number,
  histories: number,
  each: (trial: Trial) => void = () => {},
): Promise<Trial[]> {
  const alarms: Trial[] = []
  for (let k = 0; k < histories; k++) {
    const trial = await tryCorrect(limiters[k % limiters.length] as CorrectLimiter, seed + k)
    each(trial)
    if (trial.result.verdict === 'fail') alarms.push(trial)
  }
  return alarms
}

/** A trial in words: what was fired at, what came out, and what replays it. */
export function inWords({ limiter, seed, claim, traffic, history, result }: Trial): string {
  const { limit, windowMs, algorithm, limitedRequests = 'either' } = claim
  return `${limiter}: ${limit} in ${windowMs} ms as ${[algorithm].flat().join(' or ')}, refused requests ${limitedRequests}; ${history.count} requests of ${traffic.keys.length} keys, costs to ${traffic.highestCost}, latencies around ${traffic.latencyMs.toFixed(1)} ms; ${result.verdict}: ${result.explanation} (seed ${seed})`
}
