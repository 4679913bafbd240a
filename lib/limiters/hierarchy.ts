import type { Scopes } from '../history/history.ts'
import type { LimiterModel } from './model.ts'

/** One limit as a server enforces it, beside others, on the requests that carry its scope. */
export interface EnforcedLimit {
  name: string
  /** The limit applies to requests that have this scope, and counts for each of its values apart. */
  scope: string
  /** The model for one value of the scope (they may differ in phase). Asked once for each value. */
  model: (scopeValue: string) => LimiterModel
  /** Does a request that this limit itself refuses use it up? */
  limitedRequests: 'counted' | 'free'
  /**
   * Does a request that this limit would let through, but another one refuses, use it up? `earlier`:
   * only if the first limit that refuses it comes later in the list.
   */
  chargedWhenRefused: 'counted' | 'free' | 'earlier'
}

/** A request as limits see it. */
export interface LimitedRequest {
  scopes: Scopes
  /** When the server decides; whole microseconds, never before the last request's. */
  atUs: number
  /** A whole number, 1 or more. */
  cost: number
}

/** What became of a request. Indices are positions in the list of limits. */
export interface Decision {
  admitted: boolean
  /** The first limit in the list that refuses it. */
  refusedBy?: number
  /** All limits that refuse it, in the order of the list. */
  fullIn: readonly number[]
}

/**
 * Several limits on one request, with what they have counted so far. `decide` changes it; it reads no
 * clock, so the same requests in the same order always get the same decisions.
 */
export interface Hierarchy {
  readonly limits: readonly EnforcedLimit[]
  /**
   * Decides a request and charges it. It is let through iff every limit that applies admits it; then
   * all of them are charged. Otherwise each limit that would refuse it is charged according to its
   * `limitedRequests`, and each that would admit it according to its `chargedWhenRefused`.
   */
  decide(request: LimitedRequest): Decision
  /**
   * The earliest instant, from `atUs` on, at which such a request would be let through if nothing else
   * came: once a limit admits it keeps admitting, so it is the latest of the limits' instants.
   * Infinity for a cost that some limit never lets through. Changes nothing.
   */
  admitsFromUs(request: LimitedRequest): number
  /** Forgets what was counted for one value of a scope, as when it ceased to exist. */
  forget(scope: string, scopeValue: string): void
}

interface Counter {
  model: LimiterModel
  state: unknown
}

const nowhere: readonly number[] = Object.freeze([])
const letThrough: Decision = Object.freeze({ admitted: true, fullIn: nowhere })

/** A hierarchy of limits, applied in the order of the list, in which nothing has been counted yet. */
export function createHierarchy(limits: readonly EnforcedLimit[]): Hierarchy {
  const counters = limits.map(() => new Map<string, Counter>())
  /** Those that apply to the request that is being decided: one list for all, which are many. */
  const applying: (Counter | undefined)[] = []

  function counterOf(index: number, scopes: Scopes): Counter | undefined {
    const limit = limits[index] as EnforcedLimit
    if (!Object.hasOwn(scopes, limit.scope)) return undefined
    const scopeValue = scopes[limit.scope] as string
    const ofLimit = counters[index] as Map<string, Counter>
    let counter = ofLimit.get(scopeValue)
    if (!counter) {
      const model = limit.model(scopeValue)
      counter = { model, state: model.init() }
      ofLimit.set(scopeValue, counter)
    }
    return counter
  }

  function isCharged(index: number, fullIn: readonly number[]): boolean {
    const limit = limits[index] as EnforcedLimit
    const refusedBy = fullIn[0]
    if (refusedBy === undefined) return true
    if (fullIn.includes(index)) return limit.limitedRequests === 'counted'
    if (limit.chargedWhenRefused === 'earlier') return index < refusedBy
    return limit.chargedWhenRefused === 'counted'
  }

  return {
    limits,

    decide({ scopes, atUs, cost }) {
      let fullIn = nowhere
      for (let index = 0; index < limits.length; index++) {
        const counter = counterOf(index, scopes)
        applying[index] = counter
        if (counter && !counter.model.admits(counter.state, atUs, cost)) fullIn = [...fullIn, index]
      }
      for (let index = 0; index < limits.length; index++) {
        const counter = applying[index]
        if (counter && isCharged(index, fullIn))
          counter.state = counter.model.charge(counter.state, atUs, cost)
      }
      return fullIn === nowhere ? letThrough : { admitted: false, refusedBy: fullIn[0], fullIn }
    },

    admitsFromUs({ scopes, atUs, cost }) {
      return limits.reduce((latestUs, _, index) => {
        const counter = counterOf(index, scopes)
        return counter ? Math.max(latestUs, counter.model.admitsFromUs(counter.state, atUs, cost)) : latestUs
      }, atUs)
    },

    forget(scope, scopeValue) {
      limits.forEach((limit, index) => {
        if (limit.scope === scope) counters[index]?.delete(scopeValue)
      })
    },
  }
}
