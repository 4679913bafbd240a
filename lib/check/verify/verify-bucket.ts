import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Reason } from '../refute/certificate.ts'

/** Where each row stands in the evidence: worked out once for many proofs. */
const places = new WeakMap<Evidence, Map<number, number>>()

function placesOf(evidence: Evidence): Map<number, number> {
  const at = places.get(evidence) ?? new Map(Array.from(evidence.rows, (row, i) => [row, i]))
  places.set(evidence, at)
  return at
}

/**
 * Checks a reason against a bucket again, by whole numbers alone: tokens are counted in units of one
 * microsecond's flow, `limit` for each microsecond and `windowUs` for each request.
 * @returns what does not hold, in words, or `undefined` where the reason stands.
 */
export function verifyBucketReason(
  evidence: Evidence,
  { limit, windowUs }: Hypothesis,
  reason: Reason,
): string | undefined {
  const at = placesOf(evidence)
  // Of a row that is not there, at -1, nothing is demanded, and it uses nothing.
  const find = (row: number) => at.get(row) ?? -1
  const lo = (i: number) => BigInt(evidence.loUs[i] ?? Number.NaN)
  const hi = (i: number) => BigInt(evidence.hiUs[i] ?? Number.NaN)
  const flow = BigInt(limit)
  const unit = BigInt(windowUs)
  const holds = flow * unit
  switch (reason.kind) {
    case 'over-refill': {
      const members = [...new Set(reason.rows)].map(find)
      if (members.length === 0) return 'no row at all'
      if (members.some((i) => evidence.demand[i] !== 1)) return 'a row that was not let through'
      const [from, to, units] = span(members)
      return units * unit > holds + (to - from) * flow
        ? undefined
        : 'so many may be let through in such a span'
    }
    case 'admitted-when-full': {
      const i = find(reason.admitted)
      if (evidence.demand[i] !== 1 && evidence.demand[i] !== 3) return 'a row that was not let through'
      const own = BigInt(evidence.cost[i] as number)
      const members = [...new Set(reason.rows)].map(find)
      if (members.length === 0) return own > flow ? undefined : 'no row at all'
      if (members.some((j) => j === i || evidence.use[j] !== 1)) return 'a row that need not count'
      const [from, to, units] = span(members)
      if (to >= lo(i)) return 'a row that need not come before'
      const all = (units + own) * unit
      return all > holds + (hi(i) - from) * flow ? undefined : 'enough may have flowed in'
    }
    case 'unjustified-refusal': {
      // Whichever of them came first did so by the earliest of their upper bounds, and before all others.
      const refused = new Set([reason.refused, ...(reason.alike ?? [])].map(find))
      let [first, by] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
      let highestCost = 0
      for (const i of refused) {
        if (evidence.demand[i] !== 2) return 'a row that was not refused'
        if ((evidence.loUs[i] as number) < evidence.hiddenUseUntilUs)
          return 'something hidden may have been counted'
        first = Math.min(first, evidence.loUs[i] as number)
        by = Math.min(by, evidence.hiUs[i] as number)
        highestCost = Math.max(highestCost, evidence.cost[i] as number)
      }
      const own = BigInt(highestCost) * unit
      const users: number[] = []
      for (let j = 0; j < evidence.rows.length; j++) {
        const starts = evidence.loUs[j] as number
        if (!refused.has(j) && evidence.use[j] !== 0 && starts <= by) users.push(j)
      }
      // The later the bucket was last full, and the more came since then, the less is in it.
      users.sort((a, b) => (evidence.hiUs[b] as number) - (evidence.hiUs[a] as number))
      let since = 0n
      for (const j of users) {
        since += BigInt(evidence.cost[j] as number) * unit
        const flowed = BigInt(first) > hi(j) ? (BigInt(first) - hi(j)) * flow : 0n
        if (since + own > holds + flowed) return 'the bucket may have been empty'
      }
      return own > holds ? 'it never fits' : undefined
    }
    default:
      return 'no reason that speaks of a bucket'
  }

  function span(members: readonly number[]): [from: bigint, to: bigint, units: bigint] {
    let [from, to, units] = [lo(members[0] as number), hi(members[0] as number), 0n]
    for (const j of members) {
      if (lo(j) < from) from = lo(j)
      if (hi(j) > to) to = hi(j)
      units += BigInt(evidence.cost[j] as number)
    }
    return [from, to, units]
  }
}
