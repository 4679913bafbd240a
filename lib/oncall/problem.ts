/** Why something that was asked of OnCall was not done. */
export interface OncallProblem {
  kind: /** The key or an address cannot be used at all; nothing was sent. */
    | 'unusable'
    /** No answer: no connection, or none in time. */
    | 'unreachable'
    /** The answer points elsewhere; redirects are not followed. */
    | 'redirected'
    /** The key is not accepted, or may not do this. */
    | 'refused'
    /** A rate limit, still or already reached. */
    | 'limited'
    /** An answer that OnCall's API does not give. */
    | 'unexpected'
    /** Alerts would notify somebody, or may. */
    | 'loud'
  /** For a person: what was found, and what to do. Never holds a key or a token. */
  sentence: string
  /** The HTTP status, where there was an answer. */
  status?: number
  /** With `limited`: how long the answer asks to wait, where it says. */
  retryAfterMs?: number
}

/** A value, or the problem that kept it away. */
export type Result<Value> = { ok: true; value: Value } | { ok: false; problem: OncallProblem }

export function failure(
  kind: OncallProblem['kind'],
  sentence: string,
  more: Omit<OncallProblem, 'kind' | 'sentence'> = {},
): { ok: false; problem: OncallProblem } {
  return { ok: false, problem: { kind, sentence, ...more } }
}

/** What an answer without success means. `what` reads on after "cannot", e.g. `create an integration`. */
export function problemOfStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  what: string,
  where: string,
  nowMs: number,
): { ok: false; problem: OncallProblem } {
  if (status >= 300 && status < 400) {
    const to = headers.location === undefined ? '' : ` to ${originOf(headers.location, where)}`
    return failure(
      'redirected',
      `Cannot ${what}: ${where} redirects${to}. Name the address that answers itself as the target.`,
      { status },
    )
  }
  if (status === 401 || status === 403) {
    return failure(
      'refused',
      `Cannot ${what}: ${where} answered ${status}. The API key is unknown there, or its user may not do this.`,
      { status },
    )
  }
  if (status === 404) {
    return failure(
      'unexpected',
      `Cannot ${what}: ${where} has no such page (404). The target's url is the part before /api/v1/.`,
      { status },
    )
  }
  if (status === 429) {
    const retryAfterMs = retryAfterToMs(headers['retry-after'], nowMs)
    const wait = retryAfterMs === undefined ? '' : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`
    return failure('limited', `Cannot ${what}: the API key has reached its rate limit (429).${wait}`, {
      status,
      retryAfterMs,
    })
  }
  return failure('unexpected', `Cannot ${what}: ${where} answered ${status}.`, { status })
}

/** A `Retry-After` field in milliseconds from now: delay-seconds or an HTTP-date (RFC 9110 §10.2.3). */
export function retryAfterToMs(field: string | undefined, nowMs: number): number | undefined {
  if (field === undefined) return undefined
  if (/^\d+$/.test(field)) return Number(field) * 1000
  const atMs = Date.parse(field)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}

function originOf(location: string, base: string): string {
  return URL.canParse(location, base) ? new URL(location, base).origin : 'an address that is none'
}
