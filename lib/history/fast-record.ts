import type { ColumnBuilder } from './columns.ts'
import type { DescriptorTable } from './descriptor-table.ts'
import { sinceStartUs, timeRangeMs } from './field.ts'
import type { Outcome } from './history.ts'
import { longestLine } from './lines.ts'
import { createNameCache, longestName } from './name-cache.ts'
import { isCost, isStatus, longestLook } from './record.ts'

/** Reads records straight from the bytes of a file, where they are written as `recordLine` writes them. */
export interface FastRecords {
  /**
   * Adds the records of the lines from `from` on, up to the first line that is anything else, and
   * returns where that line starts, or `to`. Such a line may be as good as the others: it changes
   * nothing here, and whoever reads JSON has to say what it is.
   * @param from where a line starts.
   * @param to just after a line break.
   * @param line number of the first line.
   */
  take(bytes: Uint8Array, from: number, to: number, line: number): number
}

const lineBreak = 0x0a
const quote = 0x22
const comma = 0x2c
const point = 0x2e
const zero = 0x30
const colon = 0x3a
const backslash = 0x5c
const letterU = 0x75
const brace = 0x7d

/** A key, to be compared four bytes at a time: more than half of a line are keys. */
interface Key {
  length: number
  /** Its first four bytes, and where the others are that it takes to cover all of it. */
  first: number
  offsets: Int32Array
  words: Int32Array
}

const keys = {
  descriptor: keyOf('{"descriptor":"'),
  sent: keyOf(',"sent":'),
  received: keyOf(',"received":'),
  status: keyOf(',"status":'),
  cost: keyOf(',"cost":'),
  limitedBy: keyOf(',"limitedBy":"'),
  retryAfter: keyOf(',"retryAfter":"'),
  headers: keyOf(',"headers":{'),
  looks: keyOf(',"looks":"'),
  durationMs: keyOf(',"durationMs":'),
  error: keyOf(',"error":"'),
  request: keyOf(',"request":"'),
}

/** What may stand after a backslash, besides `u`. */
const escapes = text('"\\/bfnrt')

/** The powers of ten that a double holds exactly, as far as they are needed. */
const powersOfTen = Float64Array.from({ length: 17 }, (_, exponent) => 10 ** exponent)

/**
 * Makes a reader for the records of a history that started then. Every line that it takes means what
 * `JSON.parse` and the checks of the plain reader would have made of it. All else it leaves alone:
 * other orders of fields, white space, escapes or letters beyond ASCII in names, exponents, unknown
 * fields, events, and whatever breaks the format.
 */
