import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inOrder, readerThread, readInThreads } from '../../lib/import/in-threads.ts'
import { type Range, readRange, requestStartFrom } from '../../lib/import/read-range.ts'
import { readShared, sharedRanges } from '../../lib/import/shared-ranges.ts'

let folder: string
let ranges: Range[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-threads-'))
  const path = join(folder, 'run.json')
  const point = (metric: string, n: number, value: number) =>
    `{"metric":"${metric}","type":"Point","data":{"time":"2026-11-23T08:00:${10 + n}.5Z","value":${value},"tags":{"key":"k${n % 3}","method":"POST","status":"200"}}}\n`
  const text = Array.from(
    { length: 40 },
    (_, n) =>
      point('http_reqs', n, 1) + point('http_req_duration', n, 5.5) + point('http_req_receiving', n, 0.5),
  ).join('')
  await writeFile(path, text)
  const starts = [0, 0.3, 0.5, 0.9].map((share) =>
    requestStartFrom(path, Math.floor(share * text.length), text.length),
  )
  ranges = starts.map((from, index) => {
    const to = starts[index + 1] ?? text.length
    const rules = [{ scope: 'key', from: { kind: 'tag' as const, name: 'key' } }]
    return { path, from, to, last: to === text.length, rules, until: 'first-byte' as const }
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('ranges that several threads read', () => {
  test('are handed over whole by threads that share them', async () => {
    const shared = sharedRanges(ranges)
    const read = await Promise.all([readerThread(shared), readerThread(shared)].map(({ read }) => read))
    expect(inOrder(ranges, read)).toEqual(ranges.map(readRange))
  })

  test('come to the same where this thread has read them before the others are there', async () => {
    expect(await readInThreads(ranges, 3)).toEqual(ranges.map(readRange))
  })

  test('are never left out in silence', () => {
    const shared = sharedRanges(ranges)
    Atomics.add(shared.begun, 0, 1)
    expect(() => inOrder(ranges, [readShared(shared)])).toThrow('before it had read its part')
  })

  test('say what is wrong with a file that cannot be read, wherever it is read', async () => {
    const gone = ranges.map((range) => ({ ...range, path: join(folder, 'gone') }))
    await expect(readInThreads(gone, 2)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(readerThread(sharedRanges(gone)).read).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
