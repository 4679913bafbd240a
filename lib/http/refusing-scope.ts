/** Where a refusal names the limit that it is from, and which scope is meant by what stands there. */
export interface RefusalReading {
  /** The name of a header field, in lower case. */
  header?: string
  /** The steps that lead to a value in a JSON body. */
  json?: readonly string[]
  /** Scopes by what is found. Anything else that is found says nothing. */
  scopes: Readonly<Record<string, string>>
}

/** Longer bodies are pages for people, not statements about a limit. */
const longestBody = 100_000

/**
 * The scope that a refusal names, as far as it does. Never throws, whatever came back.
 * @param headers with names in any case.
 * @param body the text, or anything else where there is none.
 */
export function refusingScope(
  { header, json, scopes }: RefusalReading,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): string | undefined {
  const found = header !== undefined ? fieldIn(headers, header) : json && valueIn(body, json)
  if (typeof found !== 'string' && typeof found !== 'number') return undefined
  const words = String(found).trim()
  return Object.hasOwn(scopes, words) ? scopes[words] : undefined
}

function fieldIn(headers: Readonly<Record<string, string>>, field: string): string | undefined {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === field)
  return name === undefined ? undefined : headers[name]
}

function valueIn(body: unknown, steps: readonly string[]): unknown {
  if (typeof body !== 'string' || body.length > longestBody) return undefined
  let here: unknown
  try {
    here = JSON.parse(body)
  } catch {
    return undefined
  }
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Record<string, unknown>)[step]
  }
  return here
}