export function createFastRecords(
  startedAtMs: number,
  outcomeOfStatus: (status: number) => Outcome,
  rows: ColumnBuilder,
  descriptors: DescriptorTable,
): FastRecords {
  const { fromMs, toMs } = timeRangeMs(startedAtMs)
  const descriptorNumbers = createNameCache()
  const scopeNumbers = createNameCache()
  const lookNumbers = createNameCache(longestLook)
  /** Where a number that was read is left: a typed array holds it without making an object. */
  const numberRead = new Float64Array(1)

  /** Adds the record of the line at `start`, and returns where the next line starts; -1 where it adds none. */
  function takeOne(bytes: Uint8Array, view: DataView, start: number, line: number): number {
    let at = afterKey(view, start, keys.descriptor)
    if (at < 0) return -1
    const nameFrom = at
    const nameTo = plainNameEnd(bytes, at)
    if (nameTo <= nameFrom) return -1
    at = afterNumber(bytes, afterKey(view, nameTo + 1, keys.sent), numberRead)
    const sent = numberRead[0] as number
    at = afterNumber(bytes, afterKey(view, at, keys.received), numberRead)
    const received = numberRead[0] as number
    at = afterNumber(bytes, afterKey(view, at, keys.status), numberRead)
    const status = numberRead[0] as number
    if (at < 0 || !(sent >= fromMs && sent <= received && received <= toMs) || !isStatus(status)) return -1

    let value = afterKey(view, at, keys.cost)
    let cost = 1
    if (value >= 0) {
      at = afterNumber(bytes, value, numberRead)
      cost = numberRead[0] as number
      if (!isCost(cost)) return -1
    }
    const scopeFrom = afterKey(view, at, keys.limitedBy)
    let scopeTo = -1
    if (scopeFrom >= 0) {
      scopeTo = plainNameEnd(bytes, scopeFrom)
      if (scopeTo <= scopeFrom) return -1
      at = scopeTo + 1
    }
    value = afterKey(view, at, keys.retryAfter)
    if (value >= 0) at = afterText(bytes, value)
    value = afterKey(view, at, keys.headers)
    if (value >= 0) at = afterTexts(bytes, value)
    const lookFrom = afterKey(view, at, keys.looks)
    let lookTo = -1
    if (lookFrom >= 0) {
      lookTo = plainNameEnd(bytes, lookFrom, longestLook)
      if (lookTo <= lookFrom) return -1
      at = lookTo + 1
    }
    value = afterKey(view, at, keys.durationMs)
    let durationUs = Number.NaN
    if (value >= 0) {
      at = afterNumber(bytes, value, numberRead)
      durationUs = Math.round((numberRead[0] as number) * 1000)
    }
    value = afterKey(view, at, keys.error)
    if (value >= 0) at = afterText(bytes, value)
    value = afterKey(view, at, keys.request)
    if (value >= 0) at = afterText(bytes, value)
    if (at < 0 || bytes[at] !== brace || bytes[at + 1] !== lineBreak || at - start >= longestLine) return -1

    // Only now is the line surely a record: a name that is mentioned nowhere else must get no number.
    const scope = scopeFrom < 0 ? -1 : scopeNumber(bytes, scopeFrom, scopeTo)
    if (scope < 0 && scopeFrom >= 0) return -1
    rows.add(
      line,
      descriptorNumber(bytes, nameFrom, nameTo),
      sinceStartUs(sent, startedAtMs),
      sinceStartUs(received, startedAtMs),
      status,
      outcomeOfStatus(status),
      cost,
      scope,
      durationUs,
      lookFrom < 0 ? -1 : lookNumber(bytes, lookFrom, lookTo),
    )
    return at + 2
  }

  function descriptorNumber(bytes: Uint8Array, from: number, to: number): number {
    const known = descriptorNumbers.get(bytes, from, to)
    if (known >= 0) return known
    const number = descriptors.numberOf(plainText(bytes, from, to))
    descriptorNumbers.set(bytes, from, to, number)
    return number
  }

  /** -1 for one more than the column can hold. */
  function scopeNumber(bytes: Uint8Array, from: number, to: number): number {
    const known = scopeNumbers.get(bytes, from, to)
    if (known >= 0) return known
    const scope = plainText(bytes, from, to)
    if (!rows.canIntern(scope)) return -1
    const number = rows.intern(scope)
    scopeNumbers.set(bytes, from, to, number)
    return number
  }

  function lookNumber(bytes: Uint8Array, from: number, to: number): number {
    const known = lookNumbers.get(bytes, from, to)
    if (known >= 0) return known
    const number = rows.internLook(plainText(bytes, from, to))
    lookNumbers.set(bytes, from, to, number)
    return number
  }

  return {
    take(bytes, from, to, firstLine) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, to)
      let start = from
      let line = firstLine
      while (start < to) {
        const next = takeOne(bytes, view, start, line)
        if (next < 0) break
        start = next
        line++
      }
      return start
    },
  }
}

function text(ascii: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(ascii)
}

function keyOf(ascii: string): Key {
  const { length } = ascii
  const bytes = new DataView(text(ascii).buffer)
  const offsets: number[] = []
  for (let offset = 4; offset < length; offset += 4) offsets.push(Math.min(offset, length - 4))
  const words = Int32Array.from(offsets, (offset) => bytes.getInt32(offset))
  return { length, first: bytes.getInt32(0), offsets: Int32Array.from(offsets), words }
}

