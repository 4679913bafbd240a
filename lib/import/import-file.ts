import { existsSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { pipeline, Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { createGunzip } from 'node:zlib'
import { filePieces } from '../history/index.ts'
import { type Imported, type ImportTerms, joinParts } from './join-parts.ts'
import { createK6JsonReader } from './k6-json.ts'
import type { Until } from './k6-requests.ts'
import { createPartBuilder, type Part } from './part.ts'
import { type Range, readRange, requestStartFrom } from './read-range.ts'
import { createLineFeeder } from './recording-reader.ts'

/** The formats that can be imported, by the names that `--from` takes. */
export const importFormats = ['k6-json'] as const
export type ImportFormat = (typeof importFormats)[number]

/** How a file is imported. */
export interface ImportOptions extends Omit<ImportTerms, 'tool'> {
  until: Until
  /** Into how many parts the file is split, each read by a thread. Default: as many as there are cores, for a large one. */
  threads?: number
}

/** Below so many bytes for each thread, starting one takes longer than it saves. */
const leastBytesPerThread = 16 << 20

/**
 * Imports what `k6 run --out json` wrote: a file, one that is compressed with gzip, or `-` for standard
 * input, which must not be compressed. How many threads read it makes no difference to what comes out.
 * Rejects as opening and reading do, for instance with `ENOENT`, and where compressed bytes are broken.
 */
export async function importFile(path: string, options: ImportOptions): Promise<Imported> {
  return joinParts(await readParts(path, options), { ...options, tool: 'k6' })
}

async function readParts(path: string, { rules, until, threads }: ImportOptions): Promise<Part[]> {
  const found = path === '-' ? undefined : await stat(path)
  if (!found?.isFile() || (await isGzip(path))) return [await readStream(path, rules, until)]
  const { size } = found
  const count =
    threads ?? Math.max(1, Math.min(availableParallelism(), Math.floor(size / leastBytesPerThread)))
  const starts = Array.from({ length: count }, (_, index) =>
    requestStartFrom(path, Math.floor((size * index) / count), size),
  )
  const ranges = starts.map((from, index) => {
    const to = starts[index + 1] ?? size
    return { path, from, to, last: to === size, rules, until }
  })
  if (count === 1) return ranges.map(readRange)
  return Promise.all(ranges.map(readInThread))
}

async function readStream(path: string, rules: ImportOptions['rules'], until: Until): Promise<Part> {
  const builder = createPartBuilder(rules)
  const feeder = createLineFeeder(createK6JsonReader(builder, until))
  try {
    for await (const piece of await piecesOf(path)) feeder.push(piece)
  } catch (error) {
    // Compressed bytes that end too early, as those of a k6 that was killed do.
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error
    builder.part.cutOff = true
  }
  feeder.finish(true)
  return builder.finish()
}

async function piecesOf(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return process.stdin
  if (!(await isGzip(path))) return filePieces(path)
  // A piece is only good until the next one is asked for, and a stream asks ahead.
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  // Errors end the stream that is read from, and are met there.
  pipeline(Readable.from(copies(path)), gunzip, () => {})
  return gunzip
}

async function* copies(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of filePieces(path)) yield piece.slice()
}

/** Does the file begin as gzip does (RFC 1952)? */
async function isGzip(path: string): Promise<boolean> {
  if (!(await stat(path)).isFile()) return false
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

/** The entry of a thread: this folder's, or in a bundle the one that stands beside it. */
function workerFile(): URL {
  const own = new URL('./worker.ts', import.meta.url)
  return existsSync(own) ? own : new URL('./import-worker.js', import.meta.url)
}

function readInThread(range: Range): Promise<Part> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData: range })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('a thread ended before it had read its part of the file')))
  })
}
