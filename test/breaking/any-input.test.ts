import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readOneLine } from '../../lib/cli/options/one-line.ts'
import { createLedger } from '../../lib/fire/ledger.ts'
import { createLineCutter, readRawLine } from '../../lib/fire/raw-line.ts'
import {
  defaultOutcomeRule,
  eventLine,
  headerLine,
  outcomeOf,
  readHistoryBytes,
  recordLine,
} from '../../lib/history/index.ts'
import { limitWords } from '../../lib/oncall/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'
import { parseTargetConfig } from '../../lib/target/index.ts'
import { planOf } from '../fire/run-kit.ts'
import { header, startedAtMs } from '../history/generators.ts'
import { changed } from './changed.ts'
import { printedSeed } from './run-kit.ts'

const inputs = Number(process.env.ONSET_INPUTS ?? 4_000)
const seed = printedSeed()

const spec = `target: {kind: http, url: "https://api.example.org", dedicated: true}
limits:
  - {name: each, scope: caller, limit: 60, window: 2s, algorithm: [gcra, sliding-log]}
`
const history = [
  headerLine(header),
  recordLine({
    descriptor: 'A',
    sent: startedAtMs,
    received: startedAtMs + 2.5,
    status: 429,
    limitedBy: 'x',
  }),
  recordLine({
    descriptor: 'K',
    sent: startedAtMs + 1,
    received: startedAtMs + 3,
    status: 200,
    durationMs: 2,
  }),
  eventLine({ event: 'dropped', descriptor: 'A', count: 3, at: startedAtMs + 4 }),
  eventLine({ event: 'end', at: startedAtMs + 5, reason: 'finished' }),
].join('')
const rawLines = `b 1795421502123
s f1.1 0 f0 1795421502124
a f1.1 1795421502130 429 5900 0 {"retryAfter":"3","headers":{"ratelimit":"r=0"}}
d 0 3 w0 1795421502131
w w0 1
x "broken"
`
const config = JSON.stringify({
  limits: { integration: { limit: 20, windowMs: 2000 }, organization: null },
  keys: [{ key: 'k', user: 'UONSET' }],
  faults: { disturbances: [{ how: 'reset', on: 'api', every: 3 }] },
})
const refusal = JSON.stringify({ detail: { text: 'Too many alerts from this integration', list: [1, null] } })

/** A reader of texts, a good text, and whether the reader took a text for good. */
const readers: [string, string, (text: string) => boolean][] = [
  ['a spec', spec, (text) => parseSpec(text, { file: 'spec.yaml', env: {} }).ok],
  ['a history', history, (text) => readHistoryBytes(text, undefined, {}).ok],
  [
    'a history, leaving out what is broken',
    history,
    (text) => readHistoryBytes(text, undefined, { skipInvalid: true }).ok,
  ],
  [
    'what k6 reports',
    rawLines,
    (text) => {
      let isGood = true
      const ledger = createLedger(planOf({}), outcomeOf(defaultOutcomeRule))
      const cut = createLineCutter((line) => {
        const read = readRawLine(line)
        if (read) ledger.book(read)
        else isGood = false
      })
      cut(text)
      cut('\n')
      ledger.close(startedAtMs, true)
      return isGood
    },
  ],
  [
    'the configuration of the embedded target',
    config,
    (text) => {
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        return false
      }
      return parseTargetConfig(value).valid
    },
  ],
  [
    'a target in one line',
    '100/60s header:x-api-key=env:PATH 429,503',
    (text) => {
      const [limit = '', per, limited] = text.split(' ')
      return readOneLine('http://127.0.0.1:9/', { limit: [limit], per, limited, dedicated: true }).ok
    },
  ],
  [
    'what a refusal says',
    refusal,
    (text) => limitWords(429, true, { RateLimit: text, 'Retry-After': text }, text)?.limitedBy !== undefined,
  ],
]

describe('whatever the input', () => {
  it.each(readers)('%s is read or refused, and nothing is thrown', (_, good, read) => {
    expect(read(good)).toBe(true)
    let refused = 0
    fc.assert(
      fc.property(changed(good), (text) => {
        if (!read(text)) refused++
      }),
      { numRuns: inputs, seed },
    )
    expect(refused).toBeGreaterThan(0)
  })
})

describe('an input without measure', () => {
  const root = join(import.meta.dirname, '..', '..')
  /** Runs a script with a heap of 256 MiB, and returns what it said last. */
  function within256MiB(script: string): string {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--max-old-space-size=256', '--input-type=module', '--eval', script],
      { cwd: root, encoding: 'utf8', timeout: 100_000 },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout.trim()
  }

  it('is refused within 256 MiB: a line of 100 MB, and a million mistakes', () => {
    const said = within256MiB(`
      import { createHistoryReader } from './lib/history/reader.ts'
      const line = createHistoryReader(undefined)
      const piece = new Uint8Array(1 << 20).fill(0x61)
      for (let n = 0; n < 100; n++) line.push(piece)
      const one = line.finish()
      const many = createHistoryReader(undefined)
      many.push(new TextEncoder().encode(${JSON.stringify(headerLine(header))}))
      const bad = new TextEncoder().encode('{"descriptor":1}\\n'.repeat(10_000))
      for (let n = 0; n < 100; n++) many.push(bad)
      const other = many.finish()
      console.log(one.ok, one.mistakes.length, other.ok, other.total >= 1_000_000, other.mistakes.length < 1_000)`)
    expect(said).toBe('false 1 false true true')
  })

  it('is cut within 256 MiB where k6 should have ended a line', () => {
    const said = within256MiB(`
      import { createLineCutter } from './lib/fire/raw-line.ts'
      const lines = []
      const cut = createLineCutter((line) => lines.push(line.length))
      const piece = 'a'.repeat(1 << 16)
      for (let n = 0; n < 1_600; n++) cut(piece)
      cut('\\nb 1\\n')
      console.log(lines.length, lines[0] < (1 << 20) + (1 << 17), lines[1])`)
    expect(said).toBe('2 true 3')
  })

  it('is refused by whoever reads specs: deep nesting, and anchors that stand for billions', () => {
    const anchors = Array.from({ length: 30 }, (_, n) => `k${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`)
    const said = within256MiB(`
      import { parseSpec } from './lib/spec/index.ts'
      const texts = ['['.repeat(60_000), ${JSON.stringify(`k0: &a0 [x]\n${anchors.join('\n')}\n`)}, 'a'.repeat(50_000_000)]
      console.log(texts.map((text) => parseSpec(text, { file: 's', env: {} }).ok).join())`)
    expect(said).toBe('false,false,false')
  })
})
