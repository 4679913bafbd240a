/** One request that is to be sent. */
export interface Arrival {
  sentMs: number
  key: string
  cost: number
  /** How long this one takes to the limiter, and the answer back; drawn where they are left out. */
  thereMs?: number
  backMs?: number
}

/** What the limiter was asked, in the order in which it was asked, and what it said. */
export interface Call {
  key: string
  cost: number
  nowMs: number
  allowed: boolean
}
