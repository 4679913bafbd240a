import type { Observed } from '../observed.ts'

/** How much of a limiter requests can have used up, by when they were sent and received. */
export interface Traffic {
  /**
   * The most units of any of the limiters that requests decided between two instants can have used up:
   * each that was sent before `untilMs` and received after `fromMs` counts whole, for each limiter.
   */
  most(scopes: readonly string[], fromMs: number, untilMs: number): number
}

interface OfScope {
  /** By the time, with the sums of costs up to each. */
  sent: Sums
  received: Sums
}

export function createTraffic(observed: readonly Observed[]): Traffic {
  const byScope = new Map<string, Observed[]>()
  for (const request of observed) {
    for (const scope of request.scopes) {
      const requests = byScope.get(scope)
      if (requests) requests.push(request)
      else byScope.set(scope, [request])
    }
  }
  const sums = new Map<string, OfScope>()
  for (const [scope, requests] of byScope) {
    sums.set(scope, {
      sent: sumsOf(requests, 'sentMs'),
      received: sumsOf(requests, 'receivedMs'),
    })
  }
  return {
    most(scopes, fromMs, untilMs) {
      let most = 0
      for (const scope of scopes) {
        const of = sums.get(scope)
        // Whoever was received up to the beginning was sent before the end as well.
        if (of) most += sumUpTo(of.sent, untilMs) - sumUpTo(of.received, fromMs)
      }
      return most
    },
  }
}

export function costOf({ cost = 1 }: Observed): number {
  return cost
}

interface Sums {
  atMs: number[]
  /** `sums[i]` is what the first i have in all. */
  sums: number[]
}

function sumsOf(requests: readonly Observed[], key: 'sentMs' | 'receivedMs'): Sums {
  const sorted = [...requests].sort((one, other) => one[key] - other[key])
  const sums = [0]
  for (const request of sorted) sums.push((sums.at(-1) ?? 0) + costOf(request))
  return { atMs: sorted.map((request) => request[key]), sums }
}

/** The sum of all before an instant. */
function sumUpTo({ atMs, sums }: Sums, untilMs: number): number {
  let low = 0
  let high = atMs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((atMs[middle] as number) < untilMs) low = middle + 1
    else high = middle
  }
  return sums[low] as number
}
