import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findK6 } from '../../lib/fire/k6/index.ts'
import { defaultOutcomeRule, type History, readHistoryBytes } from '../../lib/history/index.ts'
import {
  historyLines,
  type Imported,
  type ImportFormat,
  type ImportOptions,
  importFile,
  parseLogField,
  parseScopeRule,
  type ScopeRule,
} from '../../lib/import/index.ts'
import { spawnTarget } from '../../lib/target/index.ts'
import { seeded } from '../simulation/simulate.ts'

const seed = Number(process.env.ONSET_SEED ?? Math.floor(Math.random() * 1e6))
console.log(`seed ${seed} (ONSET_SEED replays the draws)`)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-formats-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const rule = (text: string) => parseScopeRule(text) as ScopeRule
let files = 0
async function imported(
  format: ImportFormat,
  bytes: string | Uint8Array,
  scope: string,
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  const path = join(folder, `input-${++files}`)
  await writeFile(path, bytes)
  const terms = { file: 'recording', rules: [rule(scope)], outcomes: defaultOutcomeRule, complete: false }
  return importFile(path, { ...terms, format, mostMalformed: 0.01, until: 'end', ...options })
}

function whole(read: Imported): History {
  if (!read.ok) throw new Error(JSON.stringify(read))
  return read.history
}

/** What a history says of each request, in Unix milliseconds. */
function told({ startedAtMs, count, ...history }: History) {
  return Array.from({ length: count }, (_, row) => ({
    line: history.line[row] as number,
    descriptor: history.descriptors[history.descriptor[row] as number]?.name,
    sentMs: startedAtMs + (history.sentUs[row] as number) / 1000,
    receivedMs: startedAtMs + (history.receivedUs[row] as number) / 1000,
    status: history.status[row],
    durationMs: (history.durationUs[row] as number) / 1000,
  }))
}

describe('k6-csv', () => {
  const script = `
import http from 'k6/http'
export const options = { scenarios: { s: { executor: 'shared-iterations', vus: 3, iterations: 40 } } }
export default function () {
  http.post(__ENV.URL, '{"title":"t"}', { tags: { integration: 'k' + (__VU % 2), 'a "b", c': 'x,"y"' } })
}`

  const timeFormats = ['unix', 'unix_milli', 'rfc3339_nano'] as const
  const recording = {} as Record<(typeof timeFormats)[number] | 'json', string>

  // One run of k6, which writes down the same requests in each way.
  beforeAll(async () => {
    const k6 = await findK6()
    if (!k6.found) throw new Error(k6.message)
    const target = await spawnTarget({})
    await writeFile(join(folder, 'plain.js'), script)
    const outputs = [
      `csv=${join(folder, 'unix')}`,
      ...timeFormats.slice(1).map((each) => `csv=fileName=${join(folder, each)},timeFormat=${each}`),
      `json=${join(folder, 'json')}`,
    ].flatMap((output) => ['--out', output])
    const url = `${target.url}/nowhere/?a=1,2`
    const child = spawn(
      k6.path,
      ['run', '--quiet', ...outputs, '--env', `URL=${url}`, join(folder, 'plain.js')],
      { stdio: 'ignore' },
    )
    expect(await once(child, 'exit')).toEqual([0, null])
    await target.stop()
    for (const each of [...timeFormats, 'json'] as const)
      recording[each] = await readFile(join(folder, each), 'utf8')
  })

  it.each<[format: (typeof timeFormats)[number], wider: number]>([
    ['unix', 1_000],
    ['unix_milli', 1],
    ['rfc3339_nano', 0],
  ])('says of each request what JSON says, as finely as it is stamped: %s', async (timeFormat, widerMs) => {
    const { [timeFormat]: csv, json } = recording
    const ofCsv = told(whole(await imported('k6-csv', csv, 'integration=tag:integration')))
    const ofJson = told(whole(await imported('k6-json', json, 'integration=tag:integration')))
    expect(ofCsv).toHaveLength(40)
    const alike = ({ descriptor, status }: (typeof ofCsv)[number]) => ({ descriptor, status })
    expect(ofCsv.map(alike)).toEqual(ofJson.map(alike))
    ofCsv.forEach((each, index) => {
      const exact = ofJson[index] as (typeof ofCsv)[number]
      // A metric's value has six decimals in CSV, and times are rounded to whole microseconds.
      const roundingMs = 0.003
      expect(each.sentMs).toBeLessThanOrEqual(exact.sentMs + roundingMs)
      expect(each.receivedMs).toBeGreaterThanOrEqual(exact.receivedMs - roundingMs)
      expect(each.receivedMs - each.sentMs).toBeLessThanOrEqual(
        exact.receivedMs - exact.sentMs + widerMs + 2 * roundingMs,
      )
      expect(Math.abs(each.durationMs - exact.durationMs)).toBeLessThanOrEqual(roundingMs)
    })
    const packed = await imported('k6-csv', gzipSync(csv), 'integration=tag:integration')
    expect(told(whole(packed))).toEqual(ofCsv)
  })

  it('names what is no line of it, and what is no such file', async () => {
    const header = 'metric_name,timestamp,metric_value,status,url,extra_tags'
    const ok = (n: number) =>
      ['http_reqs', 'http_req_duration', 'http_req_receiving']
        .map((name) => `${name},${1795000000 + n},1.000000,200,u,key=a`)
        .join('\n')
    const some = Array.from({ length: 80 }, (_, n) => ok(n)).join('\n')
    const read = await imported(
      'k6-csv',
      `${header}\n${some}\nhttp_reqs,yesterday,1,200,u,\nhttp_reqs,"17\n`,
      'key=tag:key',
    )
    expect(told(whole(read))).toHaveLength(80)
    expect(read.ok && read.warnings.map(({ message }) => message)).toContain(
      'recording: 2 lines that are of no use were left out, the first at 242:11',
    )
    const wrong = await imported('k6-csv', 'a,b\n1,2\n', 'key=tag:key')
    expect(wrong).toMatchObject({ ok: false, mistakes: [{ line: 1, column: 1 }, { line: 2 }] })
  })
})

