import type { Dialect } from './dialect.ts'

/** What an answer says of one quota, in whichever dialect; what it does not say is `undefined`. */
export interface Quota {
  dialect: Dialect
  /** The policy's name, where the dialect has names. */
  name?: string
  /** The partition key, in base64. */
  partition?: string
  /** What is counted, where it says so; requests otherwise. */
  unit?: string
  limit?: number
  windowSeconds?: number
  remaining?: number
  /** From the making of the answer on. As it was written: it may be no seconds at all. */
  resetSeconds?: number
  /** Seconds since the Unix epoch: a vendor's `X-RateLimit-Reset` that reads as an instant. */
  resetAtSeconds?: number
}

/** A field that its dialect does not allow. It is ignored (draft-ietf-httpapi-ratelimit-headers-11 §7). */
export interface MalformedField {
  /** Line of the history. */
  line: number
  field: string
  value: string
  /** The first character that is wrong, counted from 0. */
  at: number
  expected: string
  found: string
}

/** What reading the fields of one dialect yields. */
export interface QuotaReading {
  quotas: Quota[]
  malformed: Omit<MalformedField, 'line'>[]
}

/** Does a number of seconds read as an instant? No window lasts 31 years, and the epoch is longer ago. */
export function readsAsEpoch(seconds: number): boolean {
  return seconds >= 1_000_000_000
}