function plainText(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to))
}

// Every line has its line break, which none of the following steps over: so none of them looks beyond
// the bytes. What they are given may be the -1 of the step before, and is then handed on.

/** Where the key that should stand at `at` ends, or -1. */
function afterKey(bytes: DataView, at: number, { length, first, offsets, words }: Key): number {
  const end = at + length
  if (at < 0 || end > bytes.byteLength || bytes.getInt32(at) !== first) return -1
  for (let k = 0; k < words.length; k++) {
    if (bytes.getInt32(at + (offsets[k] as number)) !== words[k]) return -1
  }
  return end
}

/** Where a name of printable ASCII without escapes has its closing quote, or -1, also where it is long. */
function plainNameEnd(bytes: Uint8Array, from: number, longest = longestName): number {
  for (let at = from; at - from <= longest; at++) {
    const byte = bytes[at] as number
    if (byte === quote) return at
    if (byte < 0x20 || byte === backslash || byte > 0x7e) return -1
  }
  return -1
}

/** Where any text of JSON ends, its closing quote included, or -1. */
function afterText(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    const byte = bytes[at] as number
    if (byte === quote) return at + 1
    if (byte < 0x20) return -1
    if (byte !== backslash) continue
    at++
    const escaped = bytes[at] as number
    if (escaped === letterU) {
      for (let digit = 0; digit < 4; digit++) if (!isHexadecimal(bytes[++at] as number)) return -1
    } else if (!escapes.includes(escaped)) return -1
  }
}

/** Where an object of texts ends whose opening brace stands before `from`, or -1. */
function afterTexts(bytes: Uint8Array, from: number): number {
  if (bytes[from] === brace) return from + 1
  let at = from
  for (;;) {
    if (bytes[at] !== quote) return -1
    at = afterText(bytes, at + 1)
    if (at < 0 || bytes[at] !== colon || bytes[at + 1] !== quote) return -1
    at = afterText(bytes, at + 2)
    if (at < 0) return -1
    if (bytes[at] === brace) return at + 1
    if (bytes[at] !== comma) return -1
    at++
  }
}

function isHexadecimal(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}

/**
 * Reads a number from 0 without an exponent to the double nearest to it, as `JSON.parse` does, and
 * returns where it ends, or -1. A whole number below 2^53 and a power of ten up to 10^22 are exact,
 * and a division of two exact numbers is rounded once, so that it gives the nearest double
 * (W. D. Clinger, How to read floating point numbers accurately, 1990). What has more digits than
 * that is left to the engine.
 */
function afterNumber(bytes: Uint8Array, from: number, result: Float64Array): number {
  if (from < 0) return -1
  let digits = 0
  let at = from
  let digit = (bytes[at] as number) - zero
  while (digit >= 0 && digit <= 9) {
    digits = digits * 10 + digit
    digit = (bytes[++at] as number) - zero
  }
  const wholeDigits = at - from
  if (wholeDigits === 0 || (wholeDigits > 1 && bytes[from] === zero)) return -1
  let fractionDigits = 0
  if (bytes[at] === point) {
    const pointAt = at
    digit = (bytes[++at] as number) - zero
    while (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      digit = (bytes[++at] as number) - zero
    }
    fractionDigits = at - pointAt - 1
    if (fractionDigits === 0) return -1
  }
  if (wholeDigits + fractionDigits > 16 || digits > Number.MAX_SAFE_INTEGER) {
    if (at - from > longestNumber) return -1
    result[0] = Number(plainText(bytes, from, at))
  } else {
    result[0] = fractionDigits === 0 ? digits : digits / (powersOfTen[fractionDigits] as number)
  }
  return at
}

/** Nobody writes numbers with more digits. */
const longestNumber = 40
