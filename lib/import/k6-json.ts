// Past the index of the folder: a thread would load all the libraries of specs for this alone.
import { shown } from '../spec/mistake.ts'
import type { Until } from './format.ts'
import { createK6Requests, type K6Tags, k6Tags } from './k6-requests.ts'
import { notJson } from './line-mistake.ts'
import type { PartBuilder } from './part.ts'
import { createPointTails, type PointTail, tailFields } from './point-tails.ts'
import { createPointTimes } from './point-time.ts'
import type { RecordingReader } from './recording-reader.ts'
import { type Pattern, patternOf, standsAt } from './same-bytes.ts'

const quote = 0x22
const comma = 0x2c
const point = 0x2e
const zero = 0x30
const backslash = 0x5c
const lineBreak = 0x0a

const beforeName = ascii('{"metric":"')
const afterName = ascii('","type":"Point","data":{"time":"')
const afterTime = ascii('","value":')
const endOfName = 64

/** What a point means for the request that it belongs to. */
type Role = 'begin' | 'duration' | 'receiving' | 'none'

interface Kind extends Pattern {
  role: Role
  /** What followed it last time, and probably will again. */
  next: Kind | undefined
}

const roles: Readonly<Record<string, Role>> = {
  http_reqs: 'begin',
  http_req_duration: 'duration',
  http_req_receiving: 'receiving',
}

/** A line that starts so begins a request, whatever came before: a file can be split there. */
export const requestStart = '{"metric":"http_reqs","type":"Point",'

/** More metrics than this have their names looked at letter by letter. */
const mostKinds = 200

/**
 * Reads what `k6 run --out json` writes. Every line is checked to be JSON: most consist of parts that
 * were read as JSON before (the name of the metric, and the tags) around an instant and a number that
 * are looked at digit by digit, and what has any other form is given to `JSON.parse`. Only UTF-8 is
 * not checked: broken letters within texts become U+FFFD.
 */
