import { fieldValue, type HeaderLine } from '../observed.ts'
import { type HttpDate, parseHttpDate } from './http-date.ts'

/** What a `Retry-After` field says (RFC 9110 §10.2.3): a delay, an instant, or nothing that can be read. */
export type RetryAfter =
  | { kind: 'delay'; text: string; seconds: number }
  | { kind: 'date'; text: string; date: HttpDate }
  | { kind: 'malformed'; text: string }

/** Reads the field strictly: digits only, or an HTTP-date. `undefined` where there is none. */
export function retryAfterOf(headers: readonly HeaderLine[]): RetryAfter | undefined {
  const text = fieldValue(headers, 'retry-after')
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return { kind: 'delay', text, seconds: Number(text) }
  const date = parseHttpDate(text)
  return date ? { kind: 'date', text, date } : { kind: 'malformed', text }
}

/**
 * How long after the answer was made the client is to wait, in milliseconds, least and most. Whole
 * seconds may have been rounded either way. An instant is held against the answer's own `Date`, which
 * may be a second old, since the server's clock need not be the client's.
 * @returns `undefined` where the field says nothing that can be read, or names an instant and there is no `Date`.
 */
export function waitMs(
  retryAfter: RetryAfter | undefined,
  dateMs: number | undefined,
): [least: number, most: number] | undefined {
  if (retryAfter?.kind === 'delay') {
    const ms = retryAfter.seconds * 1000
    return [Math.max(0, ms - 1000), ms + 1000]
  }
  if (retryAfter?.kind !== 'date' || dateMs === undefined) return undefined
  const ms = retryAfter.date.atMs - dateMs
  return [Math.max(0, ms - 2000), Math.max(0, ms + 1000)]
}