describe('a quoted field with line breaks', () => {
  const head = 'timeStamp,elapsed,label,responseCode,responseMessage'
  const plain = (n: number) => `${1795421462000 + n},5,k,200,OK`
  const read = (lines: readonly string[], end = '\n') =>
    imported('jtl', `${[head, ...lines].join('\n')}${end}`, 'key=field:label', { mostMalformed: 1 })
  const lines = (of: Imported) => told(whole(of)).map(({ line }) => line)
  const useless = (of: Imported) => [whole(of).skipped, whole(of).torn]

  it('is read, by the number of its first line', async () => {
    const broken = '1795421462001,5,k,500,"one ""a"",\r\n\ntwo, 1795421462009,5,k,200,OK\nthree"'
    const found = await read([plain(0), broken, plain(2), plain(3)])
    expect(lines(found)).toEqual([2, 3, 7, 8])
    expect(useless(found)[0]).toBe(0)
  })

  it.each([
    ['in a file that goes on', '\n'],
    ['at its end', '\n"cut'],
  ])('that is never closed costs no other line, %s', async (_, end) => {
    const found = await read([plain(0), '1795421462001,5,k,200,"never', plain(2), plain(3)], end)
    expect(lines(found)).toEqual([2, 4, 5])
    expect(useless(found)).toEqual([1, true])
  })

  it('that is closed in a line to which it cannot belong costs no other line', async () => {
    const after = '1795421462002,5,k,200,"no, not here"'
    const found = await read([plain(0), '1795421462001,5,k,200,"never', after, plain(3), '"', plain(4)])
    expect(lines(found)).toEqual([2, 4, 5, 7])
    expect(useless(found)[0]).toBe(2)
  })

  it('may not go on for ever', async () => {
    const many = Array.from({ length: 2000 }, (_, n) => plain(n))
    const found = await read([`1795421462001,5,k,200,"never`, ...many, '"'])
    expect(lines(found)).toHaveLength(2000)
    expect(useless(found)[0]).toBe(2)
  })
})

