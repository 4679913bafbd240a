import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import {
  eventLine,
  type HistoryRecord,
  headerLine,
  type ReadHistoryOptions,
  type ReadHistoryResult,
  readHistoryBytes,
  readHistoryFile,
  recordLine,
} from '../../lib/history/index.ts'
import { readShare } from '../../lib/history/threads/share.ts'
import type { OutcomeRule } from '../../lib/spec/index.ts'
import { useFolder } from '../cli/onset.ts'
import { header, startedAtMs } from './generators.ts'

const folder = useFolder()

/** So many lines take about four megabytes: the first of them is read before there are shares. */
const lineCount = 40_000

const first = headerLine(header)
const end = eventLine({ event: 'end', at: startedAtMs + 90_000, reason: 'finished' })

function line(k: number, more: Partial<HistoryRecord> = {}): string {
  const sent = startedAtMs + k
  const record = {
    descriptor: k % 3 === 0 ? 'K' : 'A',
    sent,
    received: sent + 5,
    status: k % 7 === 0 ? 429 : 200,
  }
  return recordLine({ ...record, durationMs: 4.25, ...more })
}

/** A history of so many records, some of them other lines than usual. */
function text(unusual: (k: number) => string | undefined, last = end): string {
  return first + Array.from({ length: lineCount }, (_, k) => unusual(k) ?? line(k)).join('') + last
}

/** What was read, its columns no longer than their rows, and as text: they are long, and compared number by number. */
function comparable(read: ReadHistoryResult) {
  if (!read.ok) return read
  const history = Object.entries(read.history).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? [value.constructor.name, rowsText(value, read.history.count)] : value,
  ])
  return { ...read, history: Object.fromEntries(history) }
}

function rowsText(column: ArrayBufferView, count: number): string {
  const { BYTES_PER_ELEMENT } = column as Uint8Array
  return Buffer.from(column.buffer as ArrayBuffer, column.byteOffset, count * BYTES_PER_ELEMENT).toString(
    'base64',
  )
}

/** Reads a file by three threads, and says how many others were started. */
async function readByThree(path: string, rule?: OutcomeRule, options: ReadHistoryOptions = {}) {
  const started: Worker[] = []
  const onWorker = (worker: Worker) => started.push(worker)
  process.on('worker', onWorker)
  try {
    const read = await readHistoryFile(path, rule, { ...options, threads: 3, leastShareBytes: 1 << 20 })
    return { read, others: started.length, left: started.filter(({ threadId }) => threadId >= 0).length }
  } finally {
    process.off('worker', onWorker)
  }
}

/** Expects that several threads read what one does. */
async function expectSame(
  content: string,
  { rule, options = {} }: { rule?: OutcomeRule; options?: ReadHistoryOptions } = {},
): Promise<ReadHistoryResult> {
  const path = join(folder.path, 'history.ndjson')
  await writeFile(path, content)
  const { read, others, left } = await readByThree(path, rule, options)
  expect(others).toBe(2)
  expect(left).toBe(0)
  const whole = readHistoryBytes(content, rule, options)
  expect(comparable(read)).toEqual(comparable(whole))
  return read
}

const middle = lineCount / 2
const late = lineCount - 100

