import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planMistakes } from '../../lib/fire/plan-mistakes.ts'
import { createSuffering, type SeenAnswer, sufferingWords } from '../../lib/fire/suffering.ts'
import { Outcome } from '../../lib/history/history.ts'
import { fillOf, planOf } from './run-kit.ts'

const answer = (status: number, more: Partial<SeenAnswer> = {}): SeenAnswer => ({
  status,
  errorCode: 0,
  outcome: status === 200 ? Outcome.accepted : Outcome.unknown,
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  ...more,
})
const timeout = (atMs: number) => answer(0, { errorCode: 1050, atMs })

test('a target counts as failing when more than the share of its last answers failed, and not before 20', () => {
  const seen = createSuffering(0.5)
  for (let n = 0; n < 19; n++) expect(seen(answer(503))).toBeUndefined()
  expect(seen(answer(503))).toMatchObject({ failed: 20, of: 20 })

  const half = createSuffering(0.5)
  for (let n = 0; n < 200; n++) expect(half(answer(n % 2 === 0 ? 200 : 500))).toBeUndefined()
  const strict = createSuffering(0.1)
  const told = Array.from({ length: 200 }, (_, n) => strict(answer(n % 2 === 0 ? 200 : 500)))
  expect(told.findIndex(Boolean)).toBe(19)
})

test('neither refusals nor broken connections count, nor a 503 by which a target refuses', () => {
  const seen = createSuffering(0)
  for (let n = 0; n < 60; n++) {
    expect(seen(answer(429, { outcome: Outcome.limited }))).toBeUndefined()
    expect(seen(answer(503, { outcome: Outcome.limited }))).toBeUndefined()
    expect(seen(answer(0, { errorCode: 1220 }))).toBeUndefined()
    expect(seen(answer(302))).toBeUndefined()
  }
})

test('what was seen is told with counts, and with the first and the last', () => {
  const seen = createSuffering(0.5)
  let told: ReturnType<typeof seen>
  for (let n = 0; n < 20; n++) told = seen(n < 8 ? answer(502, { atMs: 1_000 + n }) : timeout(2_000 + n))
  if (!told) throw new Error('nothing was told')
  expect(told).toMatchObject({ firstAtMs: 1_000, lastAtMs: 2_019 })
  expect(sufferingWords(told)).toBe(
    'the target fails: 20 of its last 20 answers were server errors or time-outs (12 × timeout, 8 × 502), the first at 00:00:01.000, the last at 00:00:02.019 UTC',
  )
})

test('it is told at the very answer by which the share is passed, whatever came before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 150 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (failures, share) => {
        const seen = createSuffering(share)
        for (const [index, failed] of failures.entries()) {
          const last = failures.slice(Math.max(0, index - 39), index + 1)
          const count = last.filter(Boolean).length
          const expected = last.length >= 20 && count > share * last.length
          expect(seen(answer(failed ? 500 : 200)) !== undefined).toBe(expected)
        }
      },
    ),
  )
})

test('a plan that could pass its ceiling or a ration is not begun', () => {
  expect(planMistakes(planOf({ fills: [fillOf(10, 5)], maxRequests: 5 }))).toEqual([])
  expect(planMistakes(planOf({ fills: [fillOf(10, 6)], maxRequests: 5 }))).toEqual([
    'the plan may send 6 requests, above its own ceiling of 5',
  ])
  const rations = [{ descriptors: ['A'], most: 5, windowMs: 1_000 }]
  expect(planMistakes(planOf({ fills: [fillOf(10, 5)], rations }))).toEqual([
    'the ration of A is used by more than one watch or load',
  ])
  expect(planMistakes(planOf({ rations }))).toEqual([])
})
