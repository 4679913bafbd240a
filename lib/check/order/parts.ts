import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { OrderedRequest } from './order-search.ts'

/** Requests that can be ordered by themselves: no others meet any of their limiters. */
export interface Part {
  /** Indices into the requests, and into the limiters. */
  requests: number[]
  limiters: number[]
  /** The requests as they meet those limiters, by their place in the part. */
  ordered: OrderedRequest[]
}

/**
 * Takes apart what need not be searched together. A limiter that has room for all that it ever meets can never
 * be full: what only such ones meet can be decided at any time, and limiters share no requests through them.
 * @returns the parts, and the requests that are in none; `undefined` where only such limiters can have refused
 * one that was refused.
 */
export function partsOf(
  requests: readonly OrderedRequest[],
  hypotheses: readonly Hypothesis[],
): { parts: Part[]; anywhere: number[] } | undefined {
  const units = hypotheses.map(() => 0)
  for (const { ways, cost } of requests) {
    for (const limiter of metIn(ways)) units[limiter] = (units[limiter] as number) + cost
  }
  const mayBeFull = hypotheses.map(({ limit }, limiter) => (units[limiter] as number) > limit)
  const partOf = hypotheses.map((_, limiter) => limiter)
  const left = requests.map(({ ways }) =>
    ways
      .filter((way) => way.every(({ limiter, answer }) => answer !== 'refuses' || mayBeFull[limiter]))
      .map((way) => way.filter(({ limiter }) => mayBeFull[limiter])),
  )
  if (left.some((ways) => ways.length === 0)) return undefined
  for (const ways of left) {
    const [first, ...others] = metIn(ways)
    for (const other of others) {
      const [from, to] = [partOf[other], partOf[first as number] as number]
      for (const [limiter, part] of partOf.entries()) if (part === from) partOf[limiter] = to
    }
  }
  const parts = new Map<number, Part>()
  const anywhere: number[] = []
  for (const [i, ways] of left.entries()) {
    const [first] = metIn(ways)
    if (first === undefined) {
      anywhere.push(i)
      continue
    }
    const key = partOf[first] as number
    const limiters = partOf.flatMap((of, limiter) => (of === key && mayBeFull[limiter] ? [limiter] : []))
    const part = parts.get(key) ?? { requests: [], limiters, ordered: [] }
    parts.set(key, part)
    part.requests.push(i)
    part.ordered.push({
      ...(requests[i] as OrderedRequest),
      ways: ways.map((way) =>
        way.map((meeting) => ({ ...meeting, limiter: limiters.indexOf(meeting.limiter) })),
      ),
    })
  }
  return { parts: [...parts.values()], anywhere }
}

/** The limiters that are met in any of these ways. */
function metIn(ways: OrderedRequest['ways']): number[] {
  return [...new Set(ways.flat().map(({ limiter }) => limiter))]
}
