import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { refuteTogether } from '../../lib/check/order/refute-together.ts'
import { someOrderExplainsTogether } from '../../lib/check/verify/verify-order.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'

const free = { algorithm: 'sliding-log', limitedRequests: 'free', chargedWhenRefused: 'free' }
const { limits } = specSchema.parse({
  limits: [
    { name: '1 per client', scope: 'client', limit: 1, window: '1s', ...free },
    { name: '2 per team', scope: 'team', limit: 2, window: '1s', ...free },
  ],
})
const descriptors = { A: { client: 'A', team: 't' }, B: { client: 'B', team: 't' } }

/** `A` for one of A that was let through, `a` for one that was refused, each sent and answered at these milliseconds. */
function caseOf(...told: readonly [string, number, number][]) {
  const records = told.map(([who, fromMs, toMs]) => ({
    descriptor: who.toUpperCase(),
    sentUs: fromMs * 1000,
    receivedUs: toMs * 1000,
    outcome: who === who.toUpperCase() ? Outcome.accepted : Outcome.limited,
  }))
  return new CaseFile(historyFromRecords({ descriptors }, records), limits, 0)
}

it('a proof about several limits names none but the requests that it takes', () => {
  // That of A was refused by the team's limit, which holds both of B: the client's then refused one of them.
  const file = caseOf(['B', 0, 450], ['b', 200, 450], ['B', 900, 1150], ['a', 1000, 1450])
  expect(limits.map((_, k) => file.openHypotheses(k).length)).toEqual([1, 1])
  expect(refuteTogether(file)).toMatchObject({ limits: [0, 1], cases: [{ rows: [3] }] })
})

it('there is none where a limit counts in whole seconds: each decides at an instant of its own', () => {
  const rules = { algorithm: 'sliding-log', limit: 1, limitedRequests: 'free', chargedWhenRefused: 'free' }
  const { limits } = specSchema.parse({
    clockDriftPpm: 0,
    limits: [
      { name: 'a second', scope: 'team', window: '1s', serverClock: '1s', ...rules },
      { name: 'half a second', scope: 'client', window: '500ms', ...rules },
    ],
  })
  // By its clock the team's limit answers them a second apart, and the client's at 100 ms from each other.
  const records = [
    { descriptor: 'A', sentUs: 900_000, receivedUs: 900_000, outcome: Outcome.accepted },
    {
      descriptor: 'A',
      sentUs: 1_000_000,
      receivedUs: 1_000_000,
      outcome: Outcome.limited,
      limitedBy: 'client',
    },
  ]
  const history = historyFromRecords({ descriptors }, records)
  expect(refuteTogether(new CaseFile(history, limits, 0))).toBe(undefined)
  const exact = limits.map((limit) => ({ ...limit, serverClock: 'exact' as const }))
  expect(refuteTogether(new CaseFile(history, exact, 0))).toMatchObject({ limits: [0, 1] })
})

it('there is none where some order explains the answers', () => {
  const file = caseOf(['A', 0, 10], ['B', 20, 30], ['a', 40, 50], ['b', 60, 70])
  expect(refuteTogether(file)).toBe(undefined)
})

it('what another limit refuses counts where that is the rule, when orders are gone through again', () => {
  // The team's limit of 1 holds that of B and refuses A, who would be let through again but for that.
  const { history, bounds, cells } = caseOf(['B', 0, 0], ['a', 500, 500], ['A', 1100, 1100])
  const explains = (charged: { client: Charged; team: Charged }) => {
    const limiters = cells.map((cell) => {
      const chargedWhenRefused = charged[cell.limit.scope as 'client' | 'team']
      return { cell, hypothesis: { ...limiter('sliding-log', 1, 1_000_000), chargedWhenRefused } }
    })
    return someOrderExplainsTogether(history, bounds, limiters, [0, 1, 2], new Set([0, 1, 2]), 1_000)
  }
  expect(explains({ client: 'free', team: 'free' })).toBe(true)
  expect(explains({ client: 'counted', team: 'free' })).toBe(false)
  expect(explains({ client: 'earlier', team: 'free' })).toBe(false)
  // Only limits before the one that refuses count it earlier.
  expect(explains({ client: 'free', team: 'earlier' })).toBe(true)
})

type Charged = 'free' | 'counted' | 'earlier'
