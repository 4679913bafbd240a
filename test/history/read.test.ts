import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createHistoryReader,
  type History,
  Outcome,
  type ReadHistoryOptions,
  readHistory,
  readHistoryBytes,
} from '../../lib/history/index.ts'
import { goodLines, rowsOf } from './generators.ts'

const startedAt = '2026-11-23T08:11:02.123Z'
const t0 = Date.parse(startedAt)
const head = `{"format":"onset-history","version":1,"tool":"k6 v2.2.0","startedAt":"${startedAt}","clockSlackMs":1,"descriptors":{"A":{"integration":"A","organization":"acme"},"K":{"apiKey":"K"}}}`
const good = `{"descriptor":"A","sent":${t0 + 10},"received":${t0 + 12.5},"status":200}`
const end = `{"event":"end","at":${t0 + 1000},"reason":"finished"}`

function history(lines: string[], options?: ReadHistoryOptions): History {
  const read = readHistoryBytes(lines.join('\n'), undefined, options)
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, undefined, 2))
  return read.history
}

function mistakes(lines: string[], options?: ReadHistoryOptions) {
  const read = readHistoryBytes(lines.join('\n'), undefined, options)
  if (read.ok) throw new Error('this should not have been read')
  return read.mistakes
}

describe('a good history', () => {
  test('is read into columns, in whole microseconds since the start', () => {
    const read = history([
      head,
      '{"descriptor":"A","sent":1795421502327,"received":1795421502332.4,"status":200,"durationMs":5.5}',
      '{"event":"dropped","descriptor":"A","count":3,"at":1795421502400}',
      '{"descriptor":"A","sent":1795421502331,"received":1795421502335,"status":429,"limitedBy":"integration","retryAfter":"212"}',
      '{"descriptor":"K","sent":1795421502340,"received":1795421532340,"status":0,"error":"timeout","cost":2}',
      '{"event":"clock-step","at":1795421502500,"byMs":-480}',
      '{"event":"end","at":1795421802500,"reason":"finished"}',
      '',
    ])
    const sinceStart = 1795421502327 - t0
    expect(read).toMatchObject({
      startedAtMs: t0,
      tool: 'k6 v2.2.0',
      clockSlackMs: 1,
      count: 3,
      scopeNames: ['integration'],
      torn: false,
      skipped: 0,
    })
    expect(read.descriptors.map(({ name }) => name)).toEqual(['A', 'K'])
    expect([...read.sentUs.subarray(0, 3)]).toEqual([0, 4, 13].map((ms) => (sinceStart + ms) * 1000))
    expect(read.receivedUs[0]).toBe(sinceStart * 1000 + 5_400)
    expect([...read.outcome.subarray(0, 3)]).toEqual([Outcome.accepted, Outcome.limited, Outcome.unknown])
    expect([...read.status.subarray(0, 3)]).toEqual([200, 429, 0])
    expect([...read.cost.subarray(0, 3)]).toEqual([1, 1, 2])
    expect([...read.limitedBy.subarray(0, 3)]).toEqual([-1, 0, -1])
    expect([...read.line.subarray(0, 3)]).toEqual([2, 4, 5])
    expect(read.durationUs[0]).toBe(5_500)
    expect(read.durationUs[1]).toBeNaN()
    expect(read.events).toEqual([
      { event: 'dropped', line: 3, descriptor: 'A', count: 3, atUs: (1795421502400 - t0) * 1000 },
      { event: 'clock-step', line: 6, atUs: (1795421502500 - t0) * 1000, byMs: -480 },
      { event: 'end', line: 7, atUs: (1795421802500 - t0) * 1000, reason: 'finished' },
    ])
  })

  test('may have a byte order mark, carriage returns, blank lines and unknown fields', () => {
    const read = readHistoryBytes(
      `\uFEFF${[head.replace('{', '{"extra":[1],'), '', good.replace('}', ',"extra":{}}'), ' ', end].join('\r\n')}\r\n`,
    )
    expect(read).toMatchObject({ ok: true, warnings: [], history: { count: 1, torn: false } })
    expect(read.ok && read.history.line[0]).toBe(3)
  })

  test('may declare a descriptor after the records that carry it', () => {
    const read = history([
      head,
      good.replace('"A"', '"C"'),
      '{"event":"descriptor","name":"C","scopes":{"integration":"C"}}',
      end,
    ])
    expect(read.descriptors[read.descriptor[0] as number]).toEqual({
      name: 'C',
      scopes: { integration: 'C' },
    })
  })

  test('may hold events that this reader does not know', () => {
    const read = history([head, '{"event":"note","text":"hello"}', end])
    expect(read.events[0]).toEqual({ event: 'other', line: 2, name: 'note', fields: { text: 'hello' } })
  })

  test('may speak of times before its start', () => {
    expect(history([head, good.replace(`${t0 + 10}`, `${t0 - 5}`), end]).sentUs[0]).toBe(-5_000)
  })

  test('is judged by the rule of the spec, else of its header, else by 2xx and 429', () => {
    const withRule = head.replace('{', '{"outcomes":{"accepted":"2xx","limited":["429",503]},')
    const unavailable = good.replace('200', '503')
    const outcomeUnder = (lines: string[], rule?: { accepted: string; limited: string }) => {
      const read = readHistoryBytes(lines.join('\n'), rule)
      return read.ok && { outcome: read.history.outcome[0], warned: read.warnings.map(({ code }) => code) }
    }
    expect(outcomeUnder([head, unavailable, end])).toEqual({ outcome: Outcome.unknown, warned: [] })
    expect(outcomeUnder([withRule, unavailable, end])).toEqual({ outcome: Outcome.limited, warned: [] })
    expect(outcomeUnder([withRule, unavailable, end], { accepted: '5xx', limited: '429' })).toEqual({
      outcome: Outcome.accepted,
      warned: ['outcome-rule'],
    })
  })
})

