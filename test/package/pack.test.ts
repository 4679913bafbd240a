import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
        ...['schemas/spec.schema.json', 'schemas/result.schema.json'],
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
    for (const bundle of ['onset.js', 'target.js']) {
      const code = await readFile(join(home, 'node_modules', 'onset', 'dist', bundle), 'utf8')
      const imported = [...code.matchAll(/^import .* from "([^"]+)"|\bimport\("([^"]+)"\)/gm)]
      expect(imported.length).toBeGreaterThan(3)
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
    const { code, stdout, stderr } = await onset('verify', '--quick', '--window', '2s', '--json')
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('runs') })
    expect(JSON.parse(stdout)).toMatchObject({ format: 'onset-result', verdict: 'inconclusive' })
  })
})
