import { open, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { filePieces } from '../history/index.ts'
import { type ReadingTerms, toolOf } from './format.ts'
import { readInThreads } from './in-threads.ts'
import { type Imported, type ImportTerms, joinParts } from './join-parts.ts'
import { createPartBuilder, type Part } from './part.ts'
import { readRange, requestStartFrom } from './read-range.ts'
import { createReader } from './reader-of.ts'
import { createLineFeeder } from './recording-reader.ts'

/** How a file is imported. */
export interface ImportOptions extends Omit<ImportTerms, 'tool'>, ReadingTerms {
  /** How many threads read a file of `k6-json`. Default: as many as there are cores, for a large one. */
  threads?: number
}

/** Below so many bytes for each thread, starting one takes longer than it saves. */
const leastBytesPerThread = 16 << 20

/** What a thread reads at a time: little enough that all are done at about the same time. */
const bytesPerRange = 8 << 20

/**
 * Imports what another tool wrote: a file, or `-` for standard input, compressed with gzip or not. How many
 * threads read it makes no difference to what comes out. Rejects as opening and reading do, for instance with `ENOENT`, and where compressed bytes are broken.
 */
export async function importFile(path: string, options: ImportOptions): Promise<Imported> {
  return joinParts(await readParts(path, options), { ...options, tool: toolOf[options.format] })
}

async function readParts(path: string, options: ImportOptions): Promise<Part[]> {
  const { rules, until, threads } = options
  if (options.format !== 'k6-json') return [await readStream(path, options)]
  const found = path === '-' ? undefined : await stat(path)
  if (!found?.isFile() || (await isGzip(path))) return [await readStream(path, options)]
  const { size } = found
  const readers =
    threads ?? Math.max(1, Math.min(availableParallelism(), Math.floor(size / leastBytesPerThread)))
  const count = readers === 1 ? 1 : Math.max(readers, Math.ceil(size / bytesPerRange))
  const starts = Array.from({ length: count }, (_, index) =>
    requestStartFrom(path, Math.floor((size * index) / count), size),
  )
  const ranges = starts.map((from, index) => {
    const to = starts[index + 1] ?? size
    return { path, from, to, last: to === size, rules, until }
  })
  return readers === 1 ? ranges.map(readRange) : readInThreads(ranges, readers)
}

async function readStream(path: string, options: ImportOptions): Promise<Part> {
  const builder = createPartBuilder(options.rules)
  const feeder = createLineFeeder(createReader(builder, options))
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
  if (path === '-') return inflated(process.stdin)
  if (!(await isGzip(path))) return filePieces(path)
  // A piece is only good until the next one is asked for, and a stream asks ahead.
  return gunzipped(copies(path))
}

/** What a stream says, whether it is compressed or not, which its first two bytes tell. */
async function* inflated(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < 2) {
    const { value, done } = await pieces.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  const whole = async function* () {
    yield head
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
  }
  yield* beginsAsGzip(head) ? gunzipped(whole()) : whole()
}

function gunzipped(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  // Errors end the stream that is read from, and are met there.
  pipeline(Readable.from(source), gunzip, () => {})
  return gunzip
}

/** RFC 1952. */
function beginsAsGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function* copies(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of filePieces(path)) yield piece.slice()
}

/** Does the file begin as gzip does? */
async function isGzip(path: string): Promise<boolean> {
  if (!(await stat(path)).isFile()) return false
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0)
    return bytesRead === 2 && beginsAsGzip(buffer)
  } finally {
    await file.close()
  }
}
