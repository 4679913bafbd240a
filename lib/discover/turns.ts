import { type History, Outcome } from '../history/index.ts'

/** One request of a limit, in the order of sending. Times are microseconds on the history's clock. */
interface Met {
  sentUs: number
  receivedUs: number
  outcome: Outcome
  isRefusedByIt: boolean
}

/** A time in which a limit refused, with what was let through before. */
export interface Turn {
  /** Let through since the last recovery, or since the first request. */
  acceptedBefore: number
  /** The recovery lies in between: after the last refusal was sent, before the first request let through was answered. */
  recoveredUs?: readonly [from: number, to: number]
}

/** How a limit came and went, for one value of its scope. */
export interface Course {
  /** When the first request that was let through was sent and answered. */
  firstUs: readonly [from: number, to: number] | undefined
  turns: Turn[]
  /** The longest time for which it was seen to refuse without letting anything through. */
  refusedUs: number
  /** When each request that was let through was answered, ascending. */
  timesUs: number[]
  /** All that was let through. */
  accepted: number
  lastUs: number
}

/**
 * Reads off a history when a limit refused and when it had recovered, by what answers say of who refused; a
 * refusal that does not say counts where `isItsOwn` says so. Rough: what overlaps is taken as it was sent.
 */
export function courseOf(
  history: History,
  scope: string,
  scopeValue: string,
  isItsOwn: (descriptor: string) => boolean,
): Course {
  const course: Course = { firstUs: undefined, turns: [], refusedUs: 0, timesUs: [], accepted: 0, lastUs: 0 }
  let acceptedSince = 0
  let refusedSinceUs: number | undefined
  let lastRefused: Met | undefined
  for (const met of requestsOf(history, scope, scopeValue, isItsOwn)) {
    course.lastUs = Math.max(course.lastUs, met.receivedUs)
    if (met.isRefusedByIt) {
      if (refusedSinceUs === undefined) course.turns.push({ acceptedBefore: acceptedSince })
      refusedSinceUs ??= met.receivedUs
      lastRefused = met
      course.refusedUs = Math.max(course.refusedUs, met.sentUs - refusedSinceUs)
      continue
    }
    if (met.outcome !== Outcome.accepted) continue
    course.firstUs ??= [met.sentUs, met.receivedUs]
    course.timesUs.push(met.receivedUs)
    course.accepted++
    const turn = course.turns.at(-1)
    if (refusedSinceUs !== undefined && turn && lastRefused) {
      // What was on its way when the limit began to refuse has not seen it recover.
      if (met.sentUs <= refusedSinceUs) {
        turn.acceptedBefore++
        continue
      }
      turn.recoveredUs = [lastRefused.sentUs, met.receivedUs]
      refusedSinceUs = undefined
      acceptedSince = 0
    }
    acceptedSince++
  }
  course.timesUs.sort((one, other) => one - other)
  return course
}

function requestsOf(
  history: History,
  scope: string,
  scopeValue: string,
  isItsOwn: (descriptor: string) => boolean,
): Met[] {
  const met: Met[] = []
  for (let row = 0; row < history.count; row++) {
    const descriptor = history.descriptors[history.descriptor[row] as number]
    if (descriptor?.scopes[scope] !== scopeValue) continue
    const outcome = history.outcome[row] as Outcome
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    const isOwn = blamed === undefined ? isItsOwn(descriptor.name) : blamed === scope
    met.push({
      sentUs: history.sentUs[row] as number,
      receivedUs: history.receivedUs[row] as number,
      outcome,
      isRefusedByIt: outcome === Outcome.limited && isOwn,
    })
  }
  return met.sort((one, other) => one.sentUs - other.sentUs)
}
