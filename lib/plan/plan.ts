import type { Scopes } from '../history/history.ts'
import type { Load } from './load.ts'

/**
 * What one request of a descriptor is: an alert to an integration, a page of a list, or what a spec
 * says that every caller sends.
 */
export type RequestKind = 'alert' | 'list' | 'request'

/** Somebody requests are sent for. The URL and the secrets are bound later, at the edge. */
export interface PlannedDescriptor {
  /** Short name used in the history: A, B, C … for integrations, K for the API key; else the caller's. */
  name: string
  scopes: Scopes
  kind: RequestKind
}

/** An opening burst at a constant arrival rate. Exactly `count` requests, never more. */
export interface Fill {
  descriptor: string
  ratePerSecond: number
  count: number
  /** When it starts, from the start of the firing. */
  startMs: number
  /** How many may be unanswered at once; beyond it an iteration is dropped, and that is recorded. */
  maxInFlight: number
}

/** A limit that a watch brings to its onset, again and again. */
export interface Gauge {
  scope: string
  limit: number
  windowMs: number
  /** Descriptors through which it is filled, in turn: the next when one is refused by its own limit. */
  fillers: string[]
  ratePerSecond: number
  /** Time between two probes while the limit refuses. */
  probeEveryMs: number
  /**
   * Where the limit has not recovered so long after its onset, refused probes may be what keeps it full: from then on,
   * and after each later onset, this is the time between two of them. Default: that stays the same.
   */
  sparser?: { probeEveryMs: number; afterMs: number }
  /** So many refusals in a row mean that the limit was reached. */
  confirmRefusals: number
  /** Requests that one filling may take at most, over all fillers. */
  maxFill: number
  /**
   * Has each filler a limit of its own that is no gauge of this watch? A refusal is then put down to
   * this gauge's limit only once a fresh filler meets it too. Default: no.
   */
  fillersLimited?: boolean
  /** Do the fillers take turns with each request, so that none of them comes near a limit of its own? Default: no. */
  fillersInTurn?: boolean
  /**
   * How long filling waits after another limit that was in the way has recovered: each in turn. So all that the other
   * lets through in one of its windows can come at the end of that, right before all of the next. Default: not at all.
   */
  waitsMs?: number[]
  /** How it is filled again. Default: as soon as it recovers, and as far as it goes. */
  refill?: Refill
  /** So many windows lie between the recoveries that it takes to know the limit, at least. Default: nearly one. */
  windowsApart?: number
}

/**
 * A limit that shares requests with another is filled so that the other always has room, and only it refuses: when it
 * recovers, a few requests show whether it came back at once or bit by bit, and the next filling waits.
 */
export interface Refill {
  atOnce: number
  /** How long it waits, each time another of these in turn: so it comes in another part of a window. */
  restsMs: number[]
}

/**
 * So much may go out for some descriptors together, whoever asks for it: no more than `most` requests
 * can have been decided within any `windowMs`. A request that is unanswered, or was refused, counts.
 */
export interface Ration {
  descriptors: string[]
  most: number
  windowMs: number
}

/**
 * What one watch does: fill every gauge to its onset, probe sparsely until the recovery, fill again
 * at once, probe until the next recovery, until the window is known or the deadline has come.
 * Gauges of one watch share requests (an alert counts for its integration and its organization);
 * the first gauge is the inner one.
 */
export interface WatchPlan {
  name: string
  gauges: Gauge[]
  startMs: number
  deadlineMs: number
  maxInFlight: number
  /** The ceiling on requests of this watch, never passed. */
  maxRequests: number
  /** The ceiling on the rate of this watch, where it is below that of the plan. */
  maxRatePerSecond?: number
}

/** Which requests, to whom, when: everything that is fired, without an address or a secret. */
export interface Plan {
  descriptors: PlannedDescriptor[]
  fills: Fill[]
  watches: WatchPlan[]
  /** Open-model traffic. Default: none. */
  loads?: Load[]
  /** The firing ends here at the latest, counted from its start. */
  deadlineMs: number
  /** Longest wait for an answer; shorter than the time left for requests in flight at the end. */
  requestTimeoutMs: number
  /** The ceiling on requests over the whole run. */
  maxRequests: number
  /** The ceiling on the rate over all descriptors. */
  maxRatePerSecond: number
  /** What is left to others, never passed. A descriptor of a ration is sent for by one watch or one load alone. */
  rations?: Ration[]
}
