import type { Reason } from '../refute/certificate.ts'
import { surely, type Told } from './told.ts'

/**
 * Checks a reason against a bucket again, by whole numbers alone: tokens are counted in units of one
 * microsecond's flow, `limit` for each microsecond and `windowUs` for each request.
 * @returns what does not hold, in words, or `undefined` where the reason stands.
 */
export function bucketReason(told: Told, reason: Reason): string | undefined {
  const { evidence } = told
  const lo = (i: number) => BigInt(told.lo(i))
  const hi = (i: number) => BigInt(told.hi(i))
  const flow = BigInt(told.limit)
  const unit = BigInt(told.windowUs)
  const holds = flow * unit
  switch (reason.kind) {
    case 'over-refill': {
      const members = told.indices(reason.rows)
      if (!members || members.length === 0) return 'rows that there are not'
      if (members.some((i) => !told.admitted(i))) return 'a row that was not let through'
      const [from, to, units] = span(members)
      return units * unit > holds + (to - from) * flow
        ? undefined
        : 'so many may be let through in such a span'
    }
    case 'admitted-when-full': {
      const i = told.index(reason.admitted)
      if (i === undefined || !told.letThrough(i)) return 'a row that was not let through'
      const own = BigInt(told.cost(i))
      const members = told.indices(reason.rows)
      if (!members) return 'rows that there are not'
      if (members.length === 0) return own > flow ? undefined : 'no row at all'
      if (members.some((j) => j === i || evidence.use[j] !== surely)) return 'a row that need not count'
      const [from, to, units] = span(members)
      if (to >= lo(i)) return 'a row that need not come before'
      const all = (units + own) * unit
      return all > holds + (hi(i) - from) * flow ? undefined : 'enough may have flowed in'
    }
    case 'unjustified-refusal': {
      const refused = told.firstOf([reason.refused, ...(reason.alike ?? [])])
      if (!refused) return 'no refusal that proves anything'
      const first = BigInt(refused.lo)
      const own = BigInt(refused.cost) * unit
      if (own > holds) return 'it never fits'
      // The later the bucket was last full, and the more came since then, the less is in it.
      let since = 0n
      for (const j of told.users()) {
        if (refused.members.has(j) || told.lo(j) > refused.hi) continue
        since += BigInt(told.cost(j)) * unit
        const flowed = first > hi(j) ? (first - hi(j)) * flow : 0n
        if (since + own > holds + flowed) return 'the bucket may have been empty'
      }
      return undefined
    }
    default:
      return 'no reason that speaks of a bucket'
  }

  function span(members: readonly number[]): [from: bigint, to: bigint, units: bigint] {
    let [from, to, units] = [lo(members[0] as number), hi(members[0] as number), 0n]
    for (const j of members) {
      if (lo(j) < from) from = lo(j)
      if (hi(j) > to) to = hi(j)
      units += BigInt(told.cost(j))
    }
    return [from, to, units]
  }
}
