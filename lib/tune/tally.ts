import { Outcome } from '../history/index.ts'
import type { Candidate, CandidateLimit } from './candidate.ts'
import { createSlidingSums } from './counters/index.ts'
import type { Demand, ScopeKeys } from './demand.ts'

/** What a candidate did to one descriptor. Counts are of requests. */
export interface ReplayedDescriptor {
  name: string
  accepted: number
  refused: number
  /** Refused, where the first candidate lets it through. */
  newlyRefused: number
  /** Let through, where the first candidate refuses it. */
  newlyAccepted: number
  /** The longest time from a refused request to the next that was let through, or to the last that was refused. */
  longestRefusalMs: number
}

/** What a candidate would have done. Counts are of requests, bursts of units of cost. */
export interface Replayed {
  candidate: Candidate
  accepted: number
  refused: number
  newlyRefused: number
  newlyAccepted: number
  /** Of the requests that were accepted when they were recorded. */
  refusedOfAccepted: number
  /** Of the requests that were refused when they were recorded. */
  acceptedOfLimited: number
  /** In the order of the demand's descriptors. */
  descriptors: ReplayedDescriptor[]
  longestRefusalMs: number
  /** The most that was let through for one value of the scope that is tried, within any second. */
  worstSecond: number
  /** The same within any stretch as long as the window that is tried. */
  worstWindow: number
}

/** Adds up what becomes of requests. */
export interface Tally {
  /** Rows `[from, to)`, and for each, from 0 on, whether this candidate and the first let it through. */
  add(from: number, to: number, admitted: Uint8Array, first: Uint8Array): void
  result(): Replayed
}

/** A tally of nothing. */
export function createTally(
  { descriptors, atUs, descriptor, cost, met }: Demand,
  candidate: Candidate,
  keys: (scope: string) => ScopeKeys,
): Tally {
  const { scope, windowMs } = candidate.limits[candidate.varied] as CandidateLimit
  const { keyOf, values } = keys(scope)
  const lastSecond = createSlidingSums(1_000_000, values.length)
  const lastWindow = createSlidingSums(Math.round(windowMs * 1000), values.length)
  const ofEach = () => new Float64Array(descriptors.length)
  const [accepted, refused, newlyRefused, newlyAccepted, longestUs] = [
    ofEach(),
    ofEach(),
    ofEach(),
    ofEach(),
    ofEach(),
  ]
  const refusedSinceUs = ofEach().fill(Number.NaN)
  let [refusedOfAccepted, acceptedOfLimited, worstSecond, worstWindow] = [0, 0, 0, 0]

  return {
    add(from, to, admitted, first) {
      for (let row = from; row < to; row++) {
        const who = descriptor[row] as number
        const at = atUs[row] as number
        const before = first[row - from] === 1
        const sinceUs = refusedSinceUs[who] as number
        // NaN, where nothing is being refused, is never longer.
        if (at - sinceUs > (longestUs[who] as number)) longestUs[who] = at - sinceUs
        if (admitted[row - from] === 0) {
          refused[who] = (refused[who] as number) + 1
          if (before) newlyRefused[who] = (newlyRefused[who] as number) + 1
          if (met[row] === Outcome.accepted) refusedOfAccepted++
          if (Number.isNaN(sinceUs)) refusedSinceUs[who] = at
          continue
        }
        accepted[who] = (accepted[who] as number) + 1
        if (!before) newlyAccepted[who] = (newlyAccepted[who] as number) + 1
        if (met[row] === Outcome.limited) acceptedOfLimited++
        refusedSinceUs[who] = Number.NaN
        const key = keyOf[who] as number
        if (key < 0) continue
        const units = cost[row] as number
        worstSecond = Math.max(worstSecond, lastSecond.sum(key, at) + units)
        lastSecond.add(key, at, units)
        worstWindow = Math.max(worstWindow, lastWindow.sum(key, at) + units)
        lastWindow.add(key, at, units)
      }
    },

    result() {
      const sum = (column: Float64Array) => column.reduce((total, each) => total + each, 0)
      return {
        candidate,
        accepted: sum(accepted),
        refused: sum(refused),
        newlyRefused: sum(newlyRefused),
        newlyAccepted: sum(newlyAccepted),
        refusedOfAccepted,
        acceptedOfLimited,
        descriptors: descriptors.map(({ name }, who) => ({
          name,
          accepted: accepted[who] as number,
          refused: refused[who] as number,
          newlyRefused: newlyRefused[who] as number,
          newlyAccepted: newlyAccepted[who] as number,
          longestRefusalMs: (longestUs[who] as number) / 1000,
        })),
        longestRefusalMs: longestUs.reduce((most, each) => Math.max(most, each), 0) / 1000,
        worstSecond,
        worstWindow,
      }
    },
  }
}
