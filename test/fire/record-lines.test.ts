import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  answeredLine,
  begunLine,
  brokenLine,
  createLineCutter,
  droppedLine,
  type RawLine,
  readRawLine,
  sentLine,
  watchedLine,
} from '../../lib/fire/raw-line.ts'

const id = fc.stringMatching(/^[kf]\d{1,4}\.\d{1,6}$/)
const atMs = fc.integer({ min: 0, max: 4e12 })
const index = fc.nat(1000)
const part = fc.stringMatching(/^[fwl]\d{1,3}$/)
const word = fc.string({ unit: 'binary' })
const said = fc.record(
  { limitedBy: word, retryAfter: word, headers: fc.dictionary(word, word) },
  { requiredKeys: [] },
)

const line: fc.Arbitrary<RawLine> = fc.oneof(
  fc.record({ kind: fc.constant('begun' as const), atMs }),
  fc.record({ kind: fc.constant('sent' as const), id, descriptor: index, part, atMs }),
  fc.record({
    kind: fc.constant('answered' as const),
    id,
    atMs,
    status: fc.integer({ min: 0, max: 999 }),
    durationMs: fc.nat(1e9).map((us) => us / 1000),
    errorCode: fc.nat(2000),
    said: fc.option(said, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('dropped' as const), descriptor: index, count: index, part, atMs }),
  fc.record({ kind: fc.constant('watched' as const), part, settled: fc.boolean() }),
  fc.record({ kind: fc.constant('broken' as const), message: word }),
)

function written(raw: RawLine): string {
  switch (raw.kind) {
    case 'begun':
      return begunLine(raw.atMs)
    case 'sent':
      return sentLine(raw.id, raw.descriptor, raw.part, raw.atMs)
    case 'answered':
      return answeredLine(raw.id, raw)
    case 'dropped':
      return droppedLine(raw.descriptor, raw.count, raw.part, raw.atMs)
    case 'watched':
      return watchedLine(raw.part, raw.settled)
    case 'broken':
      return brokenLine(raw.message)
  }
}

test('every line is read as it was written, on one line', () => {
  fc.assert(
    fc.property(line, (raw) => {
      const text = written(raw)
      expect(text).not.toMatch(/[\r\n]/)
      expect(readRawLine(text)).toEqual(raw)
    }),
  )
})

test('a line that was cut off is never read as another', () => {
  fc.assert(
    fc.property(line, fc.nat(), (raw, cut) => {
      const text = written(raw)
      const half = text.slice(0, cut % text.length)
      // Digits at the end may be missing without a trace; nothing else.
      const read = readRawLine(half)
      if (read) expect(read.kind).toBe(raw.kind)
    }),
  )
})

test('a line without our shape is not read', () => {
  for (const text of ['', 'hello', 's 1.1', 'a 1.1 5 200', 'b 12x', 'x not json', 'a 1 2 3 4 5 {"torn']) {
    expect(readRawLine(text)).toBeUndefined()
  }
})

test('a request takes about 50 bytes', () => {
  const answer = { atMs: 1795421502332, status: 200, durationMs: 5.123, errorCode: 0 }
  const both = `${sentLine('k12.31', 0, 'f0', 1795421502327)}\n${answeredLine('k12.31', answer)}\n`
  expect(both.length).toBeLessThan(70)
})

test('lines are cut alike, whatever chunks they arrive in', () => {
  fc.assert(
    fc.property(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (raws, sizes) => {
        const text = raws.map((raw) => `${written(raw)}\n`).join('')
        const got: string[] = []
        const cut = createLineCutter((one) => got.push(one))
        for (let from = 0, turn = 0; from < text.length; turn++) {
          const size = sizes[turn % sizes.length] as number
          cut(text.slice(from, from + size))
          from += size
        }
        expect(got).toEqual(raws.map(written))
      },
    ),
  )
})
