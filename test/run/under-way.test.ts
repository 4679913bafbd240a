import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noteRun, runState } from '../../lib/run/under-way.ts'

const id = '20261125-164408-4ea5'
let cache: string
const before = process.env.ONSET_CACHE
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'onset-under-way-'))
  process.env.ONSET_CACHE = cache
})
afterEach(() => {
  if (before === undefined) delete process.env.ONSET_CACHE
  else process.env.ONSET_CACHE = before
  rmSync(cache, { recursive: true, force: true })
})

const noteAs = (owner: object) =>
  writeFileSync(join(cache, 'runs-under-way', `${id}.json`), JSON.stringify(owner))

test('a run goes on until it is forgotten, and nothing is known of others', async () => {
  expect(await runState(id)).toBe('unknown')
  const forget = await noteRun(id)
  expect(await runState(id)).toBe('going-on')
  await forget()
  expect(await runState(id)).toBe('unknown')
})

test('a run whose process is gone has ended, also where another process has its pid now', async () => {
  await noteRun(id)
  const child = spawn(process.execPath, ['-e', ''])
  const { pid } = child
  await once(child, 'close')
  noteAs({ pid, host: hostname(), started: '1' })
  expect(await runState(id)).toBe('ended')
  noteAs({ pid: process.pid, host: hostname(), started: 'another time' })
  expect(await runState(id)).toBe('ended')
})

test('of a run on another machine nothing is known, even where both share a home', async () => {
  await noteRun(id)
  noteAs({ pid: process.pid, host: 'another-machine' })
  expect(await runState(id)).toBe('unknown')
  expect(readdirSync(join(cache, 'runs-under-way'))).toHaveLength(1)
})
