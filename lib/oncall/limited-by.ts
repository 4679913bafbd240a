/** Scopes that the words of a refusal can name. */
export type NamedScope = 'integration' | 'organization' | 'apiKey'

const namings: readonly [NamedScope, RegExp][] = [
  ['integration', /\bintegrations?\b/i],
  ['organization', /\borgani[sz]ations?\b/i],
  ['apiKey', /\b(?:api[ _-]?(?:key|token)|public[ _-]?api)s?\b/i],
]

/** Longer bodies are pages for people, not statements about a limit. */
const longestBody = 4_000

/**
 * Which limit refused, as far as the response says so. Conservative: it answers only where the words
 * name one scope and no other, first those of the body, else those of the `RateLimit` items of which
 * nothing remains (draft-ietf-httpapi-ratelimit-headers-11 §4). Of a JSON body only the values are
 * read, never the keys; paths and addresses do not count as words, nor does an HTML page.
 * @param headers with names in any case; where a field came several times, joined by commas.
 */
export function limitedBy(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): NamedScope | undefined {
  if (status < 400) return undefined
  const inBody = scopesIn(wordsOf(body))
  return only(inBody.length > 0 ? inBody : scopesIn(usedUpPolicies(headers)))
}

function only(scopes: NamedScope[]): NamedScope | undefined {
  return scopes.length === 1 ? scopes[0] : undefined
}

function scopesIn(words: string): NamedScope[] {
  return namings.filter(([, naming]) => naming.test(words)).map(([scope]) => scope)
}

function wordsOf(body: unknown): string {
  if (typeof body !== 'string' || body.length > longestBody || /^\s*</.test(body)) return ''
  return texts(parsed(body))
    .join('\n')
    .replace(/\S*\/\S*/g, ' ')
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

function usedUpPolicies(headers: Readonly<Record<string, string>>): string {
  const field = Object.keys(headers).find((name) => name.toLowerCase() === 'ratelimit')
  const items = field === undefined ? [] : ((headers[field] as string).match(/"[^"]*"[^,]*/g) ?? [])
  return items
    .filter((item) => /;\s*r=0+\s*(?:;|$)/.test(item))
    .map((item) => item.slice(1, item.indexOf('"', 1)))
    .join('\n')
}
