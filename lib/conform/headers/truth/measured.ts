import type { Algorithm } from '../../../spec/index.ts'

/** What is known of the limiter beside its own words. What is `undefined` is not known. */
export interface Measured {
  /** Units in a window. */
  limit?: number
  /** The shortest and the longest that the window can be. */
  windowMs?: readonly [least: number, most: number]
  /** The ways to count that explain the requests; default all. */
  algorithms?: readonly Algorithm[]
  /** May others use up the same limit? `none` only where somebody vouches for it; default `possible`. */
  foreignTraffic?: 'none' | 'possible'
}

/** What the limit and the window that answers state are held against; what is `undefined` is not known. */
export interface HeldAgainst extends Pick<Measured, 'limit' | 'windowMs'> {
  /**
   * Is a policy of this name about the limit in question, where requests meet several? `undefined` where its
   * name does not say. Default: it is.
   */
  isAbout?: (policyName: string) => boolean | undefined
  /** What would prove the limit, where it is not known. */
  provenBy?: string
}
