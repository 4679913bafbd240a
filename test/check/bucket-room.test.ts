import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { roomOf } from '../../lib/check/evidence/room.ts'
import { type History, historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import type { Algorithm, Limit } from '../../lib/spec/index.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

// Brute force: the requests are put at instants within their bounds and played on the model.

const specWindowUs = 8

/** Limits that are buckets, or may be one. */
const buckets: { algorithm: Algorithm[]; refillEveryUs?: number }[] = [
  { algorithm: ['gcra'] },
  { algorithm: ['token-bucket'] },
  { algorithm: ['token-bucket', 'gcra'] },
  { algorithm: ['fixed-window', 'gcra'] },
  { algorithm: ['token-bucket'], refillEveryUs: 4 },
  { algorithm: ['token-bucket'], refillEveryUs: 8 },
]

const rules = [
  { limitedRequests: 'free', chargedWhenRefused: 'free' },
  { limitedRequests: 'counted', chargedWhenRefused: 'free' },
  { limitedRequests: 'free', chargedWhenRefused: 'counted' },
] as const

type Bucket = (typeof buckets)[number]
type Rule = (typeof rules)[number]

function limitOf({ algorithm, refillEveryUs }: Bucket, rule: Rule): Limit {
  const [written] = shortWindows([{ scope: 'key', limit: 4, algorithm: 'gcra' }], specWindowUs) as [Limit]
  return { ...written, ...rule, algorithm, ...(refillEveryUs && { refillEvery: refillEveryUs / 1000 }) }
}

function roomIn(history: History, limit: Limit) {
  const { bounds, cells } = new CaseFile(history, [limit], 0)
  const [cell] = cells as [(typeof cells)[number]]
  return { room: roomOf(history, bounds, cell, limit), loUs: bounds.loUs, hiUs: bounds.hiUs }
}

/** What a bucket with these numbers says to one row, all rows being decided at these instants, in this order. */
function playedRoom(
  history: History,
  rows: readonly number[],
  atUs: (row: number) => number,
  counts: (row: number) => boolean,
  asked: number,
  parameters: { limit: number; windowUs: number; refillTickUs?: number; phaseUs?: number },
): boolean | 'impossible' {
  const algorithm = parameters.refillTickUs === undefined ? 'gcra' : 'token-bucket'
  const model = createLimiter(algorithm, parameters)
  let state = model.init()
  for (const row of rows) {
    const us = atUs(row)
    const cost = history.cost[row] as number
    if (row === asked) return model.admits(state, us, cost)
    const isLetThrough = history.outcome[row] !== Outcome.limited
    // What it let through, it had room for: else it is not this bucket that gave the answers.
    if (isLetThrough && counts(row) && !model.admits(state, us, cost)) return 'impossible'
    if (counts(row)) state = model.charge(state, us, cost)
  }
  throw new Error('the row asked about is not among them')
}

it.each(buckets)('a bucket that is said to have room has it, whenever all was decided: %j', (bucket) => {
  const seen = { room: 0, full: 0 }
  fc.assert(
    fc.property(
      smallHistories({
        requests: 9,
        spanUs: 24,
        longestUs: 8,
        descriptors: { A: { key: 'A' } },
        highestCost: 2,
      }),
      fc.constantFrom(...rules),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 2, max: 12 }),
      fc.infiniteStream(fc.nat(999)),
      (history, rule, most, windowUs, draws) => {
        const limit = limitOf(bucket, rule)
        const { room, loUs, hiUs } = roomIn(history, limit)
        const draw = (below: number) => draws.next().value % below
        const all = Array.from({ length: history.count }, (_, row) => row)
        const refused = all.filter((row) => history.outcome[row] === Outcome.limited)
        const ticks = limit.refillEvery
          ? { refillTickUs: Math.max(1, Math.round((limit.refillEvery * windowUs) / limit.window)) }
          : {}
        for (const row of refused) {
          const isRoom = room.byCounting(row, most, windowUs)
          for (let times = 0; times < 20; times++) {
            // Late is what makes it full.
            const atUs = Float64Array.from(all, (one) => {
              const [lo, hi] = [loUs[one] as number, hiUs[one] as number]
              return draw(2) === 0 ? hi : lo + draw(hi - lo + 1)
            })
            if (draw(2) === 0) atUs[row] = loUs[row] as number
            const mayCount = rule.limitedRequests === 'counted' || rule.chargedWhenRefused === 'counted'
            const isCounted = all.map((one) => {
              const outcome = history.outcome[one]
              return (
                outcome === Outcome.accepted || ((mayCount || outcome !== Outcome.limited) && draw(2) === 0)
              )
            })
            // The one asked about comes last of those of its instant.
            const order = [...all].sort(
              (one, other) =>
                (atUs[one] as number) - (atUs[other] as number) ||
                Number(one === row) - Number(other === row),
            )
            const phase = { phaseUs: draw(ticks.refillTickUs ?? 1) }
            const played = playedRoom(
              history,
              order,
              (one) => atUs[one] as number,
              (one) => isCounted[one] as boolean,
              row,
              { limit: most, windowUs, ...ticks, ...phase },
            )
            if (isRoom && played !== 'impossible') expect(played).toBe(true)
            if (played !== 'impossible') seen[played ? 'room' : 'full'] += isRoom || !played ? 1 : 0
          }
        }
      },
    ),
    { numRuns: 1_000 },
  )
  expect(Math.min(seen.room, seen.full)).toBeGreaterThan(500)
})

