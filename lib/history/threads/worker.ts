import { parentPort, workerData } from 'node:worker_threads'
import { readShare, type Share } from './share.ts'

// Reads a share of a history in a thread of its own, and hands over what it found without copying it.
const read = readShare(workerData as Share)
const buffers = Object.values(read.columns).flatMap((column) =>
  ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
)
parentPort?.postMessage(read, buffers)
