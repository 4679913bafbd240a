import { limitedBy } from './limited-by.ts'

/** What a response says about limits, as a record of the history has it. */
export interface LimitWords {
  limitedBy?: string
  retryAfter?: string
  headers?: Record<string, string>
  /** What a refusal looks like, without numbers and names. */
  looks?: string
}

type FieldKind = 'retry-after' | 'of-limits' | 'of-refusals' | 'other'

function kindOf(field: string): FieldKind {
  if (field === 'retry-after') return 'retry-after'
  if (/^(?:x-)?rate-?limit/.test(field)) return 'of-limits'
  // Whether a refusal came from a cache, and against what a date in it is to be read.
  return /^(?:age|cache-status|x-cache|date)$/.test(field) ? 'of-refusals' : 'other'
}

/** Fields met so far: all answers of a server have the same few, and this is asked for each answer. */
const known = new Map<string, { field: string; kind: FieldKind }>()
const mostKnown = 500

function fieldOf(name: string): { field: string; kind: FieldKind } {
  const met = known.get(name)
  if (met) return met
  const field = name.toLowerCase()
  const found = { field, kind: kindOf(field) }
  if (known.size < mostKnown) known.set(name, found)
  return found
}

/**
 * What a response says about limits, for the history: field names in lower case, values verbatim.
 * @param limited whether the status means that the request was refused by a limit.
 * @param scopeOf finds the scope that a refusal names. Default: by OnCall's words.
 * @returns `undefined` where it says nothing.
 */
export function limitWords(
  status: number,
  limited: boolean,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  scopeOf: (
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ) => string | undefined = limitedBy,
): LimitWords | undefined {
  let said: LimitWords | undefined
  for (const name of Object.keys(headers)) {
    const { field, kind } = fieldOf(name)
    if (kind === 'other' || (kind === 'of-refusals' && !limited)) continue
    const value = headers[name] as string
    said =
      kind === 'retry-after'
        ? { ...said, retryAfter: value }
        : { ...said, headers: { ...said?.headers, [field]: value } }
  }
  const scope = limited ? scopeOf(status, body, headers) : undefined
  return scope === undefined ? said : { ...said, limitedBy: scope }
}
