import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createColumnBuilder } from '../../lib/history/columns.ts'
import { createDescriptorTable } from '../../lib/history/descriptor-table.ts'
import { createFastRecords } from '../../lib/history/fast-record.ts'
import {
  eventLine,
  headerLine,
  outcomeOf,
  type ReadHistoryResult,
  readHistoryBytes,
  recordLine,
} from '../../lib/history/index.ts'
import { event, header, record, rowsOf, startedAtMs } from './generators.ts'

const ruled = outcomeOf({ accepted: '2xx', limited: '429' })
const good = `{"descriptor":"A","sent":${startedAtMs},"received":${startedAtMs + 1.5},"status":200}\n`

/** How many of these lines are read without JSON.parse, from the first one on. */
function takenFast(lines: string): number {
  const rows = createColumnBuilder()
  const bytes = Buffer.from(lines)
  const records = createFastRecords(startedAtMs, ruled, rows, createDescriptorTable())
  records.take(bytes, 0, bytes.lastIndexOf(0x0a) + 1, 2)
  return rows.count
}

/**
 * The same history twice: as it is, and with each line, the header apart, pushed behind a blank. The
 * blank is white space to JSON and keeps a line from the fast way, so that the second is read by
 * JSON.parse alone.
 */
function bothWays(body: Uint8Array, skipInvalid: boolean): [ReadHistoryResult, ReadHistoryResult] {
  const head = Buffer.from(headerLine(header))
  const plain: number[] = []
  let atLineStart = true
  for (const byte of body) {
    if (atLineStart) plain.push(0x20)
    plain.push(byte)
    atLineStart = byte === 0x0a
  }
  const read = (bytes: Uint8Array) =>
    readHistoryBytes(Buffer.concat([head, bytes]), undefined, { skipInvalid })
  return [read(body), read(Uint8Array.from(plain))]
}

/** What was read, without that which the blank before each line moves: columns and quoted beginnings. */
function comparable(read: ReadHistoryResult) {
  if (!read.ok) {
    const mistakes = read.mistakes.map(({ column: _, found, ...rest }) => ({
      ...rest,
      found: found
        .replace(/^" */, '"')
        .replace(/, wrong at column \d+$/, '')
        .slice(0, 30),
    }))
    return { mistakes, total: read.total }
  }
  const { history, warnings } = read
  const { descriptors, scopeNames, events, torn, skipped } = history
  return { rows: rowsOf(history), descriptors, scopeNames, events, torn, skipped, warnings }
}

function expectSame(body: Uint8Array, skipInvalid: boolean): void {
  const [fast, plain] = bothWays(body, skipInvalid)
  expect(comparable(fast)).toEqual(comparable(plain))
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 })

/** The earliest and the latest time that a record may have, and those just beyond. */
const farthestMs = 366 * 24 * 3_600_000
const edges = [-1, 0, 1].flatMap((ms) => [startedAtMs - farthestMs + ms, startedAtMs + farthestMs + ms])

/** Texts of numbers near those of a record, most of which JSON takes for numbers. */
const numberText = fc.oneof(
  fc.tuple(fc.integer({ min: -5, max: 1_000_000 }), digits).map(([ms, fraction]) => {
    return `${startedAtMs + ms}${fraction && `.${fraction}`}`
  }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: 0, max: 1e6, noNaN: true }).map(String),
  fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
  digits,
  fc.constantFrom(...edges.map(String)),
  fc.constantFrom(
    '0',
    '00',
    '01',
    '-0',
    '-1',
    '1.',
    '.5',
    '1e3',
    '1E-2',
    '200.0',
    '9007199254740993',
    '1e999',
  ),
  fc.constantFrom('00', '0429', `0${startedAtMs}`, `${startedAtMs + 7}.`, '429.', '429.0', '4e2'),
  fc.constantFrom('null', '"7"', '{}', '', ' 7', '7 '),
)

