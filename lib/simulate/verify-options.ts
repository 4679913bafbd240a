import { shown } from '../spec/index.ts'
import type { Arrival } from './arrival.ts'
import type { Promised } from './limits-under-test.ts'
import type { VerifyOptions } from './verification.ts'

/** What is simulated, with nothing left open. */
export interface Plan {
  histories: number
  compared: number
  seed: number
  keys: readonly string[]
  highestCost: number
  latencyMs: number
  shrinkTries: number
  requests: number
  traffic?: readonly Arrival[]
}

const highestSeed = 2 ** 32 - 1

/**
 * Fills in what was left out.
 * @throws TypeError that names all mistakes at once.
 */
export function parseVerifyOptions(options: VerifyOptions, { limits }: Promised): Plan {
  const counts = limits.map(({ limit }) => limit)
  const mistakes: string[] = []
  const whole = (name: keyof VerifyOptions, standard: number, [least, most]: [number, number]): number => {
    const value = options[name] ?? standard
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    mistakes.push(`options.${name}: expected a whole number from ${least} to ${most}, got ${shown(value)}`)
    return standard
  }
  const known = [
    'histories',
    'compared',
    'seed',
    'keys',
    'highestCost',
    'latencyMs',
    'shrinkTries',
    'requests',
    'traffic',
  ]
  for (const name of Object.keys(options))
    if (!known.includes(name)) mistakes.push(`options.${name}: expected one of ${known.join(', ')}`)
  const latencyMs = options.latencyMs ?? 0
  if (!(latencyMs >= 0 && latencyMs < Number.POSITIVE_INFINITY))
    mistakes.push(`options.latencyMs: expected milliseconds from 0 on, got ${shown(options.latencyMs)}`)
  const { traffic } = options
  const arrivals: unknown = traffic
  if (traffic && !(Array.isArray(arrivals) && traffic.length > 0 && traffic.every(isArrival)))
    mistakes.push(
      'options.traffic: expected a list of { sentMs, key, cost }, with milliseconds, a text and a whole number of 1 or more',
    )
  const plan: Plan = {
    histories: traffic ? 1 : whole('histories', 200, [1, 1_000_000_000]),
    compared: whole('compared', 100, [0, 1_000_000_000]),
    seed: whole('seed', Math.floor(Math.random() * (highestSeed + 1)), [0, highestSeed]),
    keys: namedKeys(options.keys ?? 2, mistakes),
    highestCost: whole('highestCost', 1, [1, Math.min(...counts)]),
    latencyMs,
    shrinkTries: whole('shrinkTries', 1_000, [0, 1_000_000]),
    requests: whole('requests', 20_000, [1, 10_000_000]),
    traffic,
  }
  const enough = 2 * plan.keys.length * counts.reduce((sum, limit) => sum + limit, 0)
  if (!traffic && plan.requests <= enough)
    mistakes.push(
      `options.requests: expected more than twice the limit for each key, ${enough}, so that every key can be filled and watched, got ${plan.requests}; a limiter with a smaller limit shows the same in less time`,
    )
  if (mistakes.length > 0) throw new TypeError(mistakes.join('\n'))
  return plan
}

function namedKeys(keys: number | readonly string[], mistakes: string[]): readonly string[] {
  if (typeof keys === 'number' && Number.isInteger(keys) && keys >= 1 && keys <= 1000)
    return Array.from({ length: keys }, (_, index) => `key-${index + 1}`)
  if (Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string')) return keys
  mistakes.push(
    `options.keys: expected how many, from 1 to 1000, or a list of texts, got ${shown(keys as unknown)}`,
  )
  return ['key-1']
}

function isArrival({ sentMs, key, cost, thereMs = 0, backMs = 0 }: Arrival): boolean {
  const times = [sentMs, thereMs, backMs].every((ms) => Number.isFinite(ms) && ms >= 0)
  return times && typeof key === 'string' && Number.isInteger(cost) && cost >= 1
}
