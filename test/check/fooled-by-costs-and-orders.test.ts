import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

const window = '10s'

describe('a request that costs more than a limit has', () => {
  const rules = {
    window,
    algorithm: 'first-hit-window',
    limitedRequests: 'free',
    chargedWhenRefused: 'counted',
  }
  const org = { name: 'org', scope: 'org', limit: 3, ...rules }
  const key = { name: 'key', scope: 'key', limit: 2, ...rules }
  const scopes = { org: 'o', key: 'k' }
  // Both limits refuse the first request, so neither counts it, though neither is full.
  const requests = (limitedBy?: string) => [
    { descriptor: 'A', sentUs: 1e6, receivedUs: 1e6, outcome: Outcome.limited, cost: 4, limitedBy },
    { descriptor: 'A', sentUs: 2e6, receivedUs: 2e6, outcome: Outcome.accepted, cost: 2 },
  ]
  it.each([
    ['named', 'org', [org, key]],
    ['named', 'key', [key, org]],
    ['not named', undefined, [org, key]],
    ['not named', undefined, [key, org]],
  ] as const)(
    'is not counted by another limit that refuses it as well, the refuser %s: %s',
    (_, named, limits) => {
      const history = historyFromRecords({ descriptors: { A: scopes } }, requests(named))
      expect(judge(history, specSchema.parse({ limits })).verdict).not.toBe('fail')
    },
  )
})

it('judges a limiter with more orders than are tried again', () => {
  const record = (sentMs: number, receivedMs: number) => ({
    descriptor: 'A',
    sentUs: sentMs * 1000,
    receivedUs: receivedMs * 1000,
    outcome: Outcome.accepted,
  })
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
    ...[10_059, 10_041, 10_075].map((receivedMs) => record(10_000, receivedMs)),
    ...[40_092, 40_436, 40_293, 40_598, 40_103].map((receivedMs) => record(39_747, receivedMs)),
  ])
  const spec = specSchema.parse({ limits: [{ name: 'limit', scope: 'key', limit: 4, window }] })
  expect(judge(history, spec).verdict).toBe('inconclusive')
})
