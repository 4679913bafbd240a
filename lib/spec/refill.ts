import { durationMs } from './duration.ts'
import { shown } from './mistake.ts'
import { type PathMistake, valueAt } from './path.ts'

/**
 * What is wrong with a `refillEvery` beside the rest of its limit: only a token bucket is refilled at
 * intervals, an interval longer than the window would bring more than the bucket holds, and what a refill
 * brings is whole units. That of a part is dealt with differently from one platform to the next.
 * @param raw the spec as it is written; what has another mistake already is left to that.
 */
export function refillMistakes(raw: unknown): PathMistake[] {
  const limits = valueAt(raw, ['limits'])
  if (!Array.isArray(limits)) return []
  return limits.flatMap((limit, index) => {
    const written = valueAt(limit, ['refillEvery'])
    const refillMs = typeof written === 'string' ? durationMs(written) : undefined
    if (refillMs === undefined || !Number.isInteger(refillMs) || refillMs < 1) return []
    const wrong = mistakeOf(limit, refillMs)
    return wrong ? [{ path: ['limits', index, 'refillEvery'], found: shown(written), ...wrong }] : []
  })
}

function mistakeOf(limit: unknown, refillMs: number): Pick<PathMistake, 'expected' | 'hint'> | undefined {
  const algorithm = valueAt(limit, ['algorithm']) ?? 'any'
  if (![algorithm].flat().includes('token-bucket')) {
    return {
      expected: 'only beside algorithm: token-bucket',
      hint: 'the others are not refilled; gcra decides as a token bucket that is refilled all the time does',
    }
  }
  const window = valueAt(limit, ['window'])
  const windowMs = typeof window === 'string' ? durationMs(window) : undefined
  const units = valueAt(limit, ['limit'])
  if (windowMs === undefined || windowMs <= 0) return undefined
  if (refillMs > windowMs) {
    return {
      expected: `no more than the window, ${window}`,
      hint: 'a refill would bring more than the bucket holds; window is what it takes to fill an empty one',
    }
  }
  if (typeof units !== 'number' || !Number.isSafeInteger(units)) return undefined
  if (bringsWholeUnits(units, windowMs, refillMs)) return undefined
  const brings = (units * refillMs) / windowMs
  return {
    expected: 'an interval in which whole units flow in',
    hint: `${units} in ${window} brings ${Number(brings.toPrecision(4))} each time${wholeOnes(units, windowMs)}`,
  }
}

/** Is what a refill brings whole units, and at least one? */
export function bringsWholeUnits(limit: number, windowMs: number, refillMs: number): boolean {
  const brings = (limit * refillMs) / windowMs
  return Math.abs(brings - Math.round(brings)) < 1e-9 && brings > 0.5
}

/**
 * The interval that is closest to one and brings whole units, in whole milliseconds; no longer than the window
 * if that one is not.
 */
export function closestRefillMs(limit: number, windowMs: number, refillMs: number): number {
  const step = shortestRefillMs(limit, windowMs) ?? windowMs
  return Math.max(1, Math.round(refillMs / step)) * step
}

/** The shortest interval that brings whole units, where it is one that can be written. */
function wholeOnes(units: number, windowMs: number): string {
  const ms = shortestRefillMs(units, windowMs)
  return ms === undefined ? '' : `; ${ms}ms brings ${Math.round((units * ms) / windowMs)}`
}

/** The shortest in whole milliseconds, of which all others are multiples; undefined where there is none. */
function shortestRefillMs(units: number, windowMs: number): number | undefined {
  for (let brings = 1; brings <= units; brings++) {
    const ms = (brings * windowMs) / units
    if (Number.isInteger(ms)) return ms
  }
  return undefined
}