/** How finely a double tells a Unix time in milliseconds. */
const doubleMs = 0.0005

/** A request as it really was. */
interface Real {
  key: string
  startMs: number
  decidedMs: number
  endMs: number
  status: number
}

function drawn(count: number): Real[] {
  const draw = seeded(seed)
  let startMs = Date.UTC(2026, 10, 23, 8, 0, 58) + draw() * 1000
  return Array.from({ length: count }, () => {
    startMs += draw() * 40
    const endMs = startMs + draw() ** 4 * 3_000
    return {
      key: draw() < 0.5 ? 'a' : 'b',
      startMs,
      // Often at once, or at the last moment.
      decidedMs: startMs + Math.min(1, Math.max(0, 2 * draw() - 0.5)) * (endMs - startMs),
      endMs,
      status: draw() < 0.8 ? 200 : 429,
    }
  }).sort((one, other) => one.endMs - other.endMs)
}

const iso = (ms: number) =>
  `${new Date(ms).toISOString().slice(0, -1)}${String(Math.floor((ms % 1) * 1e6)).padStart(6, '0')}Z`
const clf = (ms: number) => {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms + 7_200_000).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0200`
}
const seconds = (ms: number) => (Math.floor(ms) / 1000).toFixed(3)

/** How each tool would have written such a request down. */
const writers: Record<
  string,
  {
    format: ImportFormat
    scope: string
    options?: Partial<ImportOptions>
    head?: string
    line: (real: Real) => string
    widerMs: number
  }
> = {
  'what vegeta encode --to json writes': {
    format: 'vegeta-json',
    scope: 'key=url:/([ab])$',
    widerMs: 0.01,
    line: ({ key, startMs, endMs, status }) =>
      JSON.stringify({
        attack: '',
        seq: 1,
        code: status,
        timestamp: iso(startMs),
        latency: Math.ceil((endMs - startMs) * 1e6),
        bytes_out: 0,
        bytes_in: 2,
        error: '',
        body: 'e30=',
        method: 'POST',
        url: `http://127.0.0.1:1/${key}`,
        headers: null,
      }),
  },
  'a JTL of JMeter': {
    format: 'jtl',
    scope: 'key=field:label',
    options: { stamp: 'start' },
    widerMs: 3,
    head: 'timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,URL,Latency',
    line: ({ key, startMs, endMs, status }) =>
      `${Math.floor(startMs)},${Math.floor(endMs - startMs)},${key},${status},"Says ""no"", mostly",t 1-1,true,http://127.0.0.1/,${Math.floor(endMs - startMs)}`,
  },
  'a JTL that stamps the end': {
    format: 'jtl',
    scope: 'key=field:label',
    options: { stamp: 'end' },
    widerMs: 4,
    head: 'timeStamp,elapsed,label,responseCode',
    line: ({ key, startMs, endMs, status }) =>
      `${Math.floor(endMs)},${Math.floor(endMs - startMs)},${key},${status}`,
  },
  "nginx's combined log with the request's time": {
    format: 'access-log',
    scope: 'key=url:/([ab])$',
    options: { stamp: 'end' },
    widerMs: 1_002,
    line: ({ key, startMs, endMs, status }) =>
      `127.0.0.1 - - [${clf(endMs)}] "POST /${key} HTTP/1.1" ${status} 2 "-" "an \\"agent\\"" ${seconds(endMs - startMs)}`,
  },
  "Apache's common log": {
    format: 'access-log',
    scope: 'key=field:remote_addr',
    options: { stamp: 'start', longestMs: 4_000 },
    widerMs: 5_001,
    line: ({ key, startMs, status }) => `${key} - frank [${clf(startMs)}] "GET / HTTP/1.1" ${status} -`,
  },
  'a log in JSON by nginx': {
    format: 'access-log-json',
    scope: 'key=field:caller',
    options: { stamp: 'end' },
    widerMs: 1_002,
    line: ({ key, startMs, endMs, status }) =>
      `{"time_iso8601":"${new Date(Math.floor(endMs / 1000) * 1000).toISOString().slice(0, 19)}+00:00","caller":"${key}","status":${status},"request_time":${seconds(endMs - startMs)}}`,
  },
  'a log in JSON with milliseconds': {
    format: 'access-log-json',
    scope: 'key=field:caller',
    options: { stamp: 'end' },
    widerMs: 4,
    line: ({ key, startMs, endMs, status }) =>
      `{"ts":${seconds(endMs)},"caller":"${key}","status":"${status}","duration_ms":${Math.floor(endMs - startMs)}}`,
  },
}

