import { scrub } from './scrub.ts'

/** A fingerprint is this long at most. */
const longest = 120

/** So much of a text is said; what is cut off still tells kinds apart. */
const longestText = 64

/** Longer bodies are pages for people: their beginning is enough to know them by. */
const longestBody = 4_000

/** Fields that one and the same server sends at times and at other times not. */
const passing =
  /^(?:date|connection|keep-alive|content-length|transfer-encoding|set-cookie|age|etag|last-modified|expires)$/

/** Fields that are told by their values. */
const valued = /^(?:server|via|content-type)$/

/**
 * What a refusal looks like, in words: the text of its body, the server that it names, its media type
 * and the names of its fields, without numbers, names and addresses. Refusals by the same limiter look
 * alike whatever they were about; another limiter's hardly do. Never holds a secret, a control
 * character or a quotation mark; 1 to 120 printable characters.
 * @param headers with names in any case.
 * @param body the text, or anything else where there is none.
 * @param secrets keys and tokens, which are blacked out first.
 */
export function refusalLooks(
  headers: Readonly<Record<string, string>>,
  body: unknown,
  secrets: readonly string[],
): string {
  const fields = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const text =
    typeof body === 'string' ? masked(wordsOf(scrub(body, secrets).slice(0, longestBody)), secrets) : ''
  const said = text === '' ? 'says nothing' : `says ${cut(text, longestText)}`
  // A version behind a slash is no part of a name.
  const wordOf = (name: string) => masked((fields.get(name) ?? '').replace(/\/\S*/g, ''), secrets)
  const [server, via, type] = [wordOf('server'), wordOf('via'), mediaType(fields.get('content-type'))]
  const names = [...fields.keys()]
    .filter((name) => !passing.test(name) && !valued.test(name))
    .map((name) =>
      scrub(name, secrets)
        .replace(/\d+/g, '#')
        .replace(/[^!#-[\]-~]/g, ''),
    )
  const parts = [
    said,
    ...(server === '' ? [] : [`from ${cut(server, 20)}`]),
    ...(via === '' ? [] : [`via ${cut(via, 20)}`]),
    ...(type === '' ? [] : [`as ${type}`]),
    ...(names.length === 0 ? [] : [`with ${names.sort(limitsFirst).join(' ')}`]),
  ]
  const whole = parts.join('; ')
  const lost = whole.length > longest || text.length > longestText
  if (!lost) return whole
  // What does not fit still counts: two kinds that begin alike must not become one.
  const rest = ` ~${checksum([text, server, via, type, ...names].join('\n'))}`
  return cut(whole, longest - rest.length) + rest
}

/**
 * The same, for one client: what was looked at lately is remembered, since a server says the same few
 * things over and over.
 */
export function createRefusalLooks(
  secrets: readonly string[],
): (headers: Readonly<Record<string, string>>, body: unknown) => string {
  const known = new Map<string, string>()
  return (headers, body) => {
    const names = Object.keys(headers)
    const values = names.map((name) => (valued.test(name.toLowerCase()) ? headers[name] : ''))
    const key = [...names, ...values, typeof body === 'string' ? body : ''].join('\n')
    const met = known.get(key)
    if (met !== undefined) return met
    const looks = refusalLooks(headers, body, secrets)
    if (known.size >= mostKnown) known.clear()
    known.set(key, looks)
    return looks
  }
}

/** Bodies may be long, and every virtual user has a memory of its own. */
const mostKnown = 64

/** The texts of a JSON body with their keys, a page without its tags, or the body itself. */
function wordsOf(body: string): string {
  if (/^\s*</.test(body)) {
    return body.replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ').replace(/<[^>]*>?/g, ' ')
  }
  try {
    return texts(JSON.parse(body)).join(', ')
  } catch {
    return body
  }
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return ['#']
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(texts)
  return Object.entries(value).flatMap(([key, inner]) =>
    texts(inner).map((text) => `${key}: ${/(?:id|key|token)$/i.test(key) ? '*' : text}`),
  )
}

/** `*` for what names somebody or something, `#` for a number; on one line of printable ASCII. */
function masked(text: string, secrets: readonly string[]): string {
  return (
    scrub(text, secrets)
      .replace(/[^\x20-\x7e]+/g, ' ')
      // Addresses, paths and mail addresses.
      .replace(/\S*(?:\/|@)\S*/g, '*')
      // What stands in quotation marks is a name; an apostrophe within a word is none.
      .replace(/"[^"]*"|`[^`]*`/g, '*')
      .replace(/(^|[^A-Za-z0-9])'[^']*'(?![A-Za-z0-9])/g, '$1*')
      .replace(/\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?/g, '#')
      .replace(/[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*/g, numberOrName)
      .replace(/#(?:[.,:]#)+/g, '#')
      // No word of a language is that long, but keys are.
      .replace(/[A-Za-z_-]{25,}/g, '*')
      .replace(/(# (?:second|minute|hour|day|request|alert|token))s?\b/g, '$1s')
      .replace(/["\\]/g, ' ')
      .replace(/\*(?:[\s*]+\*)?/g, '*')
      .replace(/ +/g, ' ')
      .trim()
  )
}

function numberOrName(word: string): string {
  const unit = /^[+-]?\d+(ms|s|m|h|d)?$/.exec(word)
  return unit ? `#${unit[1] ?? ''}` : '*'
}

function mediaType(field = ''): string {
  return /^\s*([a-z]+\/[a-z.+-]{1,30})\s*(?:;|$)/i.exec(field)?.[1]?.toLowerCase() ?? ''
}

function limitsFirst(one: string, other: string): number {
  const rank = (name: string) => (/limit|retry/.test(name) ? 0 : 1)
  return rank(one) - rank(other) || (one < other ? -1 : one > other ? 1 : 0)
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).trimEnd()
}

/** FNV-1a, in six characters. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36).padStart(6, '0').slice(-6)
}
