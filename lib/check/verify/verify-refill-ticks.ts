import type { Case, Reason } from '../refute/certificate.ts'
import type { Range } from './ranges.ts'
import { refuse, surely, type Told } from './told.ts'

/**
 * Checks reasons against a bucket that is refilled at intervals again, each for its range of instants at
 * which a refill comes; that the ranges leave no gap is checked elsewhere. By whole numbers alone: tokens
 * are counted in units of one microsecond's flow, `limit` for each microsecond and `windowUs` for each
 * request, and only whole intervals flow.
 * @returns what does not hold, in words, or `undefined` where every case stands.
 */
export function refillCases(told: Told, tickUs: number, cases: readonly Case[]): string | undefined {
  for (const { startUs, reason } of cases) {
    if (!startUs || !reason) return 'a case without a range of refills, or without a reason'
    const wrong = refillReason(told, tickUs, reason, startUs)
    if (wrong) return wrong
  }
  return undefined
}

function refillReason(told: Told, tickUs: number, reason: Reason, [fromUs, toUs]: Range): string | undefined {
  const { evidence } = told
  const unit = BigInt(told.windowUs)
  const holds = BigInt(told.limit) * unit
  const tokens = (i: number) => BigInt(told.cost(i)) * unit
  const total = (members: readonly number[]) => members.reduce((sum, i) => sum + tokens(i), 0n)
  const flow = (ticks: number) => (ticks > 0 ? BigInt(ticks) * BigInt(told.limit) * BigInt(tickUs) : 0n)
  /** How many refills after the one in question the last one before an instant was, at least and at most. */
  const least = (us: number) => Math.floor((us - toUs) / tickUs)
  const most = (us: number) => Math.floor((us - fromUs) / tickUs)

  switch (reason.kind) {
    case 'over-refill': {
      const members = told.indices(reason.rows)
      if (!members || members.length === 0) return 'rows that there are not'
      if (members.some((i) => !told.admitted(i))) return 'a row that was not let through'
      const ticks =
        largest(members.map((i) => most(told.hi(i)))) - smallest(members.map((i) => least(told.lo(i))))
      return total(members) > holds + flow(ticks) ? undefined : 'so many may be let through in such a span'
    }
    case 'admitted-when-full': {
      const i = told.index(reason.admitted)
      if (i === undefined || !told.letThrough(i)) return 'a row that was not let through'
      const members = told.indices(reason.rows)
      if (!members) return 'rows that there are not'
      if (members.length === 0) return tokens(i) > holds ? undefined : 'no row at all'
      if (members.some((j) => j === i || evidence.use[j] !== surely)) return 'a row that need not count'
      if (members.some((j) => told.hi(j) >= told.lo(i))) return 'a row that need not come before'
      const ticks = most(told.hi(i)) - smallest(members.map((j) => least(told.lo(j))))
      return total(members) + tokens(i) > holds + flow(ticks) ? undefined : 'enough may have flowed in'
    }
    case 'refusal-before-admission': {
      const j = told.index(reason.refused)
      const i = told.index(reason.admitted)
      if (j === undefined || i === undefined || evidence.demand[j] !== refuse || !told.letThrough(i)) {
        return 'a refusal and an admission were expected'
      }
      if (told.hi(j) >= told.lo(i) || told.cost(j) > told.cost(i)) {
        return 'they are not surely in this order, or cost less'
      }
      return most(told.hi(i)) <= least(told.lo(j)) ? undefined : 'a refill may have come in between'
    }
    case 'unjustified-refusal': {
      const refused = told.firstOf([reason.refused, ...(reason.alike ?? [])])
      if (!refused) return 'no refusal that proves anything'
      let since = BigInt(refused.cost) * unit
      if (since > holds) return 'it never fits'
      // The later the bucket was last full, and the more came since then, the less is in it.
      for (const i of told.users()) {
        if (refused.members.has(i) || told.lo(i) > refused.hi) continue
        since += tokens(i)
        if (since > holds + flow(least(refused.lo) - most(told.hi(i))))
          return 'the bucket may have been empty'
      }
      return undefined
    }
    default:
      return 'no reason that speaks of a bucket'
  }
}

function smallest(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY)
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), Number.NEGATIVE_INFINITY)
}