export function createK6JsonReader(builder: PartBuilder, until: Until): RecordingReader {
  const requests = createK6Requests(builder, until)
  const { part } = builder
  const times = createPointTimes()
  const tails = createPointTails<K6Tags>()
  const kinds = new Map<string, Kind>()
  let tail: PointTail<K6Tags> | undefined
  let kind: Kind | undefined
  let time: Pattern = patternOf(new Uint8Array(0))
  let timeLength = -1
  const timeBytes = new Uint8Array(64)
  const timeView = new DataView(timeBytes.buffer)
  const numberRead = new Float64Array(1)

  /** The kind whose line starts at `at`, or undefined where it has another form. */
  function kindAt(bytes: Uint8Array, view: DataView, at: number, to: number): Kind | undefined {
    if (!standsAt(bytes, view, at, to, beforeName)) return undefined
    const from = at + beforeName.bytes.length
    let end = from
    for (; end - from <= endOfName && end < to && bytes[end] !== quote; end++) {
      const byte = bytes[end] as number
      if (byte < 0x20 || byte > 0x7e || byte === backslash) return undefined
    }
    if (!standsAt(bytes, view, end, to, afterName)) return undefined
    const name = String.fromCharCode(...bytes.subarray(from, end))
    const known = kinds.get(name)
    if (known) return known
    const role = Object.hasOwn(roles, name) ? (roles[name] as Role) : 'none'
    const made: Kind = {
      ...patternOf(bytes.subarray(at, end + afterName.bytes.length)),
      role,
      next: undefined,
    }
    if (kinds.size < mostKinds) kinds.set(name, made)
    return made
  }

  /** Takes the point of the line at `start`, and returns where the next line starts; -1 where it takes none. */
  function takePoint(bytes: Uint8Array, view: DataView, start: number, to: number): number {
    let its = kind?.next
    if (!its || !standsAt(bytes, view, start, to, its)) {
      its = kindAt(bytes, view, start, to)
      if (!its) return -1
      // With more kinds than are kept, links would keep them all.
      if (kind && kinds.size < mostKinds) kind.next = its
    }
    kind = its
    let at = start + its.bytes.length
    if (timeLength > 0 && standsAt(bytes, view, at, to, time)) at += timeLength
    else {
      const end = times.read(bytes, at, to)
      const length = end - at + afterTime.bytes.length
      if (end < 0 || length > timeBytes.length || !standsAt(bytes, view, end, to, afterTime)) {
        // What was read last is no longer that of the bytes kept.
        timeLength = -1
        return -1
      }
      timeBytes.set(bytes.subarray(at, at + length))
      time = { bytes: timeBytes.subarray(0, length), view: timeView }
      timeLength = length
      at += length
    }
    at = afterNumber(bytes, at, to, numberRead)
    if (at < 0) return -1
    const expected = tail && tails.after(tail)
    if (tail && standsAt(bytes, view, at, to, tail)) at += tail.bytes.length
    else if (expected && standsAt(bytes, view, at, to, expected)) {
      at += expected.bytes.length
      tail = expected
    } else {
      const end = bytes.indexOf(lineBreak, at) + 1
      if (end <= 0 || end > to) return -1
      const found = tails.at(bytes, view, at, end, tail)
      if (!found) return -1
      tail = found
      at = end
    }
    if (its.role !== 'none') takeRole(its.role, tail, numberRead[0] as number)
    return at
  }

  function takeRole(role: Role, itsTail: PointTail<K6Tags>, value: number): void {
    const line = part.lines + 1
    itsTail.meaning ??= meaningOf(itsTail.text)
    const tags = itsTail.meaning
    if (role === 'begin') requests.begin(line, times.ns, tags)
    else if (role === 'duration') requests.duration(line, times.ns, tags, value)
    else requests.receiving(line, times.ns, tags, value)
  }

  function meaningOf(text: string): K6Tags {
    const { tags } = tailFields(text)
    const field = (name: string) => {
      const value = Object.hasOwn(tags, name) ? tags[name] : undefined
      return value === undefined ? undefined : String(value)
    }
    return k6Tags(builder, field, Object.keys(tags))
  }

  /** Takes a line of another form: older versions of k6 write the same fields in another order. */
  function takeOther(text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      builder.refuse(notJson(part.lines + 1, text, error))
      return
    }
    const { type, metric, data } = Object(value)
    if (type === 'Metric') return
    const again = Buffer.from(
      `${JSON.stringify({ metric, type, data: { time: data?.time, value: data?.value, tags: data?.tags ?? {} } })}\n`,
    )
    const bytes = new Uint8Array(again)
    if (type === 'Point' && takePoint(bytes, new DataView(bytes.buffer), 0, bytes.length) > 0) return
    builder.refuse({
      line: part.lines + 1,
      column: 1,
      expected: 'a point or a metric of k6',
      found: shown(text),
    })
  }

  function take(bytes: Uint8Array, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = from
    while (at < to) {
      let next = takePoint(bytes, view, at, to)
      if (next < 0) {
        next = bytes.indexOf(lineBreak, at) + 1
        const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, next - at - 1).toString()
        if (text.trim() !== '') takeOther(text)
      }
      part.lines++
      at = next
    }
  }

  return {
    take,
    takeRest(text) {
      try {
        JSON.parse(text)
      } catch {
        part.cutOff = true
        part.lines++
        return
      }
      const bytes = new TextEncoder().encode(`${text}\n`)
      take(bytes, 0, bytes.length)
    },
    finish(last) {
      requests.finish(last)
      part.baseMs = times.baseMs
    },
  }
}

function ascii(text: string): Pattern {
  return patternOf(new TextEncoder().encode(text))
}

/** The powers of ten that a double holds exactly, as far as they are needed. */
const powersOfTen = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** Nobody writes longer numbers. */
const longestNumber = 40

/** Reads a number of JSON that a comma follows, and returns where that stands, or -1. */
function afterNumber(bytes: Uint8Array, from: number, to: number, result: Float64Array): number {
  let digits = 0
  let at = from
  let pointAt = -1
  for (; at < to; at++) {
    const byte = bytes[at] as number
    const digit = byte - zero
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit
    else if (byte === point && pointAt < 0) pointAt = at
    else break
  }
  const wholeDigits = (pointAt < 0 ? at : pointAt) - from
  const fractionDigits = pointAt < 0 ? 0 : at - pointAt - 1
  if (
    bytes[at] === comma &&
    wholeDigits > 0 &&
    (wholeDigits === 1 || bytes[from] !== zero) &&
    (pointAt < 0 || fractionDigits > 0) &&
    wholeDigits + fractionDigits <= 15
  ) {
    result[0] = digits / (powersOfTen[fractionDigits] as number)
    return at
  }
  let end = at
  while (end < to && end - from <= longestNumber && bytes[end] !== comma) end++
  const text = String.fromCharCode(...bytes.subarray(from, end))
  if (bytes[end] !== comma || !jsonNumber.test(text)) return -1
  result[0] = Number(text)
  return end
}
