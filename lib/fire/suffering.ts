import { Outcome } from '../history/history.ts'
import { requestErrorWords } from './request-error.ts'

/** So many answers in a row are looked at together. */
const span = 40

/** Fewer than this say nothing. */
const fewest = 20

/**
 * Where time-outs alone make it so, it has to stay so for this long: requests that were under way together
 * when this machine or the network paused run out of time together.
 */
const pauseMs = 250

/** What k6 calls a request that was not answered in time. */
export const timedOut = 1050
const timeOut = requestErrorWords(timedOut)

/** One answer, as far as it shows how the target is. */
export interface SeenAnswer {
  /** 0 without a response. */
  status: number
  /** k6's number of the error, where there was no response. */
  errorCode: number
  /** What the spec takes it for: a status by which the target refuses is no failure, whatever it is. */
  outcome: Outcome
  /** Unix milliseconds. */
  atMs: number
}

/** What was seen of a target that fails. */
export interface Suffering {
  /** So many of the last answers failed … */
  failed: number
  /** … of so many. */
  of: number
  /** What they were, such as `503` or `timeout`, with how many of each, the most frequent first. */
  kinds: { what: string; count: number }[]
  /** When the first and the last of them came, in Unix milliseconds. */
  firstAtMs: number
  lastAtMs: number
}

/**
 * Makes a pure observer of answers that says when the target fails: when more than a share of its
 * last 40 answers, and of at least 20, are server errors (5xx) or time-outs; time-outs alone for a
 * quarter of a second at least.
 */
export function createSuffering(share: number): (answer: SeenAnswer) => Suffering | undefined {
  const last: { failure?: string; atMs: number }[] = []
  let sinceMs: number | undefined
  return ({ status, errorCode, outcome, atMs }) => {
    last.push({ failure: outcome === Outcome.unknown ? failureOf(status, errorCode) : undefined, atMs })
    if (last.length > span) last.shift()
    const failed = last.filter(({ failure }) => failure !== undefined)
    if (last.length < fewest || failed.length <= share * last.length) {
      sinceMs = undefined
      return undefined
    }
    sinceMs ??= atMs
    const answered = failed.some(({ failure }) => failure !== timeOut)
    if (!answered && atMs - sinceMs < pauseMs) return undefined
    const counts = new Map<string, number>()
    for (const { failure = '' } of failed) counts.set(failure, (counts.get(failure) ?? 0) + 1)
    const times = failed.map((each) => each.atMs)
    return {
      failed: failed.length,
      of: last.length,
      kinds: [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count),
      firstAtMs: Math.min(...times),
      lastAtMs: Math.max(...times),
    }
  }
}

function failureOf(status: number, errorCode: number): string | undefined {
  if (status >= 500) return String(status)
  return status === 0 && errorCode === timedOut ? timeOut : undefined
}

/** The same for a person; reads on after "the firing was stopped". */
export function sufferingWords({ failed, of, kinds, firstAtMs, lastAtMs }: Suffering): string {
  const each = kinds.map(({ what, count }) => `${count} × ${what}`).join(', ')
  const clock = (atMs: number) => new Date(atMs).toISOString().slice(11, 23)
  return `the target fails: ${failed} of its last ${of} answers were server errors or time-outs (${each}), the first at ${clock(firstAtMs)}, the last at ${clock(lastAtMs)} UTC`
}
