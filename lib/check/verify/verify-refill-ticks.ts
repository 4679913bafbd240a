import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Reason } from '../refute/certificate.ts'

/** What every case of proofs about the same evidence asks for, worked out once. */
interface Lists {
  /** Where each row stands. */
  at: Map<number, number>
  /** Whoever may have used it up, those that end last first. */
  users: number[]
}

const lists = new WeakMap<Evidence, Lists>()

function listsOf(evidence: Evidence): Lists {
  let known = lists.get(evidence)
  if (!known) {
    const users = Array.from(evidence.use.keys())
      .filter((i) => evidence.use[i] !== 0)
      .sort((a, b) => (evidence.hiUs[b] as number) - (evidence.hiUs[a] as number))
    known = { at: new Map(Array.from(evidence.rows, (row, i) => [row, i])), users }
    lists.set(evidence, known)
  }
  return known
}

/**
 * Checks reasons against a bucket that is refilled at intervals again, each for its range of instants at
 * which a refill comes; that the ranges leave no gap is checked elsewhere. By whole numbers alone: tokens
 * are counted in units of one microsecond's flow, `limit` for each microsecond and `windowUs` for each
 * request, and only whole intervals flow.
 * @returns what does not hold, in words, or `undefined` where every case stands.
 */
export function verifyRefillCases(
  evidence: Evidence,
  { limit, windowUs }: Hypothesis,
  tickUs: number,
  cases: readonly Case[],
): string | undefined {
  const { at, users } = listsOf(evidence)
  const unit = BigInt(windowUs)
  const flowOfTick = BigInt(limit) * BigInt(tickUs)
  const holds = BigInt(limit) * unit
  const tokens = (i: number) => BigInt(evidence.cost[i] as number) * unit
  const flow = (ticks: number) => (ticks > 0 ? BigInt(ticks) * flowOfTick : 0n)

  for (const { startUs, reason } of cases) {
    if (!startUs || !reason) return 'a case without a range of refills, or without a reason'
    const wrong = check(reason, startUs)
    if (wrong) return wrong
  }
  return undefined

  function check(reason: Reason, [fromUs, toUs]: readonly [number, number]): string | undefined {
    const lo = (i: number) => evidence.loUs[i] as number
    const hi = (i: number) => evidence.hiUs[i] as number
    /** How many refills after the one in question the last one before a request was, at least and at most. */
    const least = (i: number) => Math.floor((lo(i) - toUs) / tickUs)
    const most = (i: number) => Math.floor((hi(i) - fromUs) / tickUs)
    const letThrough = (i: number) => evidence.demand[i] === 1 || evidence.demand[i] === 3

    switch (reason.kind) {
      case 'over-refill': {
        const members = [...new Set(reason.rows)].map(find)
        if (members.length === 0) return 'no row at all'
        if (members.some((i) => evidence.demand[i] !== 1)) return 'a row that was not let through'
        const ticks = largest(members.map(most)) - smallest(members.map(least))
        return total(members) > holds + flow(ticks) ? undefined : 'so many may be let through in such a span'
      }
      case 'admitted-when-full': {
        const i = find(reason.admitted)
        if (!letThrough(i)) return 'a row that was not let through'
        const members = [...new Set(reason.rows)].map(find)
        if (members.length === 0) return tokens(i) > holds ? undefined : 'no row at all'
        if (members.some((j) => j === i || evidence.use[j] !== 1)) return 'a row that need not count'
        if (members.some((j) => hi(j) >= lo(i))) return 'a row that need not come before'
        const ticks = most(i) - smallest(members.map(least))
        return total(members) + tokens(i) > holds + flow(ticks) ? undefined : 'enough may have flowed in'
      }
      case 'refusal-before-admission': {
        const j = find(reason.refused)
        const i = find(reason.admitted)
        if (evidence.demand[j] !== 2 || !letThrough(i)) {
          return 'a refusal and an admission were expected'
        }
        if (hi(j) >= lo(i) || tokens(j) > tokens(i)) return 'they are not surely in this order, or cost less'
        return most(i) <= least(j) ? undefined : 'a refill may have come in between'
      }
      case 'unjustified-refusal': {
        // Whichever of them came first did so by the earliest of their upper bounds, and before all others.
        const refused = new Set([reason.refused, ...(reason.alike ?? [])].map(find))
        for (const j of refused) {
          if (evidence.demand[j] !== 2) return 'a row that was not refused'
          if (lo(j) < evidence.hiddenUseUntilUs) return 'something hidden may have been counted'
        }
        const members = [...refused]
        const by = smallest(members.map(hi))
        const refills = smallest(members.map(least))
        let since = BigInt(largest(members.map((j) => evidence.cost[j] as number))) * unit
        if (since > holds) return 'it never fits'
        // The later the bucket was last full, and the more came since then, the less is in it.
        for (const i of users) {
          if (refused.has(i) || lo(i) > by) continue
          since += tokens(i)
          if (since > holds + flow(refills - most(i))) return 'the bucket may have been empty'
        }
        return undefined
      }
      default:
        return 'no reason that speaks of a bucket'
    }
  }

  /** Where a row is; of one that is not there, at -1, nothing is demanded, and it uses nothing. */
  function find(row: number): number {
    return at.get(row) ?? -1
  }

  function total(members: readonly number[]): bigint {
    return members.reduce((sum, i) => sum + tokens(i), 0n)
  }
}

function smallest(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY)
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), Number.NEGATIVE_INFINITY)
}
