import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { findK6 } from '../../lib/fire/k6/index.ts'
import { defaultOutcomeRule, type History, readHistoryBytes } from '../../lib/history/index.ts'
import {
  historyLines,
  type Imported,
  type ImportOptions,
  importFile,
  parseScopeRule,
} from '../../lib/import/index.ts'
import { createK6JsonReader } from '../../lib/import/k6-json.ts'
import { createPartBuilder } from '../../lib/import/part.ts'
import { createLineFeeder } from '../../lib/import/recording-reader.ts'
import { parseSpec } from '../../lib/spec/index.ts'
import { spawnTarget } from '../../lib/target/index.ts'

const byIntegration = [{ scope: 'integration', from: { kind: 'field' as const, name: 'integration' } }]
let folder = ''
/** What k6 wrote of a plain script: 60 requests. */
let golden = ''

const script = `
import http from 'k6/http'
import { check } from 'k6'
export const options = { scenarios: { s: { executor: 'shared-iterations', vus: 4, iterations: 60 } } }
export default function () {
  const integration = 'k' + (__VU % 2)
  const tags = { integration, 'a "quoted" täg': 'a,b' }
  const response = http.post(__ENV.URL + '?x=%22', '{"title":"t"}', { tags, headers: { 'content-type': 'application/json' } })
  check(response, { 'is 200': ({ status }) => status === 200 })
}`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-import-'))
  const k6 = await findK6()
  if (!k6.found) throw new Error(k6.message)
  const target = await spawnTarget({})
  await writeFile(join(folder, 'plain.js'), script)
  const output = join(folder, 'run.json')
  const args = [
    'run',
    '--quiet',
    '--out',
    `json=${output}`,
    '--env',
    `URL=${target.url}/nowhere/`,
    join(folder, 'plain.js'),
  ]
  const child = spawn(k6.path, args, { stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([0, null])
  await target.stop()
  golden = await readFile(output, 'utf8')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function imported(bytes: string | Uint8Array, options: Partial<ImportOptions> = {}): Promise<Imported> {
  const path = join(folder, `input-${++files}`)
  await writeFile(path, bytes)
  const terms = {
    format: 'k6-json' as const,
    file: 'run.json',
    rules: byIntegration,
    outcomes: defaultOutcomeRule,
    complete: false,
  }
  return importFile(path, { ...terms, mostMalformed: 0.01, until: 'first-byte', ...options })
}

function whole(read: Imported): History {
  if (!read.ok) throw new Error(JSON.stringify(read))
  return read.history
}

/** All that a history says, as plain values. */
function told(history: History) {
  const rows = Array.from({ length: history.count }, (_, row) => ({
    line: history.line[row],
    descriptor: history.descriptors[history.descriptor[row] as number]?.name,
    sentUs: history.sentUs[row],
    receivedUs: history.receivedUs[row],
    status: history.status[row],
    outcome: history.outcome[row],
    durationUs: history.durationUs[row],
  }))
  const { startedAtMs, torn, skipped, events } = history
  return { startedAtMs, torn, skipped, events, rows }
}

/** The same by JSON.parse alone, of points that are whole. */
function plainly(text: string) {
  type Point = { metric: string; data: { time: string; value: number; tags: Record<string, string> } }
  const points = text
    .split('\n')
    .filter((line) => line.includes('"Point"'))
    .map((line) => JSON.parse(line) as Point)
  const ends = points.filter(({ metric }) => metric === 'http_req_duration')
  const receiving = points.filter(({ metric }) => metric === 'http_req_receiving')
  return ends.map(({ data }, index) => {
    const endMs = Date.parse(data.time)
    return {
      descriptor: data.tags.integration,
      status: Number(data.tags.status),
      sentMs: endMs - data.value,
      receivedMs: endMs - (receiving[index] as Point).data.value,
    }
  })
}

describe('a file of k6', () => {
  test('gives the intervals that JSON.parse and the sum of the parts give', async () => {
    const history = whole(await imported(golden))
    const expected = plainly(golden)
    expect(history.count).toBe(60)
    told(history).rows.forEach((row, index) => {
      const plain = expected[index] as (typeof expected)[number]
      expect(row).toMatchObject({ descriptor: plain.descriptor, status: plain.status })
      // Date.parse keeps milliseconds; the rest of the instant is up to one more.
      const sentMs = history.startedAtMs + (row.sentUs as number) / 1000
      const receivedMs = history.startedAtMs + (row.receivedUs as number) / 1000
      expect(sentMs - plain.sentMs).toBeGreaterThanOrEqual(-0.002)
      expect(sentMs - plain.sentMs).toBeLessThan(1.002)
      expect(receivedMs - plain.receivedMs).toBeGreaterThanOrEqual(-0.002)
      expect(receivedMs - plain.receivedMs).toBeLessThan(1.002)
      expect(receivedMs).toBeGreaterThan(sentMs)
    })
  })

  test('gives the same history however many threads read it, compressed, and in any order of fields', async () => {
    const one = told(whole(await imported(golden, { threads: 1 })))
    for (const threads of [2, 3, 7]) {
      expect(told(whole(await imported(golden, { threads })))).toEqual(one)
    }
    expect(told(whole(await imported(gzipSync(golden))))).toEqual(one)
    const reordered = golden
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { metric, ...rest } = JSON.parse(line)
        return `${JSON.stringify({ ...rest, metric })}\n`
      })
    expect(told(whole(await imported(reordered.join(''))))).toEqual(one)
  })

  test('gives the same in pieces of any size, with lines broken anywhere', () => {
    const bytes = Buffer.from(golden)
    const read = (sizes: readonly number[], from: Buffer) => {
      const builder = createPartBuilder(byIntegration)
      const feeder = createLineFeeder(createK6JsonReader(builder, 'first-byte'))
      for (let at = 0, k = 0; at < from.length; k++) {
        const size = sizes[k % sizes.length] as number
        // The memory of a piece is used again.
        const piece = Buffer.from(from.subarray(at, at + size))
        feeder.push(piece)
        piece.fill(0)
        at += size
      }
      feeder.finish(true)
      const { rows, ...rest } = builder.finish()
      return {
        ...rest,
        sent: [...rows.sentUs.subarray(0, rows.count)],
        lines: [...rows.line.subarray(0, rows.count)],
      }
    }
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        (sizes, changes) => {
          const broken = Buffer.from(bytes)
          for (const [at, byte] of changes) broken[at] = byte
          expect(read(sizes, broken)).toEqual(read([broken.length], broken))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('has every line found that is not JSON, whichever byte of it is broken', () => {
    const lines = golden.split('\n').slice(0, 60)
    let found = 0
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.nat(400),
        fc.integer({ min: 0x20, max: 0x7e }),
        (index, at, byte) => {
          const line = lines[index] as string
          const column = at % line.length
          const broken = `${line.slice(0, column)}${String.fromCharCode(byte)}${line.slice(column + 1)}`
          if (isJson(broken)) return
          found++
          const builder = createPartBuilder(byIntegration)
          const feeder = createLineFeeder(createK6JsonReader(builder, 'first-byte'))
          feeder.push(Buffer.from(`${lines.with(index, broken).join('\n')}\n`))
          feeder.finish(false)
          expect(builder.part.mistakes.map(({ line }) => line)).toContain(index + 1)
        },
      ),
      { numRuns: 400 },
    )
    expect(found).toBeGreaterThan(50)
  })

  test('is judged as without an end, unless nothing is missing, and never passes so', async () => {
    expect(whole(await imported(golden))).toMatchObject({ torn: true })
    expect(whole(await imported(golden, { complete: true }))).toMatchObject({ torn: false })
    const cut = golden.slice(0, golden.lastIndexOf('http_req_receiving'))
    const read = await imported(cut, { complete: true })
    expect(read).toMatchObject({ warnings: [{ code: 'cut-off' }] })
    expect(whole(read)).toMatchObject({ torn: true, count: 59, skipped: 0 })
    const compressed = gzipSync(golden)
    expect(
      whole(await imported(compressed.subarray(0, compressed.length - 9), { complete: true })).torn,
    ).toBe(true)
  })

  test('is refused beyond a share of broken lines, with where they are', async () => {
    const lines = golden.split('\n')
    const broken = lines.with(30, '{"metric":').join('\n')
    expect(whole(await imported(broken)).skipped).toBeGreaterThan(0)
    expect(await imported(broken, { mostMalformed: 0 })).toMatchObject({
      ok: false,
      mistakes: [{ line: 31, column: 11 }],
    })
  })

  test('names the tags that there are where one is sought in vain', async () => {
    const rule = parseScopeRule('integration=tag:integraton')
    if ('expected' in rule) throw new Error(rule.expected)
    const read = await imported(golden, { rules: [rule] })
    expect(read).toMatchObject({ ok: false })
    expect(read.ok ? '' : read.sentences.join()).toMatch(
      /integraton.*there are: .*scenario.*did you mean integration\?/,
    )
  })

  test('is written as a history that says the same', async () => {
    const history = whole(await imported(golden, { complete: true }))
    const read = readHistoryBytes([...historyLines(history, defaultOutcomeRule)].join(''))
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    const without = (rows: ReturnType<typeof told>['rows']) => rows.map(({ line: _, ...row }) => row)
    expect(without(told(read.history).rows)).toEqual(without(told(history).rows))
    expect(read.history.torn).toBe(false)
  })

  test('fails a limit that it broke, by requests of which nothing was rewritten', async () => {
    // One of the two has 30 or more, however k6 spread them: more than any two windows hold.
    const accepted = golden.replaceAll(/"status":"\d+"/g, '"status":"200"')
    const spec = parseSpec('limits: [{ name: few, scope: integration, limit: 4, window: 5m }]', {
      file: 'spec.yaml',
      env: {},
      offline: true,
    })
    if (!spec.ok) throw new Error(JSON.stringify(spec.mistakes))
    expect(judge(whole(await imported(accepted)), spec.spec, []).verdict).toBe('fail')
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
