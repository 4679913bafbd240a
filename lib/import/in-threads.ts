import { Worker } from 'node:worker_threads'
import { threadEntry } from '../history/index.ts'
import type { Part } from './part.ts'
import type { Range } from './read-range.ts'
import { type NumberedPart, readShared, type SharedRanges, sharedRanges } from './shared-ranges.ts'

/**
 * Reads ranges of a file by several threads, this one among them: it has begun long before the others are
 * there. Rejects where a range cannot be read.
 * @returns what was read from each range, in their order.
 */
export async function readInThreads(ranges: readonly Range[], threads: number): Promise<Part[]> {
  const shared = sharedRanges(ranges)
  const others = Array.from({ length: threads - 1 }, () => readerThread(shared))
  const readHere = async () => {
    const read = readShared(shared)
    // Threads that come too late have nothing to hand over.
    if (read.length === ranges.length) await Promise.all(others.map(({ stop }) => stop()))
    return read
  }
  return inOrder(ranges, await Promise.all([readHere(), ...others.map(({ read }) => read)]))
}

/** Reads ranges in a thread of its own, beside others that share them. */
export function readerThread(shared: SharedRanges) {
  const worker = new Worker(threadEntry(import.meta.url, 'import-worker'), { workerData: shared })
  const read = new Promise<NumberedPart[]>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    // One that was stopped has read nothing.
    worker.once('exit', () => resolve([]))
  })
  return { read, stop: () => worker.terminate() }
}

/** The parts that threads have read, in the order of their ranges. */
export function inOrder(ranges: readonly Range[], read: readonly (readonly NumberedPart[])[]): Part[] {
  const parts = new Map(read.flat())
  return ranges.map((_, index) => {
    const part = parts.get(index)
    if (!part) throw new Error('a thread ended before it had read its part of the file')
    return part
  })
}
