import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ComparisonDocument, comparisonJsonSchema, leastSeries } from '../../lib/compare/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { xmlElements } from '../reports/well-formed-xml.ts'
import { onsetInside } from './inside.ts'
import { onset, useFolder } from './onset.ts'

const folder = useFolder()

const spec = `limits:
  - {name: per client, scope: client, limit: 150, window: 10s, algorithm: fixed-window, startsEmpty: true}
`

interface Server {
  /** How many it lets through in a window. */
  limit?: number
  /** How much slower it is than the others. */
  factor?: number
  seed?: number
  seconds?: number
}

/** A history of 20 requests a second at a server with a fixed window of 10 seconds. */
function historyOf({ limit = 150, factor = 1, seed = 1, seconds = 60 }: Server): string {
  const random = seededRandom(seed)
  const startedAt = Date.parse('2026-11-23T08:11:00.000Z')
  const header = {
    format: 'onset-history',
    version: 1,
    tool: 'by hand',
    startedAt: new Date(startedAt).toISOString(),
    clockSlackMs: 1,
    descriptors: { A: { client: 'A' } },
  }
  const counted = new Map<number, number>()
  const lines = Array.from({ length: 20 * seconds }, (_, k) => {
    const ms = k * 50
    const window = Math.floor(ms / 10_000)
    const before = counted.get(window) ?? 0
    counted.set(window, before + 1)
    const durationMs = Math.round(1000 * factor * (8 + 4 * random())) / 1000
    return {
      descriptor: 'A',
      sent: startedAt + ms,
      received: startedAt + ms + durationMs,
      status: before < limit ? 200 : 429,
      durationMs,
    }
  })
  const end = { event: 'end', at: startedAt + 1000 * seconds + 100, reason: 'finished' }
  return [header, ...lines, end].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** What `onset check` says about such a server's history, asked once. */
const results = new Map<string, string>()

/** A run's folder as a run leaves it. */
async function storedRun(name: string, server: Server = {}): Promise<string> {
  const run = join(folder.path, name)
  mkdirSync(run)
  const history = historyOf(server)
  writeFileSync(join(run, 'history.ndjson'), history)
  writeFileSync(join(run, 'spec.yaml'), spec)
  writeFileSync(join(run, 'plan.json'), JSON.stringify({ descriptors: [], fills: [], watches: [] }))
  const result = results.get(history) ?? (await judged(run))
  results.set(history, result)
  writeFileSync(join(run, 'result.json'), result)
  return run
}

async function judged(run: string): Promise<string> {
  const { code, stdout, stderr } = await onsetInside(['check', run, '--json'])
  // What is not settled would make the tests below say nothing.
  expect({ stderr, isSettled: code === 0 || code === 1 }).toEqual({ stderr: '', isSettled: true })
  return stdout
}

const schema = z.fromJSONSchema(comparisonJsonSchema())

/** What `onset compare --json` says, once it is known to be what the published schema promises. */
async function compare<Kind extends ComparisonDocument['kind']>(kind: Kind, ...args: string[]) {
  const ended = await onsetInside(['compare', ...args, '--json'])
  const said = JSON.parse(ended.stdout) as Extract<ComparisonDocument, { kind: Kind }>
  expect(schema.safeParse(said).error).toBeUndefined()
  expect(said.kind).toBe(kind)
  return { ...ended, said }
}

describe('onset compare', () => {
  it('passes a good run against a good one, whose latency is no worse for certain', async () => {
    const [base, run] = [await storedRun('base', { seed: 1 }), await storedRun('run', { seed: 2 })]
    const { code, said, stderr } = await compare(
      'two-sides',
      base,
      run,
      '--percentiles',
      '50,90',
      '--margin',
      '10%',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(said).toMatchObject({ verdict: 'pass', base: ['base'], run: ['run'], differences: [] })
    expect(said.limits).toMatchObject([{ name: 'per client', change: 'kept' }])
    expect(said.latency.map(({ verdict }) => verdict)).toEqual(['no-worse', 'no-worse'])

    const text = await onsetInside(['compare', base, run, '--percentiles', '50,90', '--margin', '10%'])
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/^PASS {2}Every limit is kept/) })
  })

  it('fails a run whose limit is broken, and says so of one that was broken before', async () => {
    const [base, run] = [await storedRun('base'), await storedRun('run', { limit: 151 })]
    const broken = await compare('two-sides', base, run, '--percentiles', '50')
    expect(broken.code).toBe(1)
    expect(broken.said.limits).toMatchObject([{ change: 'broken', verdict: 'fail' }])
    expect((await compare('two-sides', run, run, '--percentiles', '50')).said.limits).toMatchObject([
      { change: 'still-broken', verdict: 'fail' },
    ])
    expect((await compare('two-sides', run, base, '--percentiles', '50')).said.limits).toMatchObject([
      { change: 'repaired', verdict: 'pass' },
    ])
  })

  it('fails a run that is slower for certain, and passes no judgement on a percentile of few', async () => {
    const [base, run] = [await storedRun('base'), await storedRun('run', { factor: 1.3, seed: 2 })]
    const { code, said } = await compare('two-sides', base, run, '--percentiles', '50,99.9')
    expect(code).toBe(1)
    expect(said.latency).toMatchObject([
      { percentile: 50, verdict: 'regressed' },
      { percentile: 99.9, verdict: 'cannot-tell', why: expect.stringContaining('beyond p99.9') },
    ])
    expect(said.latency[1]?.run.beyond).toBeLessThan(10)
  })

  it('is inconclusive without a base, unless it is the first run, and wants the run in any case', async () => {
    const run = await storedRun('run')
    const nowhere = join(folder.path, 'nowhere')
    const without = await onsetInside(['compare', nowhere, run])
    expect(without).toMatchObject({ code: 3, stderr: '' })
    expect(without.stdout).toMatch(
      /^INCONCLUSIVE {2}Nothing was compared: [\s\S]*nowhere[\s\S]*--first-run-ok[\s\S]*run by itself: PASS/,
    )
    const first = await onsetInside(['compare', nowhere, run, '--first-run-ok'])
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^PASS {2}Nothing was compared/),
      stderr: '',
    })
    expect(await onsetInside(['compare', run, nowhere, '--first-run-ok'])).toMatchObject({
      code: 2,
      stdout: '',
    })
    const broken = await storedRun('broken', { limit: 151 })
    for (const [compared, args, code, verdict] of [
      [run, [], 3, 'inconclusive'],
      [run, ['--first-run-ok'], 0, 'pass'],
      [broken, [], 1, 'fail'],
      [broken, ['--first-run-ok'], 1, 'fail'],
    ] as const) {
      const ended = await compare('no-base', nowhere, compared, ...args)
      expect(ended).toMatchObject({ code, stderr: '', said: { verdict, isFirstRun: args.length > 0 } })
      expect(ended.said.missing.join()).toContain('nowhere')
    }
  })

  it('says of a side that accepted nothing that there is no figure', async () => {
    const [base, run] = [await storedRun('base'), await storedRun('run', { limit: 0 })]
    const { code, said } = await compare('two-sides', base, run, '--percentiles', '50')
    expect(code).toBe(1)
    expect(said.latency).toMatchObject([{ run: { ms: null, count: 0 }, ratio: null, verdict: 'cannot-tell' }])
    const { stdout } = await onsetInside(['compare', base, run, '--percentiles', '50'])
    expect(stdout).toMatch(/^A p50 +[\d.]+ +none /m)
  })

  it('finds since which of many runs it is slower, and says when there are too few', async () => {
    const runs = [await storedRun('r0')]
    for (let index = 1; index < leastSeries; index++) {
      const run = join(folder.path, `r${index}`)
      cpSync(runs[0] as string, run, { recursive: true })
      const factor = index < 5 ? 1 : 1.5
      writeFileSync(join(run, 'history.ndjson'), historyOf({ factor, seed: index + 1, seconds: 20 }))
      runs.push(run)
    }
    const series = (...of: string[]) => compare('series', '--percentiles', '50', '--history', ...of)
    expect(await series(...runs)).toMatchObject({
      code: 1,
      said: { changes: [{ run: 'r5', regressed: true }] },
    })
    expect(await series(...runs.slice(1))).toMatchObject({ code: 3, said: { changes: [] } })
  })

  it('names all mistakes of its command line', async () => {
    const { code, stderr } = await onsetInside(['compare', 'only-one', '--margin', '5', '--percentiles', '0'])
    expect(code).toBe(2)
    for (const part of ['--margin: expected', '--percentiles: expected', 'name two runs'])
      expect(stderr).toContain(part)
  })
})

