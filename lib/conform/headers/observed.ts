/** One answer as a client saw it, with what is needed to judge its words about limits. */
export interface Observed {
  /** Line of the history. */
  line: number
  /** 0 without an answer. */
  status: number
  /** Unix milliseconds. The server decided, and wrote its words, somewhere in [sentMs, receivedMs]. */
  sentMs: number
  /** Unix milliseconds, not before `sentMs`; any slack of the clock is already added. */
  receivedMs: number
  /** As received, with names in lower case; a name that came in several field lines stands several times. */
  headers: readonly HeaderLine[]
  /** The same of the trailer section; `undefined` where the client does not see trailers. */
  trailers?: readonly HeaderLine[]
  body: string
  /** `unknown`: it may or may not have been counted. */
  outcome: 'accepted' | 'limited' | 'unknown'
  /** The limiters that it met: one opaque key for each limit and value of its scope. */
  scopes: readonly string[]
  /** Which of `scopes` refused it, where that is known. */
  limitedBy?: string
  /** The most units that it may have used up of each limiter; default 1. */
  cost?: number
}

export type HeaderLine = readonly [name: string, value: string]

/**
 * A field's value: its lines joined as RFC 9110 §5.3 says, without white space around.
 * @returns `undefined` where there is no such field.
 */
export function fieldValue(headers: readonly HeaderLine[], name: string): string | undefined {
  const lines = headers.filter(([each]) => each === name)
  return lines.length === 0 ? undefined : lines.map(([, value]) => value.trim()).join(', ')
}

/**
 * Did this answer come from a cache: an `Age` above 0 (RFC 9111 §4.2.3), or a hit in `Cache-Status`
 * (RFC 9211 §2.1) or in the customary `X-Cache`?
 * @returns the field that shows it.
 */
export function cacheSign(headers: readonly HeaderLine[]): string | undefined {
  const signs: [name: string, pattern: RegExp][] = [
    ['age', /^0*[1-9]/],
    ['cache-status', /;\s*hit\s*(?:[;,]|$)/i],
    ['x-cache', /\bhit\b/i],
  ]
  for (const [name, pattern] of signs) {
    const value = fieldValue(headers, name)
    if (value !== undefined && pattern.test(value)) return `${name}: ${value}`
  }
  return undefined
}