const textText = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  fc.string({ unit: fc.constantFrom(...'u0dF\\/"n\u0001\u007fé{,: ') }).map((value) => `"${value}"`),
  fc.constantFrom(
    '"integration"',
    '"A"',
    '"ü"',
    '""',
    '"\\u0041"',
    '"\\u00g1"',
    '"\\x"',
    '"\t"',
    '"\\"',
    '"\\""',
  ),
  fc.constantFrom('"\u2028"', `"${'x'.repeat(64)}"`, `"${'x'.repeat(65)}"`, '7', 'null'),
)

const texts = fc
  .array(fc.tuple(textText, textText), { maxLength: 3 })
  .map((pairs) => `{${pairs.map(([name, value]) => `${name}:${value}`).join()}}`)

/** The fields in the order in which Onset writes them: a good value, and any that may stand there. */
const fields: { name: string; good: string; any: fc.Arbitrary<string>; optional?: boolean }[] = [
  { name: 'descriptor', good: '"A"', any: textText },
  { name: 'sent', good: String(startedAtMs), any: numberText },
  { name: 'received', good: String(startedAtMs + 3_600_000), any: numberText },
  { name: 'status', good: '429', any: numberText },
  { name: 'cost', good: '2', any: numberText, optional: true },
  { name: 'limitedBy', good: '"integration"', any: textText, optional: true },
  { name: 'retryAfter', good: '"212"', any: textText, optional: true },
  {
    name: 'headers',
    good: '{"ratelimit":"\\"default\\";r=0"}',
    any: fc.oneof(
      texts,
      fc.constantFrom('{"a":"b",}', '{"a"}', '{"a":{}}', '{,}', '{"a" :"b"}', '{"a":"b"', '{"a":"b"}}', '[]'),
      fc.constantFrom('{"a":"b""c":"d"}', '{"a":"b";"c":"d"}', '{"a":b"}', '{a":"b"}', '{"a"="b"}'),
    ),
    optional: true,
  },
  { name: 'durationMs', good: '12.345', any: numberText, optional: true },
  { name: 'error', good: '"timeout"', any: textText, optional: true },
]

/**
 * A record put together by hand, in the order that Onset writes, in which one value is any and the
 * others are good: the hostile ones cannot hide behind one another.
 */
const handMade = fc
  .tuple(
    fc.nat({ max: fields.length - 1 }).chain((index) => {
      return fc.tuple(fc.constant(index), (fields[index] as (typeof fields)[number]).any)
    }),
    fc.array(fc.boolean(), { minLength: fields.length, maxLength: fields.length }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant('}') },
      fc.constantFrom(',"event":"note"}', '}}', '} ', ',}'),
    ),
  )
  .map(([[anyIndex, anyText], present, close]) => {
    const parts = fields.flatMap(({ name, good, optional }, index) => {
      if (index === anyIndex) return [`"${name}":${anyText}`]
      return optional && !present[index] ? [] : [`"${name}":${good}`]
    })
    return `{${parts.join()}${close}\n`
  })

