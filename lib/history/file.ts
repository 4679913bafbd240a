import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { HistorySink } from './writer.ts'

/** Lines wait this long at most before they are given to the operating system. */
const batchMs = 50

/** More than this does not wait. */
const batchBytes = 1 << 16

/** Why a history could not be written: `disk-full` covers quotas and file size limits as well. */
export type HistoryFileProblem = 'disk-full' | 'exists' | 'unwritable'

/** A history could not be written. What was written before is kept, at worst with a torn last line. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError'
  readonly problem: HistoryFileProblem
  readonly path: string

  constructor(problem: HistoryFileProblem, path: string, cause: unknown) {
    super(`${path}: ${reason(problem, cause)}`, { cause })
    this.problem = problem
    this.path = path
  }
}

/** How a history's file is written. */
export interface HistoryFileOptions {
  /**
   * Told at once when writing fails, which may be between two writes of the caller. Writing and
   * closing throw the same error afterwards, so nothing is lost unseen where this is left out.
   */
  onError?: (error: HistoryFileError) => void
}

/**
 * Opens a new file for a history. Lines are given to the operating system in batches of at most
 * 50 ms, and at the exit of the process, so that one that is killed loses no more than that;
 * `close` also has them put on the disk.
 * @throws {HistoryFileError} when the file exists or cannot be made. After a failed write, every
 * `write` throws and `close` rejects with its error, and nothing more is appended: a line after a
 * torn one could not be told from it.
 */
export function openHistoryFile(path: string, { onError }: HistoryFileOptions = {}): HistorySink {
  const descriptor = attempt(path, () => openSync(path, 'ax'))
  let waiting: string[] = []
  let waitingLength = 0
  let timer: NodeJS.Timeout | undefined
  let failure: HistoryFileError | undefined
  let closed = false
  process.once('exit', flushQuietly)

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const bytes = Buffer.from(waiting.join(''))
    waiting = []
    waitingLength = 0
    try {
      attempt(path, () => writeAll(descriptor, bytes))
    } catch (error) {
      failure = error as HistoryFileError
      throw failure
    }
  }

  /** From a timer or an exit there is nobody to throw to: the caller hears of it, and the next call throws. */
  function flushQuietly(): void {
    try {
      flush()
    } catch (error) {
      onError?.(error as HistoryFileError)
    }
  }

  return {
    write(line) {
      if (failure) throw failure
      if (closed) throw new Error(`${path} is closed`)
      waiting.push(line)
      waitingLength += line.length
      if (waitingLength >= batchBytes) flush()
      else timer ??= setTimeout(flushQuietly, batchMs)
    },
    async close() {
      if (closed) return
      closed = true
      process.off('exit', flushQuietly)
      try {
        if (failure) throw failure
        flush()
        attempt(path, () => fsyncSync(descriptor))
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}

function attempt<Value>(path: string, action: () => Value): Value {
  try {
    return action()
  } catch (error) {
    throw new HistoryFileError(problemOf(error), path, error)
  }
}

function problemOf(error: unknown): HistoryFileProblem {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'disk-full'
    case 'EEXIST':
      return 'exists'
    default:
      return 'unwritable'
  }
}

function reason(problem: HistoryFileProblem, cause: unknown): string {
  switch (problem) {
    case 'disk-full':
      return 'the disk is full, so the history ends here; free some space and run again'
    case 'exists':
      return 'there is a history already, and it is not written over; name another folder'
    case 'unwritable':
      return `the history cannot be written (${(cause as Error).message})`
  }
}
