import type { History } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Experiment } from './experiment.ts'
import type { Met } from './met.ts'
import type { Tried } from './next-guess.ts'

/** What is known of one limit. */
export interface Inquiry {
  readonly documented: Limit
  /** As it is taken to be. */
  current: Limit
  proven: boolean
  /** Nothing more is to be found out. */
  unproven: boolean
  /** … and nothing contradicts what it is taken to be, which was tried often enough. */
  isLikely: boolean
  /** It is larger than that in the window of the spec, and nothing has reached it. */
  above?: number
  readonly tried: Map<string, Tried>
  /** How often it was fired at as it is taken to be without being proven or refuted. */
  timesUnsettled: number
  /** A brief run is to tell it from its neighbours. */
  isBrief: boolean
  /** One count for all values of its scope: it refused some that nothing had been let through for. */
  isShared: boolean
  /** Others refused what came as fast as it could, and this one never has. */
  isBehind: boolean
  /** … and one value had all for itself that the others let through, again and again. */
  isPushed: boolean
  /** … and in some windows of the others all of it as late as that. */
  isPushedLate: boolean
  /** It was met only by bursts on both sides of an edge of another limit's window. */
  isAtEdges: boolean
}

/** A run that was made, and what it was made for. */
export interface Run {
  readonly experiment: Experiment
  readonly history: History
  /** What its limits met, as far as that was read off already. */
  readonly read: Map<string, Met>
}

/** Is there still something to be found out? */
export function isOpen({ proven, unproven, above }: Inquiry): boolean {
  return !proven && !unproven && above === undefined
}

/** Is known what it is, or likely is: so that others on the same requests are told from it? */
export function isKnown({ proven, isLikely }: Inquiry): boolean {
  return proven || isLikely
}

/** How often it was fired at, whatever it was taken to be. */
export function timesFired({ tried }: Inquiry): number {
  return [...tried.values()].reduce((sum, { times }) => sum + times, 0)
}

/** Limits are looked for up to so many times what the spec says. */
const mostTimes = 20

/** Larger limits are not looked for. */
export function mostLimitOf(documented: Limit): number {
  return mostTimes * documented.limit
}
