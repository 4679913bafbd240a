import type { Scopes } from '../history/history.ts'
import { type Algorithm, durationMs, type Limit, limitSchema, refillMistakes, shown } from '../spec/index.ts'
import type { LimitUnderTest } from './promised-limit.ts'

/** What the keys of a simulated limiter are values of. */
export const keyScope = 'key'

const allKeysScope = 'all-keys'

/** What a limiter promises, as the checker takes it. */
export interface Promised {
  limits: readonly Limit[]
  /** What the limits count a request for a key by. */
  scopesOf: (key: string) => Scopes
}

/**
 * The limits as the checker takes them.
 * @throws TypeError that names all mistakes at once.
 */
export function parseLimitsUnderTest(given: LimitUnderTest | readonly LimitUnderTest[]): Promised {
  const list = Array.isArray(given) ? (given as readonly LimitUnderTest[]) : [given as LimitUnderTest]
  if (list.length === 0 || list.some((one) => one === null || typeof one !== 'object'))
    throw new TypeError(
      `limits: expected a limit such as { limit: 5, window: '10s' }, or a list of them, got ${list.length === 0 ? 'an empty list' : shown(list.find((one) => one === null || typeof one !== 'object'))}`,
    )
  const mistakes: string[] = []
  const limits = list.flatMap((one, index) => {
    const place = list.length === 1 ? 'limits' : `limits[${index}]`
    const { limit, mistakes: found } = parseOne(one, index, list.length, place)
    mistakes.push(...found)
    return limit ? [limit] : []
  })
  if (mistakes.length > 0) throw new TypeError(mistakes.join('\n'))
  return { limits, scopesOf: scopesBy(list) }
}

function parseOne(
  given: LimitUnderTest,
  index: number,
  count: number,
  place: string,
): { limit?: Limit; mistakes: string[] } {
  const {
    limit,
    windowMs,
    window,
    algorithm,
    refillEvery,
    limitedRequests,
    chargedWhenRefused,
    per,
    ...others
  } = given
  const written = {
    name: count === 1 ? 'the limit' : `limit ${index + 1}`,
    scope: scopeOf(given, index),
    limit,
    window: window ?? (windowMs === undefined ? undefined : `${windowMs}ms`),
    algorithm,
    refillEvery,
    limitedRequests,
    chargedWhenRefused,
  }
  const parsed = limitSchema.safeParse(written)
  const mistakes = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => {
        const field = String(path[0]) as keyof LimitUnderTest
        const name = field === 'window' && window === undefined ? 'windowMs' : field
        return `${place}.${name}: expected ${message}, got ${shown(given[name])}`
      })
  for (const { expected, found, hint } of refillMistakes({ limits: [written] }))
    mistakes.push(`${place}.refillEvery: expected ${expected}, got ${found}${hint ? `: ${hint}` : ''}`)
  for (const name of Object.keys(others))
    mistakes.push(
      `${place}.${name}: expected limit, window or windowMs, algorithm, refillEvery, limitedRequests, chargedWhenRefused and per only`,
    )
  if (per !== undefined && per !== 'key' && per !== 'all' && typeof per !== 'function')
    mistakes.push(`${place}.per: expected 'key', 'all' or a function of the key, got ${shown(per)}`)
  if (window !== undefined && windowMs !== undefined)
    mistakes.push(`${place}: expected either window or windowMs, got both`)
  const lengthMs = windowMs ?? durationMs(String(window))
  if (lengthMs !== undefined && parsed.success && !Number.isInteger(lengthMs))
    mistakes.push(
      `${place}.${window === undefined ? 'windowMs' : 'window'}: expected whole milliseconds, got ${lengthMs}`,
    )
  return { limit: parsed.data, mistakes }
}

/** Limits for each key, or for all keys together, share a scope; what a function says is one of its own. */
function scopeOf({ per = 'key' }: LimitUnderTest, index: number): string {
  return typeof per === 'function' ? `group-${index + 1}` : per === 'all' ? allKeysScope : keyScope
}

function scopesBy(list: readonly LimitUnderTest[]): Promised['scopesOf'] {
  const known = new Map<string, Scopes>()
  const find = (key: string): Scopes =>
    Object.fromEntries(
      list.map((one, index) => {
        const { per = 'key' } = one
        const value = typeof per === 'function' ? per(key) : per === 'all' ? 'all' : key
        if (typeof value === 'string') return [scopeOf(one, index), value]
        throw new TypeError(
          `limits[${index}].per: expected a text for the key ${shown(key)}, got ${shown(value)}`,
        )
      }),
    )
  return (key) => {
    const scopes = known.get(key) ?? find(key)
    known.set(key, scopes)
    return scopes
  }
}

/** A limit in words: `5 in 10 s (fixed-window, or gcra)`, and whom it is for where that is not each key. */
export function limitInWords({ limit, window, algorithm, scope, refillEvery }: Limit): string {
  const inWords = (ms: number) => (ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`)
  const refills = refillEvery === undefined ? '' : `, refilled every ${inWords(refillEvery)}`
  const names: readonly Algorithm[] = algorithm
  const whom = scope === keyScope ? '' : scope === allKeysScope ? ' over all keys' : ' for each group of keys'
  return `${limit} in ${inWords(window)}${whom} (${names.join(', or ')}${refills})`
}

/** Several limits in words, joined by `and`. */
export function limitsInWords(limits: readonly Limit[]): string {
  return limits.map(limitInWords).join(' and ')
}
