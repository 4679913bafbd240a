import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createHistoryWriter,
  type HistoryRecord,
  historyFromRecords,
  openHistoryFile,
  outcomeOf,
  readHistoryBytes,
  recordLine,
} from '../../lib/history/index.ts'
import { event, header, record, rowsOf, startedAtMs } from './generators.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-history-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function linesOf(write: (writer: ReturnType<typeof createHistoryWriter>) => void): string[] {
  const lines: string[] = []
  write(createHistoryWriter({ write: (line) => void lines.push(line), close: async () => {} }, header))
  return lines
}

describe('what is written', () => {
  test('is read back as the same columns', () => {
    const written = fc.array(fc.oneof(record, event), { maxLength: 50 })
    fc.assert(
      fc.property(written, (things) => {
        const lines = linesOf((writer) => {
          for (const thing of things) 'event' in thing ? writer.event(thing) : writer.record(thing)
          writer.event({ event: 'end', at: startedAtMs + 1, reason: 'finished' })
        })
        const read = readHistoryBytes(lines.join(''))
        const outcome = outcomeOf({ accepted: '2xx', limited: '429' })
        const sinceStartUs = (timeMs: number) => Math.round((timeMs - startedAtMs) * 1000)
        const expected = historyFromRecords(
          { ...header, torn: true },
          things.flatMap((thing, index) =>
            'event' in thing
              ? []
              : [
                  {
                    ...thing,
                    sentUs: sinceStartUs(thing.sent),
                    receivedUs: sinceStartUs(thing.received),
                    outcome: outcome(thing.status),
                    durationUs:
                      thing.durationMs === undefined ? undefined : Math.round(thing.durationMs * 1000),
                    line: index + 2,
                  },
                ],
          ),
        )
        if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
        expect(rowsOf(read.history)).toEqual(rowsOf(expected))
        expect(read.history).toMatchObject({ torn: false, startedAtMs, tool: header.tool, clockSlackMs: 1 })
        expect(read.history.events).toHaveLength(things.filter((thing) => 'event' in thing).length + 1)
      }),
    )
  })

  test('is one whole line for each write', () => {
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const lines = linesOf((writer) => records.forEach(writer.record))
        expect(lines).toHaveLength(records.length + 1)
        for (const line of lines) expect(line.indexOf('\n')).toBe(line.length - 1)
      }),
    )
  })

  test('keeps the outcome rule, which a reader then goes by', () => {
    const lines: string[] = []
    const outcomes = { accepted: '2xx', limited: ['429', '503'] }
    createHistoryWriter(
      { write: (line) => void lines.push(line), close: async () => {} },
      { ...header, outcomes },
    )
    const read = readHistoryBytes(lines.join(''))
    expect(read.ok && read.header.outcomes).toEqual(outcomes)
  })

  test.each<[string, Partial<HistoryRecord>]>([
    ['time that is no number', { sent: Number.NaN }],
    ['answer before the request', { received: startedAtMs - 1 }],
    ['status of one digit', { status: 7 }],
    ['negative cost', { cost: -1 }],
    ['cost that is not whole', { cost: 0.5 }],
    ['infinite duration', { durationMs: Number.POSITIVE_INFINITY }],
  ])('is never a record with a %s', (_, wrong) => {
    const right = { descriptor: 'A', sent: startedAtMs, received: startedAtMs, status: 200 }
    expect(() => recordLine(right)).not.toThrow()
    expect(() => recordLine({ ...right, ...wrong })).toThrow(RangeError)
  })
})

describe('a history file', () => {
  const one = { descriptor: 'A', sent: startedAtMs, received: startedAtMs + 1, status: 200 }

  test('holds everything once it is closed', async () => {
    const path = join(folder, 'history.ndjson')
    const writer = createHistoryWriter(openHistoryFile(path), header)
    for (let i = 0; i < 2_000; i++) writer.record(one)
    writer.event({ event: 'end', at: startedAtMs + 5, reason: 'finished' })
    await writer.close()
    await writer.close()
    expect(readHistoryBytes(readFileSync(path))).toMatchObject({
      ok: true,
      warnings: [],
      history: { count: 2_000, torn: false },
    })
    expect(() => writer.record(one)).toThrow('is closed')
  })

  test('is never written over', () => {
    const path = join(folder, 'history.ndjson')
    writeFileSync(path, 'somebody needs this')
    expect(() => openHistoryFile(path)).toThrow(expect.objectContaining({ problem: 'exists', path }))
    expect(readFileSync(path, 'utf8')).toBe('somebody needs this')
  })

  test('says so where it cannot be made', () => {
    const path = join(folder, 'missing', 'history.ndjson')
    expect(() => openHistoryFile(path)).toThrow(expect.objectContaining({ problem: 'unwritable' }))
  })

  test('loses nothing of a process that is killed, but what is younger than a batch', async () => {
    const path = join(folder, 'history.ndjson')
    const child = writing(
      path,
      `const write = () => { writer.record(one); setTimeout(write, 1) }
      write()`,
    )
    await until(() => records(path) >= 20)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readHistoryBytes(readFileSync(path))).toMatchObject({ ok: true, history: { torn: true } })
  })

  test('holds what was waiting when the process leaves without closing it', async () => {
    const path = join(folder, 'history.ndjson')
    const child = writing(path, 'for (let i = 0; i < 7; i++) writer.record(one); process.exit(0)')
    await once(child, 'exit')
    expect(records(path)).toBe(7)
  })

  test.skipIf(process.platform === 'win32')(
    'on a full disk fails with a typed error, and keeps what fits',
    async () => {
      const path = join(folder, 'history.ndjson')
      // A limit on the size of files stands for the full disk: both refuse the rest of a write.
      const child = writing(
        path,
        `try {
        for (let i = 0; i < 100_000; i++) writer.record(one)
      } catch (error) {
        const closing = await writer.close().catch((again) => again)
        process.stdout.write(JSON.stringify([error.name, error.problem, closing === error]))
      }`,
        'ulimit -f 16; exec "$@"',
      )
      const printed = (await child.stdout.toArray()).join('')
      expect(JSON.parse(printed)).toEqual(['HistoryFileError', 'disk-full', true])
      const read = readHistoryBytes(readFileSync(path))
      expect(read).toMatchObject({ ok: true, history: { torn: true } })
      expect(read.ok && read.history.count).toBeGreaterThan(50)
    },
  )

  test.skipIf(process.platform === 'win32')('tells of a full disk between two writes', async () => {
    const path = join(folder, 'history.ndjson')
    const child = writing(
      path,
      `for (let i = 0; i < 400; i++) writer.record(one)`,
      'ulimit -f 16; exec "$@"',
      `{ onError: (error) => process.stdout.write(error.problem) }`,
    )
    expect((await child.stdout.toArray()).join('')).toBe('disk-full')
  })

  function records(path: string): number {
    try {
      const read = readHistoryBytes(readFileSync(path))
      return read.ok ? read.history.count : 0
    } catch {
      return 0
    }
  }

  function writing(path: string, body: string, shell = 'exec "$@"', options = '{}') {
    const script = `
      import { createHistoryWriter, openHistoryFile } from ${JSON.stringify(new URL('../../lib/history/index.ts', import.meta.url).href)}
      const one = ${JSON.stringify(one)}
      const writer = createHistoryWriter(openHistoryFile(${JSON.stringify(path)}, ${options}), ${JSON.stringify(header)})
      ${body}`
    return spawn('sh', ['-c', shell, 'sh', process.execPath, '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
  }
})