describe('a history that ends too early', () => {
  test('without an end event is torn, and that is said', () => {
    const read = readHistoryBytes([head, good, ''].join('\n'))
    expect(read).toMatchObject({
      ok: true,
      history: { torn: true, count: 1 },
      warnings: [{ code: 'no-end' }],
    })
  })

  test('is read up to every byte at which it can be cut', () => {
    const bytes = Buffer.from([head, good, '{"event":"note","text":"grüße €"}', good, end, ''].join('\n'))
    for (let length = head.length; length < bytes.length - 1; length++) {
      const read = readHistoryBytes(bytes.subarray(0, length))
      if (!read.ok) throw new Error(`cut at ${length}: ${JSON.stringify(read.mistakes)}`)
      expect(read.history.torn).toBe(true)
    }
    expect(readHistoryBytes(bytes)).toMatchObject({ ok: true, history: { torn: false }, warnings: [] })
  })

  test('in the middle of a line names the line', () => {
    const read = readHistoryBytes([head, good, good.slice(0, 20)].join('\n'))
    expect(read.ok && read.warnings[0]).toEqual({
      code: 'cut-off',
      message: 'history is cut off in the middle of line 3: it was read up to there',
    })
  })

  test('goes on after an end that is not the last line, with a warning', () => {
    const read = readHistoryBytes([head, end, good, ''].join('\n'))
    expect(read).toMatchObject({ ok: true, history: { count: 1 }, warnings: [{ code: 'records-after-end' }] })
  })
})