describe.each(Object.entries(writers))('%s', (_, { format, scope, options, head, line, widerMs }) => {
  const reals = drawn(300)
  const text = [...(head === undefined ? [] : [head]), ...reals.map(line)].join('\n')

  it('is read so that each request was decided within its interval, which is as narrow as can be', async () => {
    const history = whole(await imported(format, `${text}\n`, scope, options))
    const rows = told(history)
    expect(rows).toHaveLength(reals.length)
    rows.forEach((row, index) => {
      const real = reals[index] as Real
      expect([row.descriptor, row.status]).toEqual([real.key, real.status])
      expect(row.sentMs).toBeLessThanOrEqual(real.decidedMs + doubleMs)
      expect(row.receivedMs).toBeGreaterThanOrEqual(real.decidedMs - doubleMs)
      expect(row.receivedMs - row.sentMs).toBeLessThanOrEqual(real.endMs - real.startMs + widerMs)
    })
    expect(history.torn).toBe(true)
    expect(whole(await imported(format, `${text}\n`, scope, { ...options, complete: true })).torn).toBe(false)
    // What it becomes as a history of Onset's own says the same.
    const kept = readHistoryBytes(Buffer.from([...historyLines(history, defaultOutcomeRule)].join('')))
    expect(kept.ok && told(kept.history).map(({ line: __, ...rest }) => rest)).toEqual(
      rows.map(({ line: __, ...rest }) => rest),
    )
  })

  const stampMatters = options?.stamp !== undefined
  const evenIfUnsaid = 'is read so even if nobody says what its times are of'
  if (stampMatters)
    it(evenIfUnsaid, async () => {
      const read = await imported(format, `${text}\n`, scope, { ...options, stamp: undefined })
      told(whole(read)).forEach((row, index) => {
        const real = reals[index] as Real
        expect(row.sentMs).toBeLessThanOrEqual(real.startMs + doubleMs)
        expect(row.receivedMs).toBeGreaterThanOrEqual(real.endMs - doubleMs)
      })
    })

  it('is judged without the lines that are of no use, and they are named', async () => {
    const broken = text.split('\n').with(7, '{"no": such line').join('\n')
    const read = await imported(format, `${broken}\n`, scope, options)
    expect(told(whole(read))).toHaveLength(reals.length - 1)
    expect(read.ok && read.warnings.map(({ code }) => code)).toContain('skipped')
    const mostly = await imported(
      format,
      `${head ?? line(reals[0] as Real)}\nnonsense\n"\n${line(reals[1] as Real)}\n`,
      scope,
      options,
    )
    expect(mostly.ok).toBe(false)
    // A file that ends in the middle of a line was cut off there.
    const cut = await imported(format, text.slice(0, -3), scope, options)
    expect(cut.ok && cut.warnings.map(({ code }) => code)).toContain('cut-off')
    expect(told(whole(cut))).toHaveLength(reals.length - 1)
  })
})

