import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Limiter, User } from '../../lib/check/settle/settle.ts'
import { type Head, pullIn, refusalsOf, settleWindow } from '../../lib/check/settle/settle-window.ts'
import { countingRefusals, limiter, type Seen } from './evidence-of.ts'

// One window, [10, 20), and what is decided in it: what is promised of it whatever that is.

const [startUs, endUs] = [10, 20]

interface Told extends Seen {
  /** When it is decided, as things stand. */
  at: number
}

/** Requests that are decided in the window, some of them refused, and refusals that are not counted. */
const drawn = fc.record({
  users: fc.array(
    fc
      .record({
        at: fc.integer({ min: startUs, max: endUs - 1 }),
        early: fc.nat(8),
        late: fc.nat(12),
        cost: fc.constantFrom(1, 1, 2),
        refused: fc.nat(5).map((n) => n === 0),
      })
      .map(
        ({ at, early, late, cost, refused }): Told => ({
          lo: at - early,
          at,
          hi: at + late,
          cost,
          as: refused ? 'refused' : 'accepted',
        }),
      ),
    { minLength: 1, maxLength: 7 },
  ),
  watching: fc.array(
    fc
      .record({
        lo: fc.integer({ min: startUs - 2, max: endUs }),
        took: fc.nat(8),
        cost: fc.constantFrom(1, 2),
      })
      .map(({ lo, took, cost }): Seen => ({ lo, hi: lo + took, cost, as: 'refused' })),
    { maxLength: 2 },
  ),
  limit: fc.integer({ min: 1, max: 4 }),
  unitCosts: fc.boolean(),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

/** The same as settling sees it. @param several whether other limiters may have moved requests as well. */
function settling(one: Drawn, several: boolean) {
  const priced = <Of extends Seen>(seen: readonly Of[]) =>
    one.unitCosts ? seen.map((each) => ({ ...each, cost: 1 })) : [...seen]
  const told: (Seen & { at?: number })[] = [...priced(one.users), ...priced(one.watching)]
  told.sort((a, b) => a.lo - b.lo)
  const evidence = countingRefusals(told)
  // Refusals that are decided at no instant here are not counted.
  for (const [i, { at }] of told.entries()) if (at === undefined) evidence.use[i] = 0
  const of: Limiter = { evidence, hypothesis: limiter('fixed-window', one.limit), startUs }
  if (several) of.latestUs = evidence.hiUs.slice()
  const users = told
    .flatMap(({ lo, hi = lo, at, cost = 1, as }, i): User[] =>
      at === undefined ? [] : [{ i, row: i, atUs: at, hiUs: hi, cost, admitted: as === 'accepted' }],
    )
    .sort((a, b) => a.atUs - b.atUs || Number(b.admitted) - Number(a.admitted))
  const atUs = Float64Array.from(told, ({ at, lo }) => at ?? lo)
  /** Refusals that can only lie in the window. */
  const refused = told.flatMap(({ as, lo, hi = lo, cost = 1 }, i) =>
    as === 'refused' && lo >= startUs && hi < endUs ? [{ i, hi, cost }] : [],
  )
  return { of, evidence, users, atUs, refused }
}

const unitsOf = (users: readonly User[]) => users.reduce((sum, { cost }) => sum + cost, 0)
const rowsOf = (users: readonly User[]) => users.map(({ i }) => i)

/** What is lacking, at the end of its time, for the refusal that lacks most. */
function lacking({ refused }: ReturnType<typeof settling>, inside: readonly User[], limit: number): number {
  const short = refused.map(({ hi, cost }) => {
    const counted = unitsOf(inside.filter(({ atUs }) => atUs <= hi))
    return limit + 1 - counted - cost
  })
  return Math.max(0, ...short)
}

/** What becomes of it with one limiter alone; the users are told as they were before. */
function alone(one: Drawn) {
  const before = settling(one, false)
  const atUs = before.atUs.slice()
  const users = before.users.map((user) => ({ ...user }))
  const settled = settleWindow(before.of, atUs, startUs, endUs, users, refusalsOf(before.of))
  const firstEndUs = Math.min(...before.refused.map(({ hi }) => hi))
  return { ...before, settled, moved: atUs, firstEndUs }
}

describe('a window that is settled', () => {
  it('keeps what it can hold, and moves the rest over its end', () => {
    const seen = { changed: 0, unchanged: 0, impossible: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const { users, atUs, moved, settled, firstEndUs, refused, ...rest } = alone(one)
        seen[settled.settled as keyof typeof seen]++
        const { inside, pushedOut } = settled
        if (refused.length > 0)
          expect(refused.find(({ i }) => i === settled.earliestRefusal)?.hi).toBe(firstEndUs)
        else expect(settled.earliestRefusal).toBe(undefined)
        if (settled.settled === 'impossible') {
          expect([inside, pushedOut, moved]).toEqual([[], [], atUs])
          return
        }
        expect(settled.settled).toBe(pushedOut.length > 0 ? 'changed' : 'unchanged')
        expect(rowsOf(inside)).toEqual(rowsOf(users).filter((i) => rowsOf(inside).includes(i)))
        expect([...rowsOf(inside), ...rowsOf(pushedOut)].sort()).toEqual(rowsOf(users).sort())
        for (const { row, atUs, hiUs } of pushedOut) {
          expect([atUs, moved[row]]).toEqual([endUs, endUs])
          expect(hiUs).toBeGreaterThanOrEqual(endUs)
        }
        for (const { row } of inside) expect(moved[row]).toBe(atUs[row])
        const admitted = inside.filter(({ admitted }) => admitted)
        for (const { atUs } of admitted) expect(atUs).toBeLessThanOrEqual(firstEndUs)
        const last = inside.findLastIndex(({ admitted }) => admitted)
        expect(unitsOf(inside.slice(0, last + 1))).toBeLessThanOrEqual(one.limit)
        expect(settled.missingUnits).toBe(lacking({ users, atUs, refused, ...rest }, inside, one.limit))
        if (!one.unitCosts || users.some(({ admitted }) => !admitted)) return
        const late = users.filter(({ atUs }) => atUs > firstEndUs).length
        expect(pushedOut.length).toBe(Math.max(late, users.length - one.limit))
      }),
      { numRuns: 3_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(150)
  })

  it('cannot be just where too many of it, or one after a refusal, cannot be decided later', () => {
    const seen = { late: 0, tooMany: 0, possible: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const { users, settled, firstEndUs, evidence } = alone(one)
        if (users.some(({ admitted }) => !admitted)) return
        const bound = users.filter(({ hiUs }) => hiUs < endUs)
        const late = bound.find(({ atUs }) => atUs > firstEndUs)
        const many = unitsOf(bound) - one.limit
        const isImpossible = late !== undefined || many > 0
        expect(settled.settled === 'impossible').toBe(isImpossible)
        if (!isImpossible) seen.possible++
        if (settled.mostStartUs !== undefined) {
          seen.late++
          // The latest start with which the late one is in the next window.
          expect(settled.mostStartUs).toBe(startUs - (endUs - (late?.hiUs as number)))
        } else if (isImpossible) {
          seen.tooMany++
          const excess = settled.excess ?? []
          expect(unitsOf(excess)).toBeGreaterThanOrEqual(many)
          expect(unitsOf(excess.slice(0, -1))).toBeLessThan(many)
          for (const { i } of excess) expect(rowsOf(bound)).toContain(i)
          const lo = ({ i }: User) => evidence.loUs[i] as number
          const last = Math.max(...excess.map(lo))
          const left = bound.filter(({ i }) => !rowsOf(excess).includes(i))
          for (const user of left) expect(lo(user)).toBeGreaterThanOrEqual(last)
        }
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(30)
  })

  it('is the same where those who can only be in it, and are in nobody’s way, are counted and no more', () => {
    let heads = 0
    fc.assert(
      fc.property(drawn, fc.nat(3), (one, carriedCount) => {
        const { settled, moved, firstEndUs } = alone(one)
        const { of, users, atUs, evidence } = settling(one, false)
        const carried = users.slice(0, carriedCount).filter(({ atUs }) => atUs === startUs)
        const rest = users.slice(carried.length)
        let place = 0
        for (let units = unitsOf(carried); place < rest.length; place++) {
          const { hiUs, atUs, cost } = rest[place] as User
          units += cost
          if (hiUs >= endUs || atUs > firstEndUs || units > one.limit) break
        }
        if (place === 0) return
        heads++
        const order = rest.map(({ i }) => i)
        const before = [0]
        for (const i of order) before.push((before.at(-1) as number) + (evidence.cost[i] as number))
        const head: Head = {
          times: Float64Array.from(rest.slice(0, place), ({ atUs }) => atUs),
          units: { before: (k) => before[k] as number },
          from: 0,
          whole: () => users,
        }
        const others = [...carried, ...rest.slice(place)]
        const found = settleWindow(of, atUs, startUs, endUs, others, refusalsOf(of), head, carried.length)
        const inHead = new Set(rest.slice(0, place).map(({ i }) => i))
        expect(atUs).toEqual(moved)
        expect({ ...found, inside: rowsOf(found.inside) }).toEqual({
          ...settled,
          inside: rowsOf(settled.inside).filter((i) => !inHead.has(i)),
        })
      }),
      { numRuns: 2_000 },
    )
    expect(heads).toBeGreaterThan(300)
  })

  it('has back, for good, who was moved by others to where it cannot have them', () => {
    let back = 0
    fc.assert(
      fc.property(drawn, (one) => {
        const { settled: byItself, firstEndUs } = alone(one)
        const { of, users, atUs, evidence } = settling(one, true)
        const before = atUs.slice()
        const settled = settleWindow(of, atUs, startUs, endUs, users, refusalsOf(of))
        const latestUs = of.latestUs as Float64Array
        const changed = users.filter(({ row, i }) => latestUs[row] !== evidence.hiUs[i])
        if (settled.settled !== 'taken-back') {
          expect(changed.length === 0 || settled.settled === 'impossible').toBe(true)
          expect(settled.settled).toBe(byItself.settled)
          return
        }
        back++
        expect(byItself.settled).toBe('impossible')
        expect(changed.length).toBeGreaterThan(0)
        for (const user of users) {
          const { row, i } = user
          const lo = evidence.loUs[i] as number
          expect(settled.inside.includes(user)).toBe(!changed.includes(user))
          if (!changed.includes(user)) expect(atUs[row]).toBe(before[row])
          else {
            expect([firstEndUs, startUs - 1]).toContain(latestUs[row])
            expect(lo).toBeLessThanOrEqual(latestUs[row] as number)
            expect(before[row]).toBeGreaterThan(latestUs[row] as number)
            expect(atUs[row]).toBe(lo)
          }
        }
      }),
      { numRuns: 2_000 },
    )
    expect(back).toBeGreaterThan(100)
  })
})

it('a window that lacks some takes those before it who can come latest, and nobody where they are too few', () => {
  const seen = { moved: 0, tooFew: 0 }
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 6 }), (one, missingUnits) => {
      // Those of this window as the ones before the next.
      const { users, atUs } = settling(one, false)
      const before = atUs.slice()
      const able = users.filter(({ hiUs }) => hiUs >= endUs)
      const moved = pullIn(users, endUs, missingUnits, atUs)
      if (!moved) {
        seen.tooFew++
        expect(unitsOf(able)).toBeLessThan(missingUnits)
        expect(atUs).toEqual(before)
        return
      }
      seen.moved++
      expect(unitsOf(moved)).toBeGreaterThanOrEqual(missingUnits)
      expect(unitsOf(moved.slice(0, -1))).toBeLessThan(missingUnits)
      const leastUs = Math.min(...moved.map(({ hiUs }) => hiUs))
      expect(leastUs).toBeGreaterThanOrEqual(endUs)
      for (const user of users) {
        const isMoved = moved.includes(user)
        expect(atUs[user.row]).toBe(isMoved ? endUs : before[user.row])
        expect(user.atUs).toBe(atUs[user.row])
        if (!isMoved) expect(user.hiUs).toBeLessThanOrEqual(leastUs)
      }
    }),
    { numRuns: 1_000 },
  )
  expect(Math.min(seen.moved, seen.tooFew)).toBeGreaterThan(100)
})
