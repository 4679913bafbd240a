import { type Algorithm, durationMs, type Limit, limitSchema, shown } from '../spec/index.ts'
import type { LimitUnderTest } from './promised-limit.ts'

/** What the keys of a simulated limiter are values of. */
export const keyScope = 'key'

/**
 * The limit as the checker takes it.
 * @throws TypeError that names all mistakes at once.
 */
export function parseLimitUnderTest(given: LimitUnderTest | readonly LimitUnderTest[]): Limit {
  const limits = Array.isArray(given) ? (given as readonly LimitUnderTest[]) : [given as LimitUnderTest]
  const [only] = limits
  if (limits.length !== 1 || only === null || typeof only !== 'object')
    throw new TypeError(
      `limits: expected one limit such as { limit: 5, window: '10s' }, got ${limits.length === 1 ? shown(only) : `${limits.length} of them: verify each by itself`}`,
    )
  const { limit, windowMs, window, algorithm, limitedRequests, ...others } = only
  const parsed = limitSchema.safeParse({
    name: 'the limit',
    scope: keyScope,
    limit,
    window: window ?? (windowMs === undefined ? undefined : `${windowMs}ms`),
    algorithm,
    limitedRequests,
  })
  const mistakes = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => {
        const field = String(path[0]) as keyof LimitUnderTest
        const name = field === 'window' && window === undefined ? 'windowMs' : field
        return `limits.${name}: expected ${message}, got ${shown(only[name])}`
      })
  for (const name of Object.keys(others))
    mistakes.push(`limits.${name}: expected limit, window or windowMs, algorithm and limitedRequests only`)
  if (window !== undefined && windowMs !== undefined)
    mistakes.push('limits: expected either window or windowMs, got both')
  const lengthMs = windowMs ?? durationMs(String(window))
  if (lengthMs !== undefined && parsed.success && !Number.isInteger(lengthMs))
    mistakes.push(
      `limits.${window === undefined ? 'windowMs' : 'window'}: expected whole milliseconds, got ${lengthMs}`,
    )
  if (!parsed.success || mistakes.length > 0) throw new TypeError(mistakes.join('\n'))
  return parsed.data
}

/** A limit in words: `5 in 10s, as a fixed-window or gcra`. */
export function limitInWords({ limit, window, algorithm }: Limit): string {
  const length = window % 1000 === 0 ? `${window / 1000} s` : `${window} ms`
  const names: readonly Algorithm[] = algorithm
  return `${limit} in ${length} (${names.join(', or ')})`
}
