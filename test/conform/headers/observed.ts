import type { HeaderLine, Observed } from '../../../lib/conform/headers/index.ts'

const startMs = Date.parse('2026-11-24T12:00:00Z')

/** An answer at a second of a run, accepted with 200 if nothing else is said; fields as `name: value`. */
export function answer(
  second: number,
  fields: readonly string[] = [],
  more: Partial<Observed> = {},
): Observed {
  const sentMs = startMs + second * 1000
  return {
    line: Math.round(second * 10) + 2,
    status: 200,
    sentMs,
    receivedMs: sentMs + 5,
    headers: fields.map(line),
    body: '',
    outcome: 'accepted',
    scopes: ['apiKey=K'],
    ...more,
  }
}

/** A refusal with 429 at a second of a run. */
export function refusal(
  second: number,
  fields: readonly string[] = [],
  more: Partial<Observed> = {},
): Observed {
  return answer(second, fields, { status: 429, outcome: 'limited', body: 'Too many requests.', ...more })
}

export function line(field: string): HeaderLine {
  const colon = field.indexOf(':')
  return [field.slice(0, colon), field.slice(colon + 1).trim()]
}
