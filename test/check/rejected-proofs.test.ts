import { afterEach, expect, it, vi } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { Tally } from '../../lib/check/evidence/tally.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { judge } from '../../lib/check/index.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { DifferenceSystem } from '../../lib/check/order/difference-system.ts'
import { witnessByOrders } from '../../lib/check/order/order-witness.ts'
import { refuteTogether } from '../../lib/check/order/refute-together.ts'
import { ZoneWitness } from '../../lib/check/order/zone-witness.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

// A fault of a search makes proofs of what is not so, and witnesses that do not hold. None of them may ever
// become a verdict.

afterEach(() => {
  vi.restoreAllMocks()
})

const limits = ['inner', 'outer'].map((scope, k) => ({
  name: scope,
  scope,
  limit: k + 1,
  window: '1s',
  algorithm: 'fixed-window',
}))
const descriptors = { A: { inner: 'A', outer: 'all' }, B: { inner: 'B', outer: 'all' } }

/** What limiters of 1 and 2 a second answer that keep the rules. */
const answers = [
  ['A', Outcome.accepted],
  ['A', Outcome.limited],
  ['B', Outcome.accepted],
  ['B', Outcome.limited],
] as const
const history = historyFromRecords(
  { descriptors },
  answers.map(([descriptor, outcome], k) => ({
    descriptor,
    outcome,
    sentUs: 10_000 * k,
    receivedUs: 10_000 * k + 5_000,
  })),
)

/** What is said of proofs in the judgement of the limits. */
function saidOfProofs() {
  const { verdict, assumptions } = judge(history, specSchema.parse({ limits }))
  return { verdict, said: assumptions.find(({ name }) => name === 'every proof adds up when checked again') }
}

it('where proofs add up, that is said', () => {
  expect(saidOfProofs()).toMatchObject({ verdict: 'inconclusive', said: { held: true } })
})

it('a proof that does not add up is not used, and is reported', () => {
  // As if a hundred were let through at any time.
  vi.spyOn(Tally.prototype, 'surelyWithin').mockReturnValue(100)
  const { verdict, said } = saidOfProofs()
  expect(verdict).not.toBe('fail')
  expect(said).toMatchObject({ held: false, why: expect.stringContaining('inner') })
  expect(said?.why).toContain('a fault of Onset')
})

it('nor is one that all orders were tried for, of one limit or of several together', () => {
  // As if no order of requests could ever be gone on with.
  vi.spyOn(DifferenceSystem.prototype, 'add').mockReturnValue(false)
  const { verdict, said } = saidOfProofs()
  expect(verdict).not.toBe('fail')
  expect(said).toMatchObject({ held: false, why: expect.stringContaining('an order explains the answers') })
  const file = new CaseFile(history, specSchema.parse({ limits }).limits, 0)
  expect(refuteTogether(file)).toBeUndefined()
  expect(file.rejectedProofs.at(-1)).toBe('several limits together: an order explains the answers')
})

it('a witness that does not hold when it is replayed is none', () => {
  const file = new CaseFile(history, specSchema.parse({ limits }).limits, 0)
  const { bounds, refusers } = file
  const cells = file.components[0] ?? []
  const assumed = cells.map((cell) => {
    const [hypothesis] = file.openHypotheses(cell.limitIndex)
    return { cell, hypothesis: hypothesis as Hypothesis, openUs: [[0, 999_999] as const] }
  })
  const rows = rowsToExplain(history, assumed, refusers)
  const searches = () => [
    witnessByOrders(history, file.limits, bounds, assumed, rows, createAllowance()).kind,
    new ZoneWitness(history, file.limits, bounds, assumed, rows).goOn(createAllowance()).kind,
  ]
  expect(searches()).toEqual(['found', 'found'])
  // As if all were decided long before.
  vi.spyOn(DifferenceSystem.prototype, 'earliest').mockReturnValue(-1_000_000)
  expect(searches()).toEqual(['undecided', 'undecided'])

  const component = new PlayedComponent(history, file.limits, bounds, refusers, assumed, rows)
  const starts = assumed.map(() => 0)
  const playedUs = component.requests.loUs
  expect(component.witness([0, 1, 2, 3], playedUs, starts)).toBeDefined()
  expect(component.witness([1, 0, 2, 3], playedUs.with(1, 0), starts)).toBeUndefined()
  const beforehand = playedUs.map((us) => us - 1_000_000)
  expect(component.witness([0, 1, 2, 3], beforehand, starts)).toBeUndefined()
})