it('a request without an answer is one whose outcome nobody knows', async () => {
  const lines = [
    'timeStamp,elapsed,label,responseCode,responseMessage',
    '1795000000000,12,a,Non HTTP response code: java.net.SocketException,Connection reset',
    '1795000000100,40,a,200,"Number of samples in transaction : 2, number of failing samples : 0"',
    '1795000000200,5,a,200,OK',
  ]
  const history = whole(await imported('jtl', `${lines.join('\n')}\n`, 'key=field:label'))
  expect(told(history).map(({ line, status }) => [line, status])).toEqual([
    [2, 0],
    [4, 200],
  ])
  const refused = JSON.stringify({
    code: 0,
    timestamp: iso(1_795_000_000_000),
    latency: 5e6,
    error: 'refused',
    method: 'GET',
    url: 'http://h/',
  })
  const read = await imported('vegeta-json', `${refused}\n`, 'key=const:one', { complete: true })
  expect(told(whole(read)).map(({ status }) => status)).toEqual([0])
  expect(read.ok && read.notes.join()).toContain('1 requests are GETs')
})

it('a log tells how long a request took where that is sure, and is otherwise given the longest time', async () => {
  const spans: [after: string, tookMs: number | undefined][] = [
    ['0.250', 250],
    ['"-" 0.250', 250],
    ['0.250 "10.0.0.1, 10.0.0.2"', 250],
    ['rt=0.25 uct="0.001" urt="0.240"', 250],
    ['uct=0.001', undefined],
    ['0.250 0.001', undefined],
    ['"rt=0.001"', undefined],
    ['3.20', undefined],
    ['1795421503.331', undefined],
    ['250', undefined],
  ]
  const at = '10/Oct/2026:13:55:36 +0200'
  const lines = spans.map(
    ([after], index) => `h${index} - a b] [c [${at}] "GET /p HTTP/1.1" 200 2 "-" "rt=0.001" ${after}\n`,
  )
  const read = await imported('access-log', lines.join(''), 'client=field:remote_addr', { longestMs: 7_000 })
  const rows = told(whole(read))
  const second = Date.parse('2026-10-10T13:55:36+02:00')
  rows.forEach((row, index) => {
    const [after, tookMs] = spans[index] as (typeof spans)[number]
    expect(Number.isNaN(row.durationMs), after).toBe(tookMs === undefined)
    if (tookMs !== undefined) expect(row.durationMs, after).toBe(tookMs)
    const reach = tookMs ?? 7_000
    expect(second - row.sentMs, after).toBeGreaterThanOrEqual(reach)
    expect(row.receivedMs - second, after).toBeGreaterThanOrEqual(1_000 + reach)
  })
  expect(read.ok && read.notes.join()).toContain('6 requests do not say when they were sent')
  expect(read.ok && read.notes.join()).toContain('up to 7 s')
})

it('a log of JSON is read by the names that it has, with the unit that is told', async () => {
  const line = JSON.stringify({ at: 1_795_000_000.5, code: 429, lat: '3500000', to: '/a?b', o: null })
  const fields = Object.assign(
    {},
    ...['time=at', 'status=code', 'url=to', 'took=lat:ns'].map((text) => parseLogField(text)),
  )
  const read = await imported('access-log-json', `${line}\n`, 'p=url:^/(a)', { fields, stamp: 'end' })
  const [row] = told(whole(read))
  expect(row).toMatchObject({ descriptor: 'a', status: 429, durationMs: 3.501 })
  expect(row?.sentMs).toBeLessThanOrEqual(1_795_000_000_496.5)
  for (const text of ['took=lat', 'tiem=at', 'time', 'time=', 'took=lat:h'])
    expect(parseLogField(text)).toHaveProperty('expected')
})

it('who went away, or was not waited for, may have been counted later than the log says', async () => {
  const lines = [499, 504, 502].map(
    (status) => `{"time":"2026-11-23T08:00:00Z","status":${status},"request_time":0.1}\n`,
  )
  const history = whole(await imported('access-log-json', lines.join(''), 'all=const:1'))
  expect(told(history).map(({ status }) => status)).toEqual([0, 0, 502])
})

it('what autocannon sums up is told to be no recording', async () => {
  const sums = JSON.stringify({ url: 'http://h', requests: { total: 9 }, latency: {}, throughput: {} })
  for (const format of ['vegeta-json', 'access-log-json'] as const) {
    const read = await imported(format, `${sums}\n`, 'all=const:1')
    expect(JSON.stringify(read)).toContain('no single requests')
  }
})
