import type { Descriptor, History, Outcome } from '../history/index.ts'

/**
 * What was asked of a platform, whatever it answered: a row a request, in the order of the instants. A
 * request is taken to arrive when it was sent, at the earliest that is known.
 */
export interface Demand {
  descriptors: readonly Descriptor[]
  count: number
  /** Microseconds since the Unix epoch, ascending. */
  atUs: Float64Array
  /** Index into `descriptors`. */
  descriptor: Uint32Array
  cost: Float64Array
  /** What the request met when it was recorded. */
  met: Uint8Array
}

/** Columns for so many requests, in memory that threads can share. */
export function emptyDemand(descriptors: readonly Descriptor[], count: number): Demand {
  const bytes = (size: number) => new SharedArrayBuffer(size * count)
  return {
    descriptors,
    count,
    atUs: new Float64Array(bytes(8)),
    descriptor: new Uint32Array(bytes(4)),
    cost: new Float64Array(bytes(8)),
    met: new Uint8Array(bytes(1)),
  }
}

/** All requests of a history, those that were refused and those without an answer too. */
export function demandOf(history: History): Demand {
  const { count, sentUs, descriptors, startedAtMs } = history
  const order = Uint32Array.from({ length: count }, (_, row) => row)
  let sorted = true
  for (let row = 1; row < count && sorted; row++) {
    sorted = (sentUs[row - 1] as number) <= (sentUs[row] as number)
  }
  if (!sorted) order.sort((one, other) => (sentUs[one] as number) - (sentUs[other] as number) || one - other)
  const demand = emptyDemand(descriptors, count)
  // Whole microseconds, as limiters want them; the epoch's are below 2^53 until the year 2255.
  const startUs = Math.round(startedAtMs * 1000)
  for (let at = 0; at < count; at++) {
    const row = order[at] as number
    demand.atUs[at] = startUs + (sentUs[row] as number)
    demand.descriptor[at] = history.descriptor[row] as number
    demand.cost[at] = history.cost[row] as number
    demand.met[at] = history.outcome[row] as Outcome
  }
  return demand
}

/** For one scope, which of its values each descriptor has, as numbers from 0; -1 where it has none. */
export interface ScopeKeys {
  keyOf: Int32Array
  values: readonly string[]
}

/** Numbers the values of scopes, of each scope once; without a scope, all requests are of one value. */
export function createScopeKeys({ descriptors }: Demand): (scope: string | undefined) => ScopeKeys {
  const known = new Map<string | undefined, ScopeKeys>()
  return (scope) => {
    const keys =
      known.get(scope) ?? (scope === undefined ? oneKey(descriptors.length) : keysOf(descriptors, scope))
    known.set(scope, keys)
    return keys
  }
}

function oneKey(descriptors: number): ScopeKeys {
  return { keyOf: new Int32Array(descriptors), values: ['all'] }
}

function keysOf(descriptors: readonly Descriptor[], scope: string): ScopeKeys {
  const numbers = new Map<string, number>()
  const keyOf = Int32Array.from(descriptors, ({ scopes }) => {
    if (!Object.hasOwn(scopes, scope)) return -1
    const value = scopes[scope] as string
    const number = numbers.get(value) ?? numbers.size
    numbers.set(value, number)
    return number
  })
  return { keyOf, values: [...numbers.keys()] }
}
