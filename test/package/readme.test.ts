import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readHistory } from '../../lib/history/index.ts'
import { ExitCode } from '../../lib/result/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'
import { onsetInside } from '../cli/inside.ts'
import { type Block, blocksOf, commandsIn, npmScript, root, type Words } from './markdown.ts'
import type { Ran } from './run.ts'

const readme = await readFile(`${root}README.md`, 'utf8')
const blocks = await blocksOf('README.md')
const { scripts, name, version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
const checking = await blocksOf('docs/checking.md')
const tuning = await blocksOf('docs/tuning.md')
const anyApi = await blocksOf('docs/any-api.md')
const specs = blocks.filter(({ language, text }) => language === 'yaml' && /^limits:/m.test(text))

/** What documents tell to export. */
const keys = {
  ONCALL_API_KEY: 'a-key',
  API_KEY: 'a-key',
  ALICE_KEY: 'one-key',
  BOB_KEY: 'another-key',
  A_KEY: 'a',
  B_KEY: 'b',
  C_KEY: 'c',
  D_KEY: 'd',
}
const parse = (text: string, file: string) => parseSpec(text, { file, env: keys })

/** Where the README's spec is, under the name that it gives to it. */
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onset-readme-'))
  await writeFile(join(home, 'onset.yaml'), specs[0]?.text ?? '')
  const ofApi = anyApi.find(({ language }) => language === 'yaml')
  await writeFile(join(home, 'api.yaml'), ofApi?.text ?? '')
})

afterAll(() => rm(home, { recursive: true, force: true }))

async function onset(args: readonly string[], cwd: string): Promise<Ran> {
  for (const [name, value] of Object.entries(keys)) vi.stubEnv(name, value)
  try {
    return await onsetInside(args, { cwd })
  } finally {
    vi.unstubAllEnvs()
  }
}

/** Runs a command of Onset as the README has it, except that nothing is sent to anybody. */
async function rehearse(args: readonly string[], cwd: string): Promise<void> {
  const [command] = args
  const harmless: Record<string, () => Promise<Ran>> = {
    verify: () => onset([...args, ...(args.includes('--dry-run') ? [] : ['--dry-run'])], cwd),
    check: () => onset(args, cwd),
    tune: () => onset(args, cwd),
    serve: () => onset([...args, '--help'], cwd),
    clean: () => onset([...args, '--help'], cwd),
    doctor: () => onset(args.length > 1 ? [...args, '--help'] : args, cwd),
  }
  const { code, stderr } = (await harmless[command as string]?.()) ?? { code: -1, stderr: 'no such command' }
  const fine: number[] = command === 'check' ? [ExitCode.pass, ExitCode.fail, ExitCode.inconclusive] : [0]
  expect({ args, fine: fine.includes(code), stderr: fine.includes(code) ? '' : stderr }).toEqual({
    args,
    fine: true,
    stderr: '',
  })
}

function isScriptOfOnset(script: string): string[] | undefined {
  const own = /^node lib\/cli\/main\.ts ?(\w*)$/.exec(scripts[script] ?? '')
  return own ? [own[1] as string].filter((word) => word !== '') : undefined
}

async function tryOut(typed: Words): Promise<void> {
  const words = typed.slice(typed.findIndex((word) => !/^[A-Z_]+=/.test(word))) as Words
  const script = npmScript(words)
  const [program, ...args] = words
  if (script) {
    expect(Object.keys(scripts)).toContain(script.name)
    const own = isScriptOfOnset(script.name)
    if (own) await rehearse([...own, ...script.args], root)
  } else if (program === 'onset') {
    await rehearse(args, home)
  } else if (program === 'node') {
    expect((await stat(join(root, args[0] as string))).isFile()).toBe(true)
  } else if (program === 'npm' && args.includes('--global')) {
    expect(args.at(-1)).toBe(`./${name}-${version}.tgz`)
  } else {
    expect([['npm', 'ci'], ['npm', 'pack'], ['export']]).toContainEqual(
      program === 'export' ? ['export'] : words,
    )
  }
}

describe('what the README tells to type', () => {
  const commands = commandsIn(blocks)
  test('there is enough of it', () => expect(commands.length).toBeGreaterThan(8))
  test.each(commands.map((words) => [words.join(' '), words] as const))('%s', (_, words) => tryOut(words))
})

describe('what docs/checking.md tells to type', () => {
  const commands = commandsIn(checking)
  test('there is enough of it', () => expect(commands.length).toBeGreaterThan(4))
  test.each(commands.map((words) => [words.join(' '), words] as const))('%s', (_, words) => tryOut(words))
})

describe('what docs/any-api.md tells to type', () => {
  const commands = commandsIn(anyApi)
  test('there is enough of it', () => expect(commands.length).toBeGreaterThan(5))
  test.each(commands.map((words) => [words.join(' '), words] as const))('%s', (_, words) => tryOut(words))
})

test('what docs/any-api.md shows of specs can be read', () => {
  const shown = anyApi.filter(({ language }) => language === 'yaml')
  expect(shown.length).toBeGreaterThan(1)
  for (const { text } of shown) expect(parse(text, 'any-api.md')).toMatchObject({ ok: true })
})