describe('a header that breaks the format', () => {
  test.each([
    ['nothing', '', 'an empty file'],
    ['blank lines', '\n\n', 'an empty file'],
    ['no JSON', 'hello\n', '"hello"'],
    ['a cut-off header', head.slice(0, 40), 'wrong at column 41'],
    ['a list', '[]\n', 'an empty list'],
    ['a record', `${good}\n`, 'nothing'],
    ['another format', '{"format":"har"}\n', '"har"'],
    ['a later version', '{"format":"onset-history","version":2}\n', '2'],
    ['an instant without a zone', `${head.replace('.123Z', '')}\n`, '"2026-11-23T08:11:02"'],
    ['an instant that does not exist', `${head.replace('-23T', '-43T')}\n`, '"2026-11-43T08:11:02.123Z"'],
    ['no slack', `${head.replace('"clockSlackMs":1,', '')}\n`, 'nothing'],
    ['a negative slack', `${head.replace('Ms":1', 'Ms":-1')}\n`, '-1'],
    ['scopes that are not texts', `${head.replace('"acme"', '7')}\n`, '7'],
    ['descriptors in a list', `${head.replace(/"descriptors".*/, '"descriptors":[]}')}\n`, 'an empty list'],
    [
      'an outcome rule of another shape',
      `${head.replace('{', '{"outcomes":{"ok":"2xx"},')}\n`,
      '{"ok":"2xx"}',
    ],
  ])('is one mistake: %s', (_, text, found) => {
    const read = readHistoryBytes(`${text}${/\S\n$/.test(text) ? `${good}\n` : ''}`)
    if (read.ok) throw new Error('this should not have been read')
    expect(read.mistakes).toHaveLength(1)
    expect(read.mistakes[0]?.found).toContain(found)
  })

  test('is told all at once', () => {
    const paths = mistakes(['{"format":"onset-history","version":1,"tool":7}', good]).map(({ path }) => path)
    expect(paths).toEqual(['startedAt', 'clockSlackMs', 'tool', 'descriptors'])
  })
})

