import { closeSync, openSync, readSync } from 'node:fs'
import type { Until } from './format.ts'
import { createK6JsonReader, requestStart } from './k6-json.ts'
import { createPartBuilder, type Part } from './part.ts'
import { createLineFeeder } from './recording-reader.ts'
import type { ScopeRule } from './scope-rule.ts'

/** A part of a k6 file that one thread reads: the requests that begin in [from, to). */
export interface Range {
  path: string
  from: number
  to: number
  /** Nothing of the file follows. */
  last: boolean
  rules: readonly ScopeRule[]
  until: Until
}

/** So much is asked of the operating system at a time: it stays in the processor's cache. */
const pieceBytes = 1 << 18

/** Reads a range, whose ends are starts of requests (`requestStartFrom`). */
export function readRange({ path, from, to, last, rules, until }: Range): Part {
  const builder = createPartBuilder(rules)
  const feeder = createLineFeeder(createK6JsonReader(builder, until))
  const file = openSync(path, 'r')
  try {
    const piece = new Uint8Array(pieceBytes)
    for (let at = from; at < to; ) {
      const length = readSync(file, piece, 0, Math.min(pieceBytes, to - at), at)
      if (length === 0) break
      feeder.push(piece.subarray(0, length))
      at += length
    }
  } finally {
    closeSync(file)
  }
  feeder.finish(last)
  return builder.finish()
}

const start = Buffer.from(`\n${requestStart}`)

/**
 * Where the first line at or after `at` starts that begins a request; `size` where none does. Whatever
 * was read before makes no difference there, so that a file that is split there is read as though it
 * was not.
 */
export function requestStartFrom(path: string, at: number, size: number): number {
  if (at <= 0) return 0
  const file = openSync(path, 'r')
  try {
    const piece = Buffer.alloc(pieceBytes)
    for (let from = at - 1; from < size; from += pieceBytes - start.length + 1) {
      const length = readSync(file, piece, 0, pieceBytes, from)
      const found = piece.subarray(0, length).indexOf(start)
      if (found >= 0) return from + found + 1
    }
    return size
  } finally {
    closeSync(file)
  }
}
