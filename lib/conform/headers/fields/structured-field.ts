/** A bare item of a structured field (RFC 9651 §3.3). */
export type BareItem =
  | { type: 'integer'; value: number }
  | { type: 'decimal'; value: number }
  | { type: 'string'; value: string }
  | { type: 'token'; value: string }
  /** `value` is the base64 text between the colons. */
  | { type: 'bytes'; value: string }
  | { type: 'boolean'; value: boolean }
  /** `value` in seconds since the Unix epoch. */
  | { type: 'date'; value: number }
  | { type: 'display-string'; value: string }

export type Parameters = ReadonlyMap<string, BareItem>

/** An item with its parameters; `value` is a list for an inner list. */
export interface Item {
  value: BareItem | { type: 'inner-list'; value: readonly Item[] }
  parameters: Parameters
}

/** A value, or where and why a text is none; `at` counts characters from 0. */
export type Parsed<Value> =
  | { ok: true; value: Value }
  | { ok: false; at: number; expected: string; found: string }

/**
 * A List of Items, read by the algorithm of RFC 9651 §4.2.1. Strict in all that the RFC is strict in;
 * integers and decimals are told apart (`5.0` is no Integer). An empty text is an empty list.
 */
export function parseList(text: string): Parsed<Item[]> {
  return parsed(text, (cursor) => members(cursor, () => memberOf(cursor)))
}

/** A Dictionary (RFC 9651 §4.2.2); of a key that comes twice the last counts. */
export function parseDictionary(text: string): Parsed<Map<string, Item>> {
  return parsed(text, (cursor) => {
    const pairs = members(cursor, (): [string, Item] => {
      const key = keyOf(cursor)
      if (cursor.take('=')) return [key, memberOf(cursor)]
      return [key, { value: { type: 'boolean', value: true }, parameters: parametersOf(cursor) }]
    })
    return new Map(pairs)
  })
}

/** Never leaves this file: how a parser deep within says that the text is none. */
class Mistake extends Error {
  readonly at: number
  readonly expected: string

  constructor(at: number, expected: string) {
    super(expected)
    this.at = at
    this.expected = expected
  }
}

class Cursor {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  /** What a sticky pattern matches here; moves behind it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  take(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  fail(expected: string, at = this.at): never {
    throw new Mistake(at, expected)
  }
}

function parsed<Value>(text: string, parse: (cursor: Cursor) => Value): Parsed<Value> {
  const cursor = new Cursor(text)
  try {
    cursor.match(/ */y)
    const value = parse(cursor)
    cursor.match(/ */y)
    if (!cursor.isAtEnd) cursor.fail('a comma or the end')
    return { ok: true, value }
  } catch (mistake) {
    if (!(mistake instanceof Mistake)) throw mistake
    const rest = text.slice(mistake.at)
    const found = rest === '' ? 'the end' : `"${rest.length > 24 ? `${rest.slice(0, 24)}…` : rest}"`
    return { ok: false, at: mistake.at, expected: mistake.expected, found }
  }
}

/** What commas separate, up to the end of the text; none in an empty one. */
function members<Member>(cursor: Cursor, next: () => Member): Member[] {
  const found: Member[] = []
  while (!cursor.isAtEnd) {
    found.push(next())
    cursor.match(/[ \t]*/y)
    if (cursor.isAtEnd) break
    if (!cursor.take(',')) cursor.fail('a comma or the end')
    cursor.match(/[ \t]*/y)
    if (cursor.isAtEnd) cursor.fail('an item after the comma')
  }
  return found
}

function memberOf(cursor: Cursor): Item {
  if (!cursor.take('(')) return itemOf(cursor)
  const inner: Item[] = []
  for (;;) {
    cursor.match(/ */y)
    if (cursor.take(')')) break
    inner.push(itemOf(cursor))
    if (cursor.text[cursor.at] !== ' ' && cursor.text[cursor.at] !== ')') cursor.fail('a space or ")"')
  }
  return { value: { type: 'inner-list', value: inner }, parameters: parametersOf(cursor) }
}