describe('what CONTRIBUTING tells to type', async () => {
  const commands = commandsIn(await blocksOf('CONTRIBUTING.md'))
  test('there is enough of it', () => expect(commands.length).toBeGreaterThan(8))
  test.each(commands.map((words) => [words.join(' '), words] as const))('%s', (line, words) => {
    const script = npmScript(words)
    expect(line === 'npm ci' || (script !== undefined && script.name in scripts)).toBe(true)
  })
})

/** What a document shows of `npm run check -- ...` and `tune`: what is typed, and what comes out. */
function checksIn(document: readonly Block[]): { text: string; args: string[] }[] {
  return document.flatMap((block, index) => {
    const [words] = commandsIn(document.slice(Math.max(index - 1, 0), index))
    const script = words && npmScript(words)
    if (block.language !== 'text' || !['check', 'tune'].includes(script?.name ?? '')) return []
    return [{ text: block.text, args: [script?.name ?? '', ...(script?.args ?? [])] }]
  })
}

/** Where a document leaves something out, it says so: […]. */
async function comesOut({ text, args }: { text: string; args: string[] }): Promise<void> {
  const { stdout } = await onset(args, root)
  const pieces = text.split('[…]\n').map((piece) => piece.trimEnd())
  expect(text.includes('[…]') ? pieces.filter((piece) => !stdout.includes(piece)) : text).toEqual(
    text.includes('[…]') ? [] : stdout,
  )
}

describe('what docs/checking.md shows', () => {
  const checks = checksIn(checking)
  test('a certificate is read together', () => expect(checks.length).toBeGreaterThan(1))
  test.each(checks)('is what comes out: $args', comesOut)
})

describe('what docs/tuning.md tells to type', () => {
  const shown = checksIn(tuning)
  test('there is something of it', () => expect(shown.length).toBeGreaterThan(0))
  test.each(shown)('is what comes out: $args', comesOut)
  const commands = commandsIn(tuning)
  test.each(commands.map((words) => [words.join(' '), words] as const))('%s', (_, words) => tryOut(words))
})

describe('what the README shows', () => {
  const checks = checksIn(blocks)

  test('histories are judged before the reader’s eyes', () => expect(checks.length).toBeGreaterThan(1))

  test.each(checks)('is what comes out: $args', comesOut)

  test('a run has the same tables', async () => {
    const headings = (text: string) =>
      text
        .split('\n')
        .map((line) => line.replaceAll(/\s+/g, ' ').trim())
        .filter((line) => /^(LIMIT|LATENCY, MS|FILES)\b/.test(line))
    const samples = blocks.filter(({ language, text }) => language === 'text' && text.startsWith('PASS'))
    expect(samples).toHaveLength(1)
    const { stdout } = await onset(checks[0]?.args ?? [], root)
    expect(headings(samples[0]?.text ?? '')).toEqual(headings(stdout))
  })

  test('the table of commands has all that there are, and each has its script', async () => {
    const rows = [...readme.matchAll(/^\| `onset (\w+)/gm)].map((row) => row[1])
    const { stdout } = await onset(['--help'], root)
    const list = /^Commands:\n(.*?)\n\n/ms.exec(stdout)?.[1] ?? ''
    const commands = [...list.matchAll(/^ {2}(\w+)/gm)].map((row) => row[1]).filter((row) => row !== 'help')
    expect(rows).toEqual(commands)
    expect(commands.map((command) => isScriptOfOnset(command as string))).toEqual(
      commands.map((command) => [command]),
    )
  })

  test('every exit code is explained', () => {
    for (const code of Object.values(ExitCode)) expect(readme).toMatch(new RegExp(`[|:;,] ${code}[ ,]`))
  })

  test('specs', () => {
    expect(specs).toHaveLength(1)
    for (const { text } of specs) expect(parse(text, 'README.md')).toMatchObject({ ok: true })
  })

  test('a history', async () => {
    const histories = blocks.filter(({ text }) => text.includes('"onset-history"'))
    expect(histories).toHaveLength(1)
    const read = await readHistory(Readable.from([Buffer.from(histories[0]?.text ?? '')]), undefined, {
      file: 'README.md',
    })
    expect(read).toMatchObject({ ok: true, warnings: [] })
  })

  test('files and folders that exist', async () => {
    const named = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)|`([\w./-]+\/)`/g)].map((m) => m[1] ?? m[2])
    expect(named.length).toBeGreaterThan(5)
    const there = await readdir(root, { recursive: false })
    for (const path of named.filter((each) => !each?.startsWith('runs/')))
      expect(there).toContain((path as string).split('/')[0])
  })
})

test('every spec in examples/ can be read', async () => {
  const files = (await readdir(`${root}examples`)).filter((file) => file.endsWith('.yaml'))
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) {
    expect(parse(await readFile(`${root}examples/${file}`, 'utf8'), file)).toMatchObject({ ok: true })
  }
})
