import type { Outcome } from '../history/index.ts'

/** What kind of request was sent, which decides what it may use up. */
export const requestKinds = [
  'alert',
  'several-alerts',
  'heartbeat',
  'malformed',
  'get',
  'list',
  'other',
] as const
export type RequestKind = (typeof requestKinds)[number]

/** One request and its answer, as a question about a platform needs to know it. Secrets are blacked out. */
export interface Exchange {
  /** Its line in the history. */
  line: number
  /** Name of the descriptor that sent it. */
  descriptor: string
  kind: RequestKind
  /** Unix milliseconds. */
  sentMs: number
  /** Unix milliseconds; when the client gave up, where there was no answer. */
  receivedMs: number
  /**
   * The same two instants in fractions of milliseconds, on a clock that is never set; only of what was asked.
   * The one is before whatever was sent after the other.
   */
  exactMs?: { sent: number; received: number }
  /** 0 without an answer. */
  status: number
  outcome: Outcome
  /** In lower case, in the order in which they came. */
  headers: readonly (readonly [name: string, value: string])[]
  body: string
  /** The scope that a refusal blames, where it says. */
  limitedBy?: string
}
