import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BusyTimes } from '../../lib/check/settle/busy-times.ts'
import { type Limiter, type User, usersInOrder } from '../../lib/check/settle/settle.ts'
import { lackingAt } from '../../lib/check/settle/settle-gcra.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

// A refusal that finds too much in a bucket, and the beginning of the busy time before it, which is moved later: every
// user that may begin it and every instant is tried here.

const lastUs = 24

const drawn = fc.record({
  users: fc.array(fc.record({ lo: fc.nat(lastUs), wait: fc.nat(12), cost: fc.constantFrom(1, 1, 2) }), {
    minLength: 1,
    maxLength: 7,
  }),
  limit: fc.integer({ min: 1, max: 4 }),
  windowUs: fc.integer({ min: 4, max: 16 }),
  ticks: fc.option(fc.record({ refillTickUs: fc.integer({ min: 2, max: 4 }), startUs: fc.nat(3) })),
  fromUs: fc.integer({ min: 0, max: lastUs + 6 }),
  took: fc.nat(8),
  cost: fc.constantFrom(1, 1, 2),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

function bucketOf({ users, limit, windowUs, ticks }: Drawn) {
  const seen = users
    .toSorted((a, b) => a.lo - b.lo)
    .map(({ lo, wait, cost }): Seen => ({ lo, hi: lo + wait, cost }))
  const of: Limiter = { evidence: evidenceOf(seen), hypothesis: limiter('token-bucket', limit, windowUs) }
  if (ticks) {
    of.hypothesis.refillTickUs = ticks.refillTickUs
    of.startUs = ticks.startUs
  }
  const atUs = Float64Array.from(of.evidence.loUs)
  return { of, atUs, users: usersInOrder(of, atUs) }
}

/** Some users with one of them, and those after it that come before an instant, moved there; nothing where one cannot. */
function moved(users: readonly User[], place: number, toUs: number): User[] | undefined {
  const others = users.map((user, k) => (k >= place && user.atUs < toUs ? { ...user, atUs: toUs } : user))
  return others.some(({ atUs, hiUs }) => atUs > hiUs) ? undefined : others
}

it('a busy time is moved where that can leave too little for a refusal, and no further than it has to be', () => {
  const seen = { moved: 0, impossible: 0, ticks: 0 }
  fc.assert(
    fc.property(drawn, (one) => {
      const { of, atUs, users } = bucketOf(one)
      const before = users.map((user) => ({ ...user }))
      const { fromUs, took, cost } = one
      const toUs = fromUs + took
      const used = before.map((user) => user.atUs).filter((us) => us > fromUs && us <= toUs)
      const instants = [fromUs, ...new Set(used)]
      const lacksNow = lackingAt(of, before)
      // Otherwise nothing has to be moved.
      fc.pre(!instants.some((us) => lacksNow(us, cost)))

      /** By how much a user is moved to begin a busy time so that an instant finds too little, for all of some that can. */
      const delaysAt = (us: number, some: readonly User[] = before) =>
        some.flatMap((user, k) => {
          for (let to = user.atUs + 1; to <= us && user.atUs <= us; to++) {
            const others = moved(some, k, to)
            if (others && lackingAt(of, others)(us, cost)) return [to - user.atUs]
          }
          return []
        })
      const found = new BusyTimes(of, users).delay(fromUs, toUs, cost, atUs)
      expect(users.map((user) => atUs[user.row])).toEqual(users.map((user) => user.atUs))
      if (found === undefined) {
        seen.impossible++
        expect(users).toEqual(before)
        expect(instants.flatMap((us) => delaysAt(us))).toEqual([])
        return
      }
      seen.moved++
      if (one.ticks) seen.ticks++
      expect(instants).toContain(found)
      const first = users.findIndex((user, k) => user.atUs !== before[k]?.atUs)
      const began = users[first] as User
      expect(users).toEqual(moved(before, first, began.atUs))
      expect(lackingAt(of, users)(found, cost)).toBe(true)
      // Of those who come at that instant themselves, not all need be counted.
      const counted = before.flatMap(({ atUs }, k) => (atUs === found ? [before.slice(0, k + 1)] : []))
      const least = [before, ...counted].map((some) => Math.min(...delaysAt(found, some)))
      expect(least).toContain(began.atUs - (before[first]?.atUs as number))
    }),
    { numRuns: 700 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(40)
})

it('a busy time begins with one who is far from the one with whom it began, where nobody nearer can wait', () => {
  // A token in 10 µs, and somebody every 9, for the first of whom the bucket was full. Only those from 900 on can wait.
  const seen = Array.from({ length: 200 }, (_, k): Seen => ({ lo: 9 * k, hi: 9 * k + (k < 100 ? 0 : 300) }))
  const of: Limiter = { evidence: evidenceOf(seen), hypothesis: limiter('gcra', 22, 220) }
  const atUs = Float64Array.from(of.evidence.loUs)
  const users = usersInOrder(of, atUs)
  // One of 22 tokens is left at 1795; it is gone if the 100 that came since 900 came after 1005.
  expect(lackingAt(of, users)(1795, 1)).toBe(false)
  expect(new BusyTimes(of, users).delay(1795, 1795, 1, atUs)).toBe(1795)
  expect([...atUs]).toEqual(seen.map(({ lo }) => (lo >= 900 && lo < 1006 ? 1006 : lo)))
  expect(lackingAt(of, usersInOrder(of, atUs))(1795, 1)).toBe(true)
})
