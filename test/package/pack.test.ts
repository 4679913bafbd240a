import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './run.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

/** An empty folder into which the packed package is installed. */
let home: string
let packed: { filename: string; size: number; unpackedSize: number; files: { path: string }[] }

const onset = (...args: string[]) => run('npx', ['--no-install', 'onset', ...args], { cwd: home })

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onset-package-'))
  const pack = await run('npm', ['pack', '--json', '--pack-destination', home], { cwd: root })
  expect(pack).toMatchObject({ code: 0 })
  // What the build prints comes first.
  packed = JSON.parse(pack.stdout.slice(pack.stdout.search(/^\[$/m)))[0]
  await writeFile(join(home, 'package.json'), '{"private":true}')
  const install = await run('npm', ['install', '--offline', join(home, packed.filename)], { cwd: home })
  expect(install).toMatchObject({ code: 0 })
})

afterAll(() => rm(home, { recursive: true, force: true }))

describe('what is published', () => {
  test('is what runs, its schemas and the module that pins k6, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        ...['bin/onset.js', 'bin/load.js', 'bin/package.json', 'package.json', 'README.md', 'LICENSE'],
        ...['dist/onset.js', 'dist/target.js', 'dist/scenarios/verify.js', 'dist/THIRD-PARTY-LICENSES.txt'],
        ...['dist/limiter.js', 'dist/types/limiter.d.ts'],
        ...['schemas/spec.schema.json', 'schemas/result.schema.json', 'schemas/comparison.schema.json'],
        ...['scripts/k6/go.mod', 'scripts/k6/go.sum', 'scripts/k6/tools.go'],
      ]),
    )
    const others = paths.filter((path) => !/^(bin|dist|schemas|scripts\/k6)\//.test(path))
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(packed.size).toBeLessThan(1_500_000)
  })

  test('needs no other package', async () => {
    expect(manifest.dependencies).toBeUndefined()
    expect((await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'onset',
    ])
    for (const bundle of ['onset.js', 'target.js', 'limiter.js']) {
      const code = await readFile(join(home, 'node_modules', 'onset', 'dist', bundle), 'utf8')
      const imported = [...code.matchAll(/^import .* from "([^"]+)"|\bimport\("([^"]+)"\)/gm)]
      // What verifies limiters touches neither files nor network.
      if (bundle === 'limiter.js') expect(imported).toEqual([])
      else expect(imported.length).toBeGreaterThan(3)
      const others = imported
        .map((found) => found[1] ?? found[2])
        .filter((name) => !name?.startsWith('node:'))
      expect(others.filter((name) => name !== 'esbuild')).toEqual([])
    }
  })

  test('says the licence of every library that it contains', async () => {
    const text = await readFile(
      join(home, 'node_modules', 'onset', 'dist', 'THIRD-PARTY-LICENSES.txt'),
      'utf8',
    )
    for (const library of ['commander', 'hdr-histogram-js', 'yaml', 'zod'])
      expect(text).toMatch(new RegExp(`^${library} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
  })
})

describe('the installed package', () => {
  test('says its version', async () => {
    expect(await onset('--version')).toMatchObject({ code: 0, stdout: `${manifest.version}\n` })
  })

  test('says what a run would send', async () => {
    const { code, stdout } = await onset('verify', '--dry-run', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ plan: { descriptors: expect.any(Array) } })
  })

  test('finds that everything is here', async () => {
    expect(await onset('doctor')).toMatchObject({ code: 0 })
  })

  test('fires its own scenario with k6 at its own target, and judges what came back', async () => {
    await writeFile(
      join(home, 'small.yaml'),
      'limits: [{ name: small, scope: integration, limit: 30, window: 2s }]',
    )
    const { code, stdout, stderr } = await onset('verify', 'small.yaml', '--quick', '--json')
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('runs') })
    expect(JSON.parse(stdout)).toMatchObject({ format: 'onset-result', verdict: 'inconclusive' })
  })

  test('reads a large recording of k6 in several threads', async () => {
    const point = (metric: string, value: number) =>
      `{"metric":"${metric}","type":"Point","data":{"time":"2026-11-23T08:00:00.5Z","value":${value},"tags":{"key":"a","method":"POST","status":"200","url":"http://h/${'x'.repeat(5_000)}"}}}\n`
    const request = point('http_reqs', 1) + point('http_req_duration', 5.5) + point('http_req_receiving', 0.5)
    // Above 32 MB there is more than one.
    await writeFile(join(home, 'run.json'), request.repeat(2_200))
    const words = ['--from', 'k6-json', '--scope', 'key=tag:key', '-o', 'history.ndjson']
    expect(await onset('import', 'run.json', ...words)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Imported 2200 requests of 1 descriptor.'),
    })
  })

  test('reads a long history in several threads', async () => {
    const histories = join(root, 'test', 'histories', 'small')
    const [header, ...lines] = (await readFile(join(histories, 'fail.ndjson'), 'utf8')).trim().split('\n')
    const refused = lines.find((line) => line.includes('"status":429'))?.slice(0, -1)
    const long = `${refused},"request":"${'x'.repeat(10_000)}"}\n`
    // Above 128 MB there is more than one.
    await writeFile(join(home, 'long.ndjson'), [header, long.repeat(14_000), ...lines].join('\n'))
    const checked = await onset('check', 'long.ndjson', '--spec', join(histories, 'spec.yaml'))
    expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining('FAIL') })
    expect(checked.stdout).toContain(`Judged from ${14_000 + lines.length - 1} requests`)
  })

  test('writes the page of a stored run, with what runs in it', async () => {
    const histories = join(root, 'test', 'histories', 'small')
    await mkdir(join(home, 'stored'))
    await cp(join(histories, 'fail.ndjson'), join(home, 'stored', 'history.ndjson'))
    await cp(join(histories, 'spec.yaml'), join(home, 'stored', 'spec.yaml'))
    expect(await onset('report', 'stored')).toMatchObject({
      code: 1,
      stdout: `The report is in ${join('stored', 'report.html')}.\n`,
    })
    const page = await readFile(join(home, 'stored', 'report.html'), 'utf8')
    const script = await readFile(join(home, 'node_modules', 'onset', 'dist', 'report', 'client.js'), 'utf8')
    expect(script.length).toBeGreaterThan(10_000)
    expect(page).toContain(script)
  })

  test('catches a limiter that lets one too many through, in a test of node:test', async () => {
    await writeFile(join(home, 'limiter.test.mjs'), limiterTest)
    const passing = await run('node', ['--test', 'limiter.test.mjs'], { cwd: home })
    expect(passing).toMatchObject({ code: 0 })
    const failing = await run('node', ['--test', 'limiter.test.mjs'], { cwd: home, env: { MOST: '6' } })
    expect(failing.code).toBe(1)
    expect(failing.stdout).toContain('LimiterError')
    expect(failing.stdout).toContain('// call 6 was answered true')
  })

  test('has types for its limiters', async () => {
    const file = join(home, 'limiter.mts')
    await writeFile(file, limiterTypes)
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--types', '']
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    expect(await run(tsc, ['--ignoreConfig', ...options, file], { cwd: home })).toMatchObject({
      code: 0,
      stdout: '',
    })
  })
})

const limiterTest = `
  import { test } from 'node:test'
  import { assertLimiter } from 'onset/limiter'

  const create = () => {
    const units = new Map()
    return (key, cost, nowMs) => {
      const kept = (units.get(key) ?? []).filter((atMs) => atMs > nowMs - 1000)
      if (kept.length + cost > Number(process.env.MOST ?? 5)) return false
      units.set(key, [...kept, ...Array(cost).fill(nowMs)])
      return true
    }
  }

  test('5 in a second', () =>
    assertLimiter(create, { limit: 5, window: '1s', algorithm: 'sliding-log' }, { histories: 20, seed: 1 }))
`

const limiterTypes = `
  import { type CreateLimiter, verifyLimiter } from 'onset/limiter'

  const create: CreateLimiter = ({ clock }) => async (key, cost) => {
    await clock.sleep(1)
    return key !== '' && cost < 2
  }
  const result = await verifyLimiter(create, { limit: 5, window: '1s', algorithm: ['gcra'] }, { seed: 1 })
  if (result.ok) console.log(result.passed.toFixed())
  else console.log(result.certificate.calls.map((number) => result.calls[number - 1]?.nowMs.toFixed()))
  // @ts-expect-error An algorithm that there is not.
  await verifyLimiter(create, { limit: 5, window: '1s', algorithm: 'leaky' })
`