describe('a line that breaks the format', () => {
  const broken: [string, string, string][] = [
    ['no descriptor', good.replace('"descriptor":"A",', ''), 'descriptor'],
    ['an empty descriptor', good.replace('"A"', '""'), 'descriptor'],
    ['a descriptor that nobody declares', good.replace('"A"', '"Z"'), 'descriptor'],
    ['no sent', good.replace(/"sent":[\d.]+,/, ''), 'sent'],
    ['a sent that is null, as NaN is written', good.replace(/"sent":[\d.]+/, '"sent":null'), 'sent'],
    ['a sent in quotes', good.replace(/"sent":([\d.]+)/, '"sent":"$1"'), 'sent'],
    ['an infinite received', good.replace(/"received":[\d.]+/, '"received":1e999'), 'received'],
    ['received before sent', good.replace(/"received":[\d.]+/, `"received":${t0}`), 'received'],
    ['no status', good.replace(',"status":200', ''), 'status'],
    ['a status in quotes', good.replace('200', '"200"'), 'status'],
    ['a status of two digits', good.replace('200', '20'), 'status'],
    ['a cost that is not whole', good.replace('}', ',"cost":0.5}'), 'cost'],
    ['a negative cost', good.replace('}', ',"cost":-1}'), 'cost'],
    ['a negative duration', good.replace('}', ',"durationMs":-0.1}'), 'durationMs'],
    ['a limitedBy that is no text', good.replace('}', ',"limitedBy":1}'), 'limitedBy'],
    ['no object', '7', ''],
    ['no JSON', '{"descriptor":}', ''],
    ['a second header', head, 'format'],
    ['an event whose name is no text', '{"event":3}', 'event'],
    ['an end without a reason', `{"event":"end","at":${t0}}`, 'reason'],
    ['a step without a time', '{"event":"clock-step","byMs":3}', 'at'],
    ['a step of no size', `{"event":"clock-step","at":${t0}}`, 'byMs'],
    ['a negative drop', `{"event":"dropped","descriptor":"A","count":-1,"at":${t0}}`, 'count'],
    ['a drop of nobody', `{"event":"dropped","descriptor":"Z","count":1,"at":${t0}}`, 'descriptor'],
    ['a descriptor without scopes', '{"event":"descriptor","name":"C"}', 'scopes'],
    ['a second declaration', '{"event":"descriptor","name":"A","scopes":{"integration":"B"}}', 'scopes'],
  ]

  test.each(broken)('is a mistake that names it: %s', (_, line, path) => {
    expect(mistakes([head, good, line, good, end], { file: 'run/history.ndjson' })).toEqual([
      expect.objectContaining({ file: 'run/history.ndjson', line: 3, path }),
    ])
  })

  test.each(broken)('is counted when it may be skipped: %s', (_, line) => {
    const read = readHistoryBytes([head, good, line, good, end, ''].join('\n'), undefined, {
      skipInvalid: true,
    })
    expect(read).toMatchObject({
      ok: true,
      history: { count: 2, skipped: 1, torn: false },
      warnings: [{ code: 'skipped' }],
    })
    expect(read.ok && [...read.history.line.subarray(0, 2)]).toEqual([2, 4])
    expect(read.ok && read.history.descriptors.map(({ name }) => name)).toEqual(['A', 'K'])
  })

  test('is told with all its mistakes, and with all the others, in the order of the lines', () => {
    const told = mistakes([
      head,
      good.replace('"A"', '"Z"'),
      '{"sent":1,"received":0}',
      good.replace('200', '1'),
    ]).map(({ line, path }) => `${line} ${path}`)
    expect(told).toEqual([
      '2 descriptor',
      '3 descriptor',
      '3 sent',
      '3 received',
      '3 received',
      '3 status',
      '4 status',
    ])
  })

  test.each([
    ['seconds', t0 / 1000],
    ['microseconds', t0 * 1000],
    ['nanoseconds', t0 * 1_000_000],
  ])('says so when its times look like %s', (unit, sent) => {
    const line = good.replace(/"sent":[\d.]+,"received":[\d.]+/, `"sent":${sent},"received":${sent}`)
    expect(mistakes([head, line, end])[0]?.hint).toBe(`it looks like ${unit}`)
  })

  test('says where in the line the field stands', () => {
    expect(mistakes([head, good.replace('200', '20')])[0]?.column).toBe(good.indexOf('"status"') + 1)
  })

  test('is told a hundred times at most, with the number of all', () => {
    const read = readHistoryBytes([head, ...Array(5_000).fill('{"a":'), end].join('\n'))
    expect(read.ok ? 0 : read.mistakes.length).toBe(100)
    expect(read.ok ? 0 : read.total).toBe(5_000)
  })

  test('is told when ever more scopes are blamed, as when a value stands in the place of a scope', () => {
    const lines = Array.from({ length: 1_100 }, (_, i) => good.replace('}', `,"limitedBy":"A${i}"}`))
    expect(mistakes([head, ...lines, end])[0]).toMatchObject({ line: 1_002, path: 'limitedBy' })
  })

  test('may be longer than the memory should hold', () => {
    const read = readHistoryBytes(`${head}\n${good}\n{"descriptor":"${'x'.repeat(3 << 20)}"}\n${end}\n`)
    expect(read.ok ? '' : read.mistakes[0]?.found).toContain('a line of 1048576 characters')
  })
})