it('a bucket whose requests were decided at known instants had room exactly where it says so', () => {
  const seen = { room: 0, full: 0 }
  fc.assert(
    fc.property(
      smallHistories({ requests: 12, spanUs: 24, longestUs: 0, descriptors: { A: { key: 'A' } } }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 2, max: 12 }),
      (history, most, windowUs) => {
        fc.pre(!history.outcome.includes(Outcome.unknown))
        const { room, loUs } = roomIn(history, limitOf({ algorithm: ['gcra'] }, rules[0]))
        const order = Array.from({ length: history.count }, (_, row) => row).sort(
          (one, other) =>
            (loUs[one] as number) - (loUs[other] as number) ||
            (history.outcome[one] as number) - (history.outcome[other] as number),
        )
        const isAccepted = (row: number) => history.outcome[row] === Outcome.accepted
        const numbers = { limit: most, windowUs }
        for (const row of order.filter((one) => !isAccepted(one))) {
          const played = playedRoom(history, order, (one) => loUs[one] as number, isAccepted, row, numbers)
          if (played === 'impossible') return
          expect(room.byCounting(row, most, windowUs)).toBe(played)
          seen[played ? 'room' : 'full']++
        }
      },
    ),
    { numRuns: 2_000 },
  )
  expect(Math.min(seen.room, seen.full)).toBeGreaterThan(100)
})

it('a bucket is not said to have room for what it can still owe from long before', () => {
  // 20 refused at once, of a bucket of 2 in 8 us that counts them: 72 us until it lacks no more than it holds.
  const atUs = [...Array.from({ length: 20 }, () => 1), 60, 90]
  const history = historyFromRecords(
    { descriptors: { A: { key: 'A' } } },
    atUs.map((us) => ({ descriptor: 'A', sentUs: us, receivedUs: us, outcome: Outcome.limited })),
  )
  const rows = [20, 21]
  const said = (rule: Rule) => {
    const { room } = roomIn(history, limitOf({ algorithm: ['gcra'] }, rule))
    return rows.map((row) => room.byCounting(row, 2, specWindowUs))
  }
  expect(said(rules[0])).toEqual([true, true])
  expect(said(rules[1])).toEqual([false, true])
})

it('a bucket that counts nothing it refuses never lacks more than it holds', () => {
  // At most four of these were let through, if any.
  const unanswered = Array.from({ length: 20 }, () => ({ us: 1, outcome: Outcome.unknown, status: 500 }))
  const refused = [16, 17, 18].map((us) => ({ us, outcome: Outcome.limited, status: 429 }))
  const history = historyFromRecords(
    { descriptors: { A: { key: 'A' } } },
    [...unanswered, ...refused].map(({ us, ...answer }) => ({
      descriptor: 'A',
      sentUs: us,
      receivedUs: us,
      ...answer,
    })),
  )
  const { room } = roomIn(history, limitOf({ algorithm: ['gcra'] }, rules[0]))
  expect([20, 21, 22].map((row) => room.byCounting(row, 4, 20))).toEqual([true, true, true])
  expect([20, 21, 22].map((row) => room.byCounting(row, 4, 64))).toEqual([false, true, true])
})
