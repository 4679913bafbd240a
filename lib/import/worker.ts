import { parentPort, workerData } from 'node:worker_threads'
import { type Range, readRange } from './read-range.ts'

// Reads one range of a file in a thread of its own, and hands over what it found without copying it.
const part = readRange(workerData as Range)
const buffers = Object.values(part.rows).flatMap((column) =>
  ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
)
parentPort?.postMessage(part, buffers)