describe('whatever the bytes', () => {
  const options = fc.record({ skipInvalid: fc.boolean() })

  test('arbitrary bytes never make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), options, fc.boolean(), (bytes, given, afterHeader) => {
        const whole = afterHeader ? Buffer.concat([Buffer.from(`${head}\n`), bytes]) : bytes
        const read = readHistoryBytes(whole, undefined, given)
        expect(read.ok || read.total > 0).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  test('arbitrary JSON on a line never makes it throw, and is never lost', () => {
    const key = fc.constantFrom(
      ...['descriptor', 'sent', 'received', 'status', 'cost', 'limitedBy', 'durationMs'],
      ...['event', 'at', 'byMs', 'reason', 'name', 'scopes', 'count', 'format', '__proto__'],
    )
    const value = fc.oneof(
      fc.constantFrom<unknown>('A', 't', 'end', 'clock-step', t0, t0 + 1, 200, 0, -1, null, {}, { a: 'b' }),
      fc.jsonValue({ maxDepth: 1 }),
    )
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, value), { maxLength: 10 }), (objects) => {
        const lines = objects.map((object) => JSON.stringify(object))
        const strict = readHistoryBytes([head, ...lines, ''].join('\n'))
        const lenient = readHistoryBytes([head, ...lines, ''].join('\n'), undefined, { skipInvalid: true })
        if (!lenient.ok) throw new Error('skipping should always succeed after a good header')
        const { count, events, skipped } = lenient.history
        expect(count + events.length + skipped).toBe(lines.length)
        expect(strict.ok).toBe(skipped === 0)
      }),
      { numRuns: 400 },
    )
  })

  test('a good file with bytes changed, removed or added never makes it throw', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat({ max: 5 }),
      insert: fc.oneof(fc.uint8Array({ maxLength: 5 }), fc.constant(Uint8Array.of(0x0a))),
    })
    fc.assert(
      fc.property(
        goodLines,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        options,
        (lines, changes, given) => {
          let bytes = Buffer.from(lines.join(''))
          for (const { at, remove, insert } of changes) {
            const from = Math.floor(at * bytes.length)
            bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)])
          }
          const read = readHistoryBytes(bytes, undefined, given)
          expect(read.ok || read.total > 0).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('the pieces in which they come make no difference', async () => {
    await fc.assert(
      fc.asyncProperty(goodLines, fc.array(fc.nat({ max: 40 })), async (lines, sizes) => {
        const bytes = Buffer.from(lines.join(''))
        async function* pieces() {
          let from = 0
          for (const size of sizes) {
            yield bytes.subarray(from, from + size)
            from += size
          }
          yield bytes.subarray(from)
        }
        const piecemeal = await readHistory(pieces())
        const atOnce = readHistoryBytes(bytes)
        if (!piecemeal.ok || !atOnce.ok) throw new Error('this is a good history')
        expect(rowsOf(piecemeal.history)).toEqual(rowsOf(atOnce.history))
        expect(piecemeal.history.events).toEqual(atOnce.history.events)
      }),
    )
  })

  test('one byte at a time is enough', () => {
    const text = `${head}\n${good}\n{"event":"note","text":"grüße €"}\n${end}`
    const reader = createHistoryReader(undefined)
    for (const byte of Buffer.from(text)) reader.push(Uint8Array.of(byte))
    expect(reader.finish()).toEqual(readHistoryBytes(text))
  })
})

test.each([
  ['of the size it was said to have', 1],
  ['longer than it was said to be', 0.4],
  ['shorter than it was said to be', 7],
])('a history %s is read to its end', (_, asSaid) => {
  const lines = Array.from(
    { length: 5_000 },
    (_, k) => `{"descriptor":"A","sent":${t0 + k},"received":${t0 + k + 2},"status":${k % 3 ? 200 : 429}}`,
  )
  const bytes = Buffer.from([head, ...lines, end, ''].join('\n'))
  const reader = createHistoryReader(undefined)
  reader.push(bytes.subarray(0, 100_000))
  reader.expect(bytes.length * asSaid)
  reader.push(bytes.subarray(100_000))
  const read = reader.finish()
  const atOnce = readHistoryBytes(bytes)
  if (!read.ok || !atOnce.ok) throw new Error('this is a good history')
  expect(read.history.count).toBe(5_000)
  expect(rowsOf(read.history)).toEqual(rowsOf(atOnce.history))
})

test('a stream that breaks passes its own error on', async () => {
  async function* broken() {
    yield Buffer.from(`${head}\n`)
    throw new Error('the disk is gone')
  }
  await expect(readHistory(broken())).rejects.toThrow('the disk is gone')
})
