import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { foreignUseNeeded } from '../../lib/check/foreign.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { limitSchema } from '../../lib/spec/index.ts'

const { accepted, limited } = Outcome

/** Three let through at 0 s, 1.5 s and 2.9 s, one refused at 3 s; then much let through, and one refused. */
const requests: [ms: number, outcome: Outcome][] = [
  [0, accepted],
  [1_500, accepted],
  [2_900, accepted],
  [3_000, limited],
  ...[20_001, 20_002, 20_003, 20_004].map((ms): [number, Outcome] => [ms, accepted]),
  [20_005, limited],
]

function needed(rules: Record<string, unknown>, more: [ms: number, outcome: Outcome][] = []) {
  const limits = [limitSchema.parse({ name: 'five', scope: 'key', limit: 5, window: '1s', ...rules })]
  const history = historyFromRecords(
    { descriptors: { A: { key: 'A' } } },
    [...requests, ...more].map(([ms, outcome]) => {
      return { descriptor: 'A', sentUs: ms * 1000, receivedUs: ms * 1000 + 1, outcome }
    }),
  )
  return foreignUseNeeded(new CaseFile(history, limits, 0), 0)
}

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' }

it.each([
  ['one window', { algorithm: 'fixed-window', limitedRequests: 'counted' }, 4],
  ['one window', { algorithm: 'sliding-log', ...free }, 4],
  ['two windows', { algorithm: ['sliding-log', 'sliding-counter'], ...free }, 3],
  ['one window', { algorithm: 'token-bucket', ...free }, 4],
  ['one window and one refill', { algorithm: 'token-bucket', refillEvery: '600ms', ...free }, 3],
  ['all before', { algorithm: 'token-bucket', ...free, limitedRequests: 'counted' }, 2],
  ['all before', { algorithm: ['fixed-window', 'gcra'], ...free, chargedWhenRefused: 'counted' }, 2],
  ['all before', { algorithm: 'gcra', limitedRequests: 'either', chargedWhenRefused: 'free' }, 2],
])('others have used what %s cannot account for: %j', (_, rules, unitsAtLeast) => {
  expect(needed(rules)).toEqual({ unitsAtLeast, row: 3 })
})

it('is told of the refusal that needs most of it', () => {
  expect(needed({ algorithm: 'fixed-window' }, [[9_000, limited]])).toEqual({ unitsAtLeast: 5, row: 9 })
})

it('is none where enough was let through', () => {
  const enough = [2_996, 2_997, 2_998, 2_999].map((ms): [number, Outcome] => [ms, accepted])
  const one: [number, Outcome] = [20_000, accepted]
  expect(needed({ algorithm: 'fixed-window' }, [...enough, one])).toBe(undefined)
})
