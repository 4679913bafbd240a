import { type FileHandle, open } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { OutcomeRule } from '../../spec/index.ts'
import { filePieces } from '../file-pieces.ts'
import { longestLine } from '../lines.ts'
import {
  createHistoryReader,
  type HistoryReader,
  type ReadHistoryOptions,
  type ReadHistoryResult,
} from '../reader.ts'
import { threadEntry } from './entry.ts'
import type { Share, SharedRecords } from './share.ts'

/** How a history's file is read. */
export interface ReadFileOptions extends ReadHistoryOptions {
  /** So many threads read it at most, this one among them. Default: as many as the machine has for it, up to four. */
  threads?: number
  /** No thread is started for less of the file than this, in bytes: it would take longer than reading it here. */
  leastShareBytes?: number
}

/** More threads have no more to do than to wait for memory. */
const mostThreads = 4

const defaultLeastShareBytes = 64 << 20

const lineBreak = 0x0a

/**
 * Reads a history (NDJSON, version 1) from its file, a long one by several threads, with the result that reading it
 * from first to last has. Rejects as opening and reading a file do.
 * @param rule as for `readHistory`.
 */
export async function readHistoryFile(
  path: string,
  rule?: OutcomeRule,
  options: ReadFileOptions = {},
): Promise<ReadHistoryResult> {
  const reader = createHistoryReader(rule, options)
  const pieces = filePieces(path)
  let shares: ReadAhead[] | undefined
  let pushed = 0
  try {
    for await (const piece of pieces) {
      const end = shares?.[0]?.fromByte ?? Number.POSITIVE_INFINITY
      const rest = piece.subarray(0, end - pushed)
      reader.push(rest)
      pushed += rest.length
      if (pushed >= end) break
      if (shares || pieces.sizeBytes === undefined) continue
      reader.expect(pieces.sizeBytes)
      shares = await startShares(path, pieces.sizeBytes, pushed, reader, options)
    }
    for (const [k, share] of (shares ?? []).entries()) {
      await takeShare(reader, path, share, shares?.[k + 1]?.fromByte)
    }
    return reader.finish()
  } finally {
    await Promise.all((shares ?? []).map(({ stop }) => stop()))
  }
}

/** A share that a thread reads while what comes before it is read here. */
interface ReadAhead {
  fromByte: number
  read: Promise<SharedRecords>
  stop(): Promise<unknown>
}

/** Takes what a thread has read, and reads here what it left. */
async function takeShare(
  reader: HistoryReader,
  path: string,
  { fromByte, read }: ReadAhead,
  toByte: number | undefined,
): Promise<void> {
  const records = await read
  const taken = reader.take(records) ? records.toByte : fromByte
  if (taken === toByte) return
  for await (const piece of filePieces(path, { fromByte: taken, ...(toByte !== undefined && { toByte }) })) {
    reader.push(piece)
  }
}

async function startShares(
  path: string,
  sizeBytes: number,
  readBytes: number,
  { records }: HistoryReader,
  {
    threads = Math.min(mostThreads, availableParallelism()),
    leastShareBytes = defaultLeastShareBytes,
  }: ReadFileOptions,
): Promise<ReadAhead[]> {
  const wanted = Math.min(threads, Math.floor(sizeBytes / leastShareBytes))
  if (!records || wanted < 2) return []
  const starts = await lineStarts(path, sizeBytes, readBytes, wanted)
  return starts.map((fromByte, k) =>
    readAhead({ path, fromByte, toByte: starts[k + 1] ?? sizeBytes, ...records }),
  )
}

/** Where the first lines start after equal parts of a file, except after the first: fewer where lines are very long. */
async function lineStarts(
  path: string,
  sizeBytes: number,
  readBytes: number,
  parts: number,
): Promise<number[]> {
  const file = await open(path, 'r')
  try {
    const starts: number[] = []
    for (let part = 1; part < parts; part++) {
      const from = Math.max(Math.floor((sizeBytes * part) / parts), readBytes)
      const start = await nextLineStart(file, from)
      if (start !== undefined && start > (starts.at(-1) ?? readBytes) && start < sizeBytes) starts.push(start)
    }
    return starts
  } finally {
    await file.close()
  }
}

async function nextLineStart(file: FileHandle, fromByte: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(longestLine), 0, longestLine, fromByte)
  const at = buffer.subarray(0, bytesRead).indexOf(lineBreak)
  return at < 0 ? undefined : fromByte + at + 1
}

function readAhead(share: Share): ReadAhead {
  const worker = new Worker(threadEntry(import.meta.url, 'history-worker'), { workerData: share })
  const read = new Promise<SharedRecords>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('a thread ended before it had read its share of the history')))
  })
  // One that is stopped because something else failed is not waited for any more.
  read.catch(() => {})
  return { fromByte: share.fromByte, read, stop: () => worker.terminate() }
}