/** Bytes that are removed, and others that are put in their place. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  remove: fc.nat({ max: 3 }),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 2 }),
    fc.constantFrom(...'{}":,\\.0 \n\re-').map((letter) => Buffer.from(letter)),
  ),
})

const line = fc.oneof(record.map(recordLine), event.map(eventLine), handMade)

describe('records read straight from the bytes', () => {
  test('are all that Onset writes, but those with names beyond plain ASCII', () => {
    fc.assert(
      fc.property(record, (one) => {
        const plain =
          (one.limitedBy === undefined || /^\w+$/.test(one.limitedBy)) &&
          (one.looks === undefined || /^[ !#-[\]-~]+$/.test(one.looks))
        expect(takenFast(recordLine(one))).toBe(plain ? 1 : 0)
      }),
    )
  })

  test.each([
    ['another order', good.replace(/("sent":\d+),("received":[\d.]+)/, '$2,$1')],
    ['white space', good.replace(':2', ': 2')],
    ['a carriage return', good.replace('\n', '\r\n')],
    ['an unknown field', good.replace('}', ',"extra":1}')],
    ['a field twice', good.replace('}', ',"status":429}')],
    ['a cost that is not whole', good.replace('}', ',"cost":2.5}')],
    ['an exponent', good.replace('}', ',"cost":1e3}')],
    ['an answer before the request', good.replace(/"received":\d+/, `"received":${startedAtMs - 1}`)],
    ['a time in another unit', good.replaceAll(String(startedAtMs), String(startedAtMs / 1000))],
    ['a status of four digits', good.replace('200', '2000')],
    ['no line break', good.trimEnd()],
    ['a line that is too long', good.replace('}', `,"error":"${'x'.repeat(1 << 20)}"}`)],
  ])('are none with %s', (_, text) => {
    expect(takenFast(good + text)).toBe(1)
  })

  test('end before the first other line, and it mentions no descriptor', () => {
    const rows = createColumnBuilder()
    const descriptors = createDescriptorTable()
    const bytes = Buffer.from(good + good.replace('"A"', '"Z"').replace('200', '20') + good)
    const records = createFastRecords(startedAtMs, ruled, rows, descriptors)
    expect(records.take(bytes, 0, bytes.length, 2)).toBe(good.length)
    expect(rows.count).toBe(1)
    expect(descriptors.numberOf('Z')).toBe(1)
  })

  test('have the numbers that JSON.parse reads', () => {
    const written = fc.tuple(digits, digits).map(([whole, fraction]) => {
      return `${whole.replace(/^0+(?=.)/, '') || '0'}${fraction && `.${fraction}`}`
    })
    // Longer ones are left to the plain way.
    const amount = written.filter(({ length }) => length <= 40)
    fc.assert(
      fc.property(fc.maxSafeNat().map(String), amount, (cost, durationMs) => {
        const rows = createColumnBuilder()
        const text = good.replace('}', `,"cost":${cost},"durationMs":${durationMs}}`)
        createFastRecords(startedAtMs, ruled, rows, createDescriptorTable()).take(
          Buffer.from(text),
          0,
          text.length,
          2,
        )
        const { count, ...columns } = rows.finish()
        expect(count).toBe(1)
        expect(columns.cost[0]).toBe(JSON.parse(cost))
        expect(columns.durationUs[0]).toBe(Math.round(JSON.parse(durationMs) * 1000))
      }),
      { numRuns: 2_000 },
    )
  })

  test('are what the plain way reads, whatever the lines', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.boolean(), (lines, skipInvalid) => {
        expectSame(Buffer.from(lines.join('')), skipInvalid)
      }),
      { numRuns: 4_000 },
    )
  })

  test('are what the plain way reads, with bytes changed, removed or added', () => {
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        changes,
        fc.boolean(),
        (lines, made, skip) => {
          let bytes = Buffer.from(lines.join(''))
          for (const { at, remove, insert } of made) {
            const from = Math.floor(at * bytes.length)
            bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)])
          }
          expectSame(bytes, skip)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test('are as many as there are, among ever so many other lines', () => {
    const other = good.replace(',"sent"', ', "sent"')
    const lines = Array.from({ length: 3_000 }, (_, i) => (i % 700 < 350 ? good : other))
    const read = readHistoryBytes(headerLine(header) + lines.join(''))
    expect(read.ok && read.history.count).toBe(3_000)
    expect(read.ok && read.history.line.subarray(0, 3_000)).toEqual(
      Uint32Array.from(lines, (_, index) => index + 2),
    )
  })

  test('may carry more names than are kept at hand', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `client ${i % 2_500}`)
    const scopes = Object.fromEntries(names.map((name) => [name, { client: name }]))
    const descriptors = Object.entries(scopes).map(([name, of]) => ({ name, scopes: of }))
    const read = readHistoryBytes(
      headerLine({ ...header, descriptors }) + names.map((name) => good.replace('"A"', `"${name}"`)).join(''),
    )
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    expect(rowsOf(read.history).map(({ descriptor }) => descriptor?.name)).toEqual(names)
  })
})