function itemOf(cursor: Cursor): Item {
  const value = bareItemOf(cursor)
  return { value, parameters: parametersOf(cursor) }
}

function parametersOf(cursor: Cursor): Parameters {
  const parameters = new Map<string, BareItem>()
  while (cursor.take(';')) {
    cursor.match(/ */y)
    const key = keyOf(cursor)
    parameters.set(key, cursor.take('=') ? bareItemOf(cursor) : { type: 'boolean', value: true })
  }
  return parameters
}

function keyOf(cursor: Cursor): string {
  return cursor.match(/[a-z*][a-z0-9_.*-]*/y) ?? cursor.fail('a key, which begins with a lower-case letter')
}

function bareItemOf(cursor: Cursor): BareItem {
  const first = cursor.text[cursor.at]
  if (first === '"') return { type: 'string', value: stringOf(cursor) }
  if (first === ':') return { type: 'bytes', value: bytesOf(cursor) }
  if (first === '?') return { type: 'boolean', value: booleanOf(cursor) }
  if (first === '@') return { type: 'date', value: dateOf(cursor) }
  if (first === '%') return { type: 'display-string', value: displayStringOf(cursor) }
  if (first !== undefined && /[-0-9]/.test(first)) return numberOf(cursor)
  const token = cursor.match(/[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y)
  return token === undefined
    ? cursor.fail('an item: a string in quotation marks, a number, or the like')
    : { type: 'token', value: token }
}

function numberOf(cursor: Cursor): BareItem {
  const start = cursor.at
  const text =
    cursor.match(/-?[0-9]+(?:\.[0-9]*)?/y) ??
    cursor.fail('a digit', start + (cursor.text[start] === '-' ? 1 : 0))
  const [whole = '', fraction] = text.replace('-', '').split('.')
  if (fraction === undefined) {
    if (whole.length > 15) cursor.fail('an integer of at most 15 digits', start)
    return { type: 'integer', value: Number(text) }
  }
  if (whole.length > 12 || fraction.length < 1 || fraction.length > 3) {
    cursor.fail('a decimal of at most 12 digits before and 1 to 3 after the point', start)
  }
  return { type: 'decimal', value: Number(text) }
}

function stringOf(cursor: Cursor): string {
  const start = cursor.at
  const text = cursor.match(/"(?:[ !#-[\]-~]|\\["\\])*/y) ?? ''
  if (!cursor.take('"')) {
    if (cursor.isAtEnd) cursor.fail('a string that is closed by a quotation mark', start)
    cursor.fail('a printable ASCII character, or a backslash before a quotation mark or a backslash')
  }
  return text.slice(1).replace(/\\(.)/g, '$1')
}

/** Missing padding is no mistake (RFC 9651 §4.2.7). */
function bytesOf(cursor: Cursor): string {
  const text = cursor.match(/:[A-Za-z0-9+/=]*/y) ?? ''
  return cursor.take(':') ? text.slice(1) : cursor.fail('base64 up to a colon')
}

function booleanOf(cursor: Cursor): boolean {
  return (cursor.match(/\?[01]/y) ?? cursor.fail('?0 or ?1')) === '?1'
}

function dateOf(cursor: Cursor): number {
  const start = cursor.at++
  const number = numberOf(cursor)
  return number.type === 'integer' ? number.value : cursor.fail('a date in whole seconds', start)
}

function displayStringOf(cursor: Cursor): string {
  const start = cursor.at
  const text = cursor.match(/%"(?:[ !#$&-~]|%[0-9a-f]{2})*"/y)
  if (text === undefined) cursor.fail('a display string: %"…", with %xx for what is not ASCII')
  try {
    return decodeURIComponent(text.slice(2, -1))
  } catch {
    return cursor.fail('UTF-8 within a display string', start)
  }
}