describe('onset report, for other programs', () => {
  let run: string

  it('writes JUnit that a parser takes, with the exit code of the verdict', async () => {
    run = await storedRun('run', { limit: 151 })
    const file = join(folder.path, 'onset.xml')
    expect(await onsetInside(['report', run, '--format', 'junit', '-o', file])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: '',
    })
    const elements = xmlElements(readFileSync(file, 'utf8'))
    expect(elements.map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure'])
    expect(elements[0]?.attributes).toMatchObject({ tests: '1', failures: '1' })
  })

  it.each([
    ['markdown', /^## ✅ Onset: PASS\n/],
    ['openmetrics', /# EOF\n$/],
    ['hgrm', /Total count/],
    ['hlog', /^#\[Histogram log format version 1\.3\]\n/],
  ])('prints %s', async (format, pattern) => {
    run = await storedRun('run')
    const { code, stdout } = await onsetInside(['report', run, '--format', format])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(pattern) })
  })

  it('prints an annotation only of what does not pass', async () => {
    const [good, bad] = [await storedRun('good'), await storedRun('bad', { limit: 151 })]
    expect(await onsetInside(['report', good, '--format', 'github'])).toMatchObject({ code: 0, stdout: '' })
    expect(await onsetInside(['report', bad, '--format', 'github'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^::error title=Onset%3A per client::.*\n$/),
    })
  })

  it('puts one format to one place', async () => {
    run = await storedRun('run')
    expect(await onsetInside(['report', run, '--format', 'junit,hlog'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('junit and hlog both go to standard output'),
    })
  })
})

describe('onset verify --baseline', () => {
  const limits = `limits:
  - {name: per integration, scope: integration, limit: 30, window: 3s, tolerance: 10%, startsEmpty: true}
`

  it('holds a run against the base, warns of what cannot be told, and keeps what was compared', async () => {
    const file = folder.write('onset.yaml', limits)
    await storedRun('first')
    const markdown = join(folder.path, 'onset.md')
    const { code, stdout, stderr } = await onset(
      [
        ...['verify', file, '--no-html', '--no-progress', '-o', 'second', '--baseline', 'first'],
        ...['--markdown', markdown, '--github', '--json'],
      ],
      { cwd: folder.path },
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ format: 'onset-result', verdict: 'pass' })
    expect(stderr).toMatch(/^::warning title=Onset%3A Latency::.*A p99 \(\d+ and \d+ beyond it\)/m)
    expect(readFileSync(markdown, 'utf8')).toMatch(/^## ✅ Onset: PASS\n[\s\S]*^### ❔ Against first/m)
    const left = JSON.parse(readFileSync(join(folder.path, 'second', 'comparison.json'), 'utf8'))
    expect(schema.safeParse(left).error).toBeUndefined()
    expect(left).toMatchObject({ kind: 'two-sides', verdict: 'inconclusive', base: ['first'] })
    // Not those that made ready and cleaned up.
    expect(new Set(left.latency.map(({ descriptor }: { descriptor: string }) => descriptor))).toEqual(
      new Set(['A']),
    )
  })

  it('reads the base before anything is sent, and names all that is wrong', async () => {
    mkdirSync(join(folder.path, 'base'))
    writeFileSync(join(folder.path, 'base', 'result.json'), '{"format":"another"}')
    const { code, stdout, stderr } = await onset(
      ['verify', '--baseline', 'base', '--margin', '5', '--windows', 'few'],
      { cwd: folder.path },
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const part of ['result.json', '--margin: expected', '--windows: expected'])
      expect(stderr).toContain(part)
  })

  it('wants a base where something is asked of it', async () => {
    const { code, stderr } = await onsetInside(['verify', '--strict', '--first-run-ok', '--dry-run'])
    expect(code).toBe(2)
    expect(stderr).toBe(
      '--strict is for a run with --baseline\n--first-run-ok is for a run with --baseline\n',
    )
  })
})
