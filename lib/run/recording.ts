import { isDeepStrictEqual } from 'node:util'
import {
  createHistoryWriter,
  type Descriptor,
  type HistoryEventLine,
  HistoryFileError,
  type HistoryHeader,
  type HistoryRecord,
  openHistoryFile,
} from '../history/index.ts'

/** Why a run stopped being recorded, as the `end` of its history says it. */
export type EndReason =
  | 'finished'
  | 'interrupted'
  | 'k6-failed'
  | 'unreachable'
  | 'target-failing'
  | 'target-ended'
  | 'not-started'

/** A history that is written while a run goes on. Once writing has failed, nothing more is written. */
export interface Recording {
  record(record: HistoryRecord): void
  event(event: HistoryEventLine): void
  /** Aborted as soon as writing fails, so that nothing is fired that cannot be recorded. */
  readonly failed: AbortSignal
  /** Why writing failed, if it did. */
  readonly failure: HistoryFileError | undefined
  /** Writes the `end` and closes the file; a recording that failed is only closed. */
  end(reason: EndReason): Promise<void>
  /** Closes the file without an `end`: the history lacks something, and is torn. */
  abandon(): Promise<void>
}

/**
 * Opens a recording. A descriptor may be given twice, but no name to two of them.
 * @throws {HistoryFileError} where the file exists or cannot be made. Later failures are told by
 * `failed` and `failure` alone.
 */
export function openRecording(path: string, header: HistoryHeader): Recording {
  const descriptors = onceEach(header.descriptors)
  const abort = new AbortController()
  let failure: HistoryFileError | undefined
  const fail = (error: HistoryFileError) => {
    failure ??= error
    abort.abort(error)
  }
  const attempt = (write: () => void) => {
    if (failure) return
    try {
      write()
    } catch (error) {
      if (!(error instanceof HistoryFileError)) throw error
      fail(error)
    }
  }
  const writer = createHistoryWriter(openHistoryFile(path, { onError: fail }), { ...header, descriptors })
  const close = async () => {
    try {
      await writer.close()
    } catch (error) {
      if (!(error instanceof HistoryFileError)) throw error
      fail(error)
    }
  }
  return {
    record: (record) => attempt(() => writer.record(record)),
    event: (event) => attempt(() => writer.event(event)),
    failed: abort.signal,
    get failure() {
      return failure
    },
    end(reason) {
      attempt(() => writer.event({ event: 'end', at: Date.now(), reason }))
      return close()
    },
    abandon: close,
  }
}

/** @throws {Error} where two have one name: the requests of both would be taken for those of one. */
function onceEach(descriptors: readonly Descriptor[]): Descriptor[] {
  const named = new Map<string, Descriptor>()
  for (const one of descriptors) {
    const same = named.get(one.name)
    if (same && !isDeepStrictEqual(same.scopes, one.scopes))
      throw new Error(
        `two descriptors are named "${one.name}": of ${JSON.stringify([same.scopes, one.scopes])}`,
      )
    named.set(one.name, one)
  }
  return [...named.values()]
}
