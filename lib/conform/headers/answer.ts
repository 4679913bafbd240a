import { type Dialect, dialectsOf } from './dialect.ts'
import { type CurrentFields, currentQuotas, readCurrentFields } from './fields/current-fields.ts'
import { parseHttpDate } from './fields/http-date.ts'
import { readOlderFields } from './fields/older-fields.ts'
import { type RetryAfter, retryAfterOf } from './fields/retry-after.ts'
import { cacheSign, fieldValue, type Observed } from './observed.ts'
import type { MalformedField, Quota } from './quota.ts'

/** An answer with its fields read, once for all rules and claims. */
export interface Answer {
  seen: Observed
  dialects: Dialect[]
  /** In the form of draft-08 to -11. */
  fields: CurrentFields
  /** What it says of quotas, in all its dialects; nothing where it came from a cache (draft-11 §7.3). */
  quotas: Quota[]
  malformed: MalformedField[]
  retryAfter: RetryAfter | undefined
  /** The `Date` field, in Unix milliseconds of the server's clock. */
  dateMs: number | undefined
  /** The field that shows that a cache gave the answer. */
  cache: string | undefined
}

export function readAnswer(seen: Observed): Answer {
  const { headers, line } = seen
  const dialects = dialectsOf(headers)
  const speaksCurrent = dialects.includes('draft-08')
  const fields = speaksCurrent ? readCurrentFields(headers) : { policy: undefined, current: undefined }
  if (dialects.includes('draft-07')) fields.current = undefined
  const current = currentQuotas(fields, headers)
  const older = readOlderFields(headers, dialects)
  const cache = cacheSign(headers)
  const quotas = cache === undefined ? [...current.quotas, ...older.quotas] : []
  return {
    seen,
    dialects,
    fields,
    quotas,
    malformed: [...current.malformed, ...older.malformed].map((mistake) => ({ line, ...mistake })),
    retryAfter: retryAfterOf(headers),
    dateMs: parseHttpDate(fieldValue(headers, 'date') ?? '')?.atMs,
    cache,
  }
}
