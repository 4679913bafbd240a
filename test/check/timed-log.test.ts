import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimedLog } from '../../lib/check/mend/timed-log.ts'
import { Outcome } from '../../lib/history/index.ts'

const spanUs = 12

interface Drawn {
  limit: number
  windowUs: number
  /** Whether it counts them, when, and what was answered. */
  all: { counted: boolean; us: number; outcome: number }[]
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  windowUs: fc.integer({ min: 1, max: 8 }),
  all: fc.array(
    fc.record({
      counted: fc.boolean(),
      us: fc.nat(spanUs),
      outcome: fc.constantFrom(Outcome.accepted, Outcome.limited),
    }),
    { minLength: 1, maxLength: 12 },
  ),
})
const moves = fc.array(fc.record({ nth: fc.nat(99), toUs: fc.nat(spanUs) }), { maxLength: 12 })

/** What a log has counted when it counts these, and the same in a plain list. */
function both({ limit, windowUs, all }: Drawn) {
  const atUs = Float64Array.from(all, ({ us }) => us)
  const outcome = Uint8Array.from(all, (one) => one.outcome)
  const users = all.flatMap(({ counted }, i) => (counted ? [i] : []))
  const log = new TimedLog(limit, windowUs, users, atUs, outcome)
  const inOrder = () =>
    users.toSorted(
      (a, b) =>
        (atUs[a] as number) - (atUs[b] as number) || (outcome[a] as number) - (outcome[b] as number) || a - b,
    )
  return { log, users, atUs, inOrder }
}

describe('a log with an instant for each that it counts', () => {
  it('has them by instant, at one instant those let through first, and of those alike the lower number first', () => {
    fc.assert(
      fc.property(drawn, moves, (one, moved) => {
        const { log, users, atUs, inOrder } = both(one)
        const expectInOrder = () => {
          expect([...log.users]).toEqual(inOrder())
          expect([...log.times]).toEqual(inOrder().map((i) => atUs[i]))
          expect(inOrder().map((i) => log.placeOf(i, atUs[i] as number))).toEqual([...users.keys()])
        }
        expectInOrder()
        for (const { nth, toUs } of users.length > 0 ? moved : []) {
          const i = users[nth % users.length] as number
          const before = inOrder()
          const fromUs = atUs[i] as number
          atUs[i] = toUs
          const after = inOrder()
          const [first, last] = log.move(i, fromUs, toUs)
          expectInOrder()
          // It stands at one end of what it returns, and nothing beyond has changed.
          expect([first, last]).toEqual([before.indexOf(i), after.indexOf(i)].sort((a, b) => a - b))
          expect(after.slice(0, first)).toEqual(before.slice(0, first))
          expect(after.slice(last + 1)).toEqual(before.slice(last + 1))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is full once as many as its limit were counted within its window', () => {
    fc.assert(
      fc.property(drawn, fc.nat(12), fc.nat(2 * spanUs), (one, place, us) => {
        const { log, atUs, inOrder } = both(one)
        const counted = inOrder().slice(0, place)
        fc.pre(counted.every((i) => (atUs[i] as number) <= us))
        const within = counted.filter((i) => (atUs[i] as number) > us - one.windowUs).length
        expect(log.isFullAt(counted.length, us)).toBe(within >= one.limit)
      }),
      { numRuns: 1_000 },
    )
  })

  it('forgets one exactly a window after it was counted', () => {
    const log = new TimedLog(1, 10, [0], Float64Array.of(5), Uint8Array.of(Outcome.accepted))
    expect([14, 15].map((us) => log.isFullAt(1, us))).toEqual([true, false])
    expect(log.isFullAt(0, 5)).toBe(false)
  })
})
