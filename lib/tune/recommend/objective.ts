import type { Stretch } from '../measures.ts'

/** The most that may be let through for any one value of a scope, or of all requests, in any stretch. */
export interface Ceiling extends Stretch {
  most: number
}

/** What limits are to achieve. */
export interface Objective {
  /** The largest share of the requests of quiet descriptors that may be refused, from 0 to 1. */
  quietRefused?: number
  ceilings: readonly Ceiling[]
}

/** A descriptor is quiet that never asked for more than this, in units of cost, within any stretch. */
export interface QuietBound {
  most: number
  spanMs: number
}

const capacitySpanMs = 10_000

/**
 * What a platform that serves so many requests a second may be let through: in any 10 s, no more than it
 * serves in 10 s. Then its backlog never exceeds 10 s of work, so that nothing waits longer than that. (Any
 * busy stretch is covered by whole tens of seconds, of which each but the last is worked off: the bound of
 * a rate server under a windowed arrival curve; J.-Y. Le Boudec and P. Thiran, Network Calculus, 2001,
 * chapter 1.)
 */
export function capacityCeiling(ratePerSecond: number): Ceiling {
  return { most: Math.floor((ratePerSecond * capacitySpanMs) / 1000), spanMs: capacitySpanMs }
}
