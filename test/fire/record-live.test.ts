import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLiveLines } from '../../lib/fire/live-lines.ts'

let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-live-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function newFolder(): string {
  return mkdtempSync(join(folder, `${++count}-`))
}

/** Writes lines from a process of its own, one write a line, as fast as it can. */
async function write(path: string, from: number, lines: number): Promise<void> {
  const script = join(newFolder(), 'writer.mjs')
  writeFileSync(
    script,
    `import { openSync, writeSync } from 'node:fs'
     const file = openSync(${JSON.stringify(path)}, 'a')
     for (let n = 0; n < ${lines}; n++) writeSync(file, ${from} + n + ' ' + 'x'.repeat(40) + '\\n')`,
  )
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve) => child.on('exit', resolve))
  expect(code).toBe(0)
}

const kinds = process.platform === 'win32' ? (['file'] as const) : (['fifo', 'file'] as const)

test.each(kinds)('a %s loses and mixes nothing under load, from several writers', async (kind) => {
  const got: string[] = []
  const live = await openLiveLines(newFolder(), (line) => got.push(line), kind)
  await Promise.all([write(live.path, 100_000, 20_000), write(live.path, 200_000, 20_000)])
  live.end()
  expect(got).toHaveLength(40_000)
  const numbers = got.map((line) => {
    expect(line).toMatch(/^\d{6} x{40}$/)
    return Number.parseInt(line, 10)
  })
  for (const from of [100_000, 200_000]) {
    const ofOne = numbers.filter((n) => n >= from && n < from + 100_000)
    expect(ofOne).toEqual(Array.from({ length: 20_000 }, (_, n) => from + n))
  }
})

test.each(kinds)('a %s hands over each line while the writer goes on', async (kind) => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const live = await openLiveLines(newFolder(), resolve, kind)
  appendFileSync(live.path, 'first\nsec')
  expect(await promise).toBe('first')
  live.end()
})

test.each(kinds)('the end of a %s brings what lacked its line break', async (kind) => {
  const got: string[] = []
  const live = await openLiveLines(newFolder(), (line) => got.push(line), kind)
  appendFileSync(live.path, 'one\ntwo, cut o')
  live.end()
  expect(got).toEqual(['one', 'two, cut o'])
})

test.each(kinds)('a %s that nobody ever wrote to ends as well', async (kind) => {
  const got: string[] = []
  const live = await openLiveLines(newFolder(), (line) => got.push(line), kind)
  live.end()
  expect(got).toEqual([])
})