describe('a history that several threads read is the same as one that is read from first to last', () => {
  test('with records alone, and with names, costs and durations that are met late', async () => {
    await expectSame(text(() => undefined))
    const read = await expectSame(
      text((k) => {
        if (k === 5 || k === late) return line(k, { status: 429, limitedBy: 'integration', looks: 'one' })
        if (k === middle) return line(k, { status: 429, limitedBy: 'organization', looks: 'two' })
        if (k === middle + 1) return line(k, { cost: 300, durationMs: 20_000.001 })
        return undefined
      }),
    )
    expect(read.ok && read.history.scopeNames).toEqual(['integration', 'organization'])
    expect(read.ok && read.history.cost[middle + 1]).toBe(300)
  })

  test('by the rule of a spec', async () => {
    const read = await expectSame(
      text(() => undefined),
      { rule: { accepted: '429', limited: '200' } },
    )
    expect(read.ok && read.history.outcome[late + 1]).toBe(1)
  })

  test('with events, blank lines and records that something else wrote', async () => {
    await expectSame(
      text((k) => {
        if (k === middle)
          return eventLine({ event: 'dropped', descriptor: 'A', count: 3, at: startedAtMs + k })
        if (k === middle + 1000) return `\n ${line(k)}`
        if (k === late) return line(k).replaceAll(':', ': ')
        return undefined
      }),
    )
  })

  test('with descriptors that are declared late, or not at all', async () => {
    const late2 = { event: 'descriptor', name: 'L', scopes: { apiKey: 'L' } } as const
    const mention = (k: number) => (k % 1000 === 1 ? line(k, { descriptor: 'L' }) : undefined)
    await expectSame(text((k) => (k === late ? eventLine(late2) : mention(k))))
    const read = await expectSame(text(mention))
    expect(read.ok).toBe(false)
  })

  test('with mistakes in the lines of each of them, all told', async () => {
    const mistaken = text((k) => {
      if (k === 10 || k === middle || k === late) return `{"descriptor":"A","sent":${k}}\n`
      return undefined
    })
    const read = await expectSame(mistaken)
    expect(!read.ok && new Set(read.mistakes.map(({ line }) => line))).toEqual(
      new Set([12, middle + 2, late + 2]),
    )
    await expectSame(mistaken, { options: { skipInvalid: true } })
  })

  test('cut off, or going on after its end', async () => {
    const cut = await expectSame(text(() => undefined, line(0).slice(0, 40)))
    expect(cut.ok && cut.warnings.map(({ code }) => code)).toContain('cut-off')
    const on = await expectSame(text((k) => (k === 20 ? end : undefined), ''))
    expect(on.ok && on.warnings.map(({ code }) => code)).toContain('records-after-end')
  })

  test('with more kinds of refusals than are told apart, and more scopes than there may be', async () => {
    const looks = (k: number) => (k >= late - 200 ? line(k, { looks: `kind ${k}` }) : undefined)
    await expectSame(text(looks))
    const scopes = (k: number) => (k % 30 === 0 ? line(k, { limitedBy: `scope ${k}` }) : undefined)
    const read = await expectSame(text(scopes))
    expect(read.ok).toBe(false)
  })
})

test('what several threads read is what they were to read, and not read again', async () => {
  const path = join(folder.path, 'shared.ndjson')
  const content = text((k) => (k === late ? ` ${line(k)}` : undefined))
  await writeFile(path, content)
  const fromByte = content.indexOf(line(middle))
  const share = {
    path,
    fromByte,
    toByte: content.length,
    startedAtMs,
    outcomes: { accepted: '2xx', limited: '429' },
  }
  const read = readShare(share)
  expect(read.toByte).toBe(content.indexOf(` ${line(late)}`))
  expect(read.columns.count).toBe(late - middle)
  expect(read.descriptorNames).toEqual(['A', 'K'])
  expect(read.columns.line[0]).toBe(1)
})

test('a history that grows meanwhile, or is short, is read as far as it goes', async () => {
  const path = join(folder.path, 'growing.ndjson')
  await writeFile(
    path,
    text(() => undefined, ''),
  )
  const reading = readByThree(path)
  await appendFile(path, line(lineCount))
  const { read } = await reading
  expect(read.ok && read.history.count).toBeGreaterThanOrEqual(lineCount)
  await writeFile(path, first + line(0))
  const short = await readByThree(path)
  expect(short.others).toBe(0)
  expect(short.read.ok && short.read.history.count).toBe(1)
})

test('a file that is not there is told of as one that is read by one thread', async () => {
  await expect(readHistoryFile(join(folder.path, 'none.ndjson'))).rejects.toMatchObject({ code: 'ENOENT' })
})
