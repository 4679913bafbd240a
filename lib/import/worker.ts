import { parentPort, workerData } from 'node:worker_threads'
import { readShared, type SharedRanges } from './shared-ranges.ts'

// Reads ranges of a file in a thread of its own, and hands over what it found without copying it.
const parts = readShared(workerData as SharedRanges)
const buffers = parts.flatMap(([, { rows }]) =>
  Object.values(rows).flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [])),
)
parentPort?.postMessage(parts, buffers)
