import { pinnedK6Version } from './version.ts'

/** Where a k6 was found or tried. */
export type K6Source = 'env' | 'path' | 'cache' | 'release' | 'build'

/** What happens while k6 is found, for whoever shows it. Times are milliseconds since the step began. */
export type K6Event =
  /** A slow step begins: `what` is the archive's address, or the Go program that builds. */
  | { kind: 'started'; source: 'release' | 'build'; what: string }
  /** Some of the archive has arrived; `totalBytes` where the server told. At most ten a second. */
  | { kind: 'download'; bytes: number; totalBytes?: number; elapsedMs: number }
  /** Go fetches the source modules; `done` so far, how many there will be is not known. */
  | { kind: 'modules'; done: number; elapsedMs: number }
  /** Go compiles; `total` leaves out what its own cache has. After the last package it links. */
  | { kind: 'packages'; done: number; total: number; elapsedMs: number }
  /** Another process is getting the same k6; its result will be used. `pid` is absent where unknown. */
  | { kind: 'waiting'; pid?: number; elapsedMs: number }
  /** A source turned out to be no use, and the next one is tried. */
  | { kind: 'skipped'; source: K6Source; why: string }

/** An event as a sentence for people, without a line end. */
export function describeK6Event(event: K6Event): string {
  switch (event.kind) {
    case 'started':
      return event.source === 'release'
        ? `Fetching k6 v${pinnedK6Version} from ${event.what}`
        : `Building k6 v${pinnedK6Version} with ${event.what}; the first time takes a few minutes`
    case 'download':
      return event.totalBytes === undefined
        ? `Fetching k6: ${megabytes(event.bytes)} MB`
        : `Fetching k6: ${megabytes(event.bytes)} of ${megabytes(event.totalBytes)} MB`
    case 'modules':
      return `Building k6: ${event.done} modules fetched, ${seconds(event.elapsedMs)} s`
    case 'packages':
      return event.done < event.total
        ? `Building k6: ${event.done} of ${event.total} packages, ${seconds(event.elapsedMs)} s`
        : `Building k6: linking, ${seconds(event.elapsedMs)} s`
    case 'waiting':
      return `Waiting for ${event.pid === undefined ? 'another process' : `process ${event.pid}`}, which is getting k6: ${seconds(event.elapsedMs)} s`
    case 'skipped':
      return `${sourceInWords[event.source]}: ${event.why}`
  }
}

/** A source's name for people. */
export const sourceInWords: Record<K6Source, string> = {
  env: 'ONSET_K6',
  path: 'PATH',
  cache: 'Cache',
  release: 'Release',
  build: 'Build',
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
const seconds = (ms: number) => Math.round(ms / 1000)
