import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Room, roomOf } from '../../lib/check/evidence/room.ts'
import { type History, Outcome } from '../../lib/history/index.ts'
import type { Algorithm, Limit } from '../../lib/spec/index.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

const histories = smallHistories({
  requests: 9,
  spanUs: 24,
  longestUs: 8,
  descriptors: { A: { key: 'A' } },
  highestCost: 2,
})

interface Asked {
  room: Room
  /** The refused rows. */
  refused: number[]
  /** Those that may use it up: every row, or only what was not refused. */
  users: number[]
  lo: (row: number) => number
  hi: (row: number) => number
  cost: (row: number) => number
  accepted: number[]
}

function ask(history: History, rules: Partial<Limit>): Asked {
  const [written] = shortWindows([{ scope: 'key', limit: 2, algorithm: 'sliding-log' }], 5) as [Limit]
  const limit = { ...written, ...rules }
  const { bounds, cells } = new CaseFile(history, [limit], 0)
  const [cell] = cells as [(typeof cells)[number]]
  const rows = [...cell.rows]
  const ofOutcome = (outcome: Outcome) => rows.filter((row) => history.outcome[row] === outcome)
  const refused = ofOutcome(Outcome.limited)
  const mayCount = limit.limitedRequests !== 'free' || limit.chargedWhenRefused !== 'free'
  return {
    room: roomOf(history, bounds, cell, limit),
    refused,
    users: mayCount ? rows : rows.filter((row) => !refused.includes(row)),
    accepted: ofOutcome(Outcome.accepted),
    lo: (row) => bounds.loUs[row] as number,
    hi: (row) => bounds.hiUs[row] as number,
    cost: (row) => history.cost[row] as number,
  }
}

const rules = [
  { limitedRequests: 'free', chargedWhenRefused: 'free' },
  { limitedRequests: 'counted', chargedWhenRefused: 'free' },
  { limitedRequests: 'free', chargedWhenRefused: 'earlier' },
] as const

/** How far back something may count that was let through, in windows. */
const lookbacks: [algorithms: Algorithm[], windows: number][] = [
  [['fixed-window'], 1],
  [['first-hit-window'], 1],
  [['sliding-log'], 1],
  [['sliding-counter'], 2],
]

it.each(lookbacks)('a %j had room where all that can count together fits in', (algorithms, back) => {
  const seen = { room: 0, full: 0 }
  fc.assert(
    fc.property(
      histories,
      fc.constantFrom(...rules),
      fc.integer({ min: 2, max: 6 }),
      (history, rule, windowUs) => {
        const { room, refused, users, lo, hi, cost } = ask(history, { ...rule, algorithm: algorithms })
        for (const row of refused) {
          const counting = users.filter(
            (user) => user !== row && hi(user) > lo(row) - back * windowUs && lo(user) <= hi(row),
          )
          const units = counting.reduce((sum, user) => sum + cost(user), cost(row))
          for (const limit of [1, 2, 3, 4]) {
            expect(room.byCounting(row, limit, windowUs)).toBe(units <= limit)
            seen[units <= limit ? 'room' : 'full']++
          }
        }
      },
    ),
  )
  expect(Math.min(seen.room, seen.full)).toBeGreaterThan(0)
})

it('a log had room where nothing expired before it let through as much', () => {
  const seen = { room: 0, open: 0 }
  fc.assert(
    fc.property(
      histories,
      fc.constantFrom(...rules),
      fc.integer({ min: 2, max: 6 }),
      (history, rule, windowUs) => {
        const { room, refused, users, accepted, lo, hi, cost } = ask(history, rule)
        for (const row of refused) {
          const after = accepted.filter((one) => lo(one) > hi(row))
          const firstUs = Math.min(...after.map(hi))
          const first = after.filter((one) => hi(one) === firstUs)
          // Of several that end first, either may be looked at.
          if (new Set(first.map(cost)).size > 1) continue
          const expired = users.filter(
            (user) => hi(user) >= lo(row) - windowUs && lo(user) <= firstUs - windowUs,
          )
          const had = first.length > 0 && cost(first[0] as number) >= cost(row) && expired.length === 0
          expect(room.byLaterAdmission(row, windowUs)).toBe(had)
          seen[had ? 'room' : 'open']++
        }
      },
    ),
    { numRuns: 2_000 },
  )
  expect(Math.min(seen.room, seen.open)).toBeGreaterThan(0)
})

it.each([{ startsEmpty: false }, { foreignTraffic: 'possible' as const }])(
  'nothing is said of room where something may be hidden: %o',
  (hidden) => {
    fc.assert(
      fc.property(histories, (history) => {
        const { room, refused } = ask(history, hidden)
        for (const row of refused) {
          expect(room.byCounting(row, 99, 5)).toBe(false)
          expect(room.byLaterAdmission(row, 5)).toBe(false)
        }
      }),
    )
  },
)
