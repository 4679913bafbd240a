import type { Stamp } from './format.ts'
import type { Instant } from './instant.ts'
import type { PartBuilder } from './part.ts'

/** How a log is to be understood where its lines leave it open. */
export interface LogTerms {
  /** Which instant of a request the times are of; either where it is not said. */
  stamp: Stamp | undefined
  /** The longest that a request took, where a line does not say how long it took. */
  longestMs: number
}

/** A span as it was written, rounded down or to the nearest: it may be longer or shorter by its last digit. */
export interface Took {
  ns: number
  resolutionNs: number
}

/** A number of units, as it was written. */
export function spanOf(text: string, unitNs = 1e9): Took {
  return { ns: Number(text) * unitNs, resolutionNs: unitNs / 10 ** (text.split('.')[1] ?? '').length }
}

interface Entry {
  line: number
  descriptor: number
  stamped: Instant
  took: Took | undefined
  status: number
}

/**
 * What a proxy logs when the client went away (499, nginx), or when it waited no longer for the server (504).
 * The server behind it may count such a request later than the log's time.
 */
const unanswered: ReadonlySet<number> = new Set([499, 504])

/**
 * Adds a request that a server logged. It was decided while it was under way, and one instant of that time is
 * known: so the interval reaches as far before the start, or after the end, as the request can have taken.
 */
export function addEntry(builder: PartBuilder, entry: Entry, { stamp, longestMs }: LogTerms): void {
  const { line, descriptor, stamped, took, status } = entry
  if (took === undefined && descriptor >= 0) builder.part.sentUnknown++
  const mostNs = took === undefined ? longestMs * 1e6 : took.ns + took.resolutionNs
  // Whole seconds are those of a clock, rounded down; fractions may have been rounded to the nearest.
  const roundedNs = stamped.resolutionNs < 1e9 ? stamped.resolutionNs : 0
  const sentNs = stamped.ns - roundedNs - (stamp === 'start' ? 0 : mostNs)
  const receivedNs = stamped.ns + stamped.resolutionNs + (stamp === 'end' ? 0 : mostNs)
  const endNs = took === undefined ? Number.NaN : sentNs + took.ns
  builder.add({ line, descriptor, sentNs, receivedNs, endNs, status: unanswered.has(status) ? 0 : status })
}
