import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'

const secondUs = 1_000_000
const scopes = { client: 'A', team: 'all' }
const burst = Array.from({ length: 50 }, (_, k) => k / 100)

interface Rule {
  scope: 'client' | 'team'
  limit: number
  limitedRequests: 'counted' | 'free'
  chargedWhenRefused?: 'counted' | 'free'
  startsEmpty?: boolean
}

/** What limiters that keep the rules answer at these seconds, from `fromS` on, judged by the same rules. */
function judged(algorithm: Algorithm, rules: Rule[], seconds: readonly number[], fromS = 0) {
  const full = rules.map((rule) => ({
    name: rule.scope,
    algorithm,
    window: '10s',
    chargedWhenRefused: 'free' as const,
    ...rule,
  }))
  const hierarchy = createHierarchy(
    full.map((rule) => ({
      ...rule,
      model: () => createLimiter(algorithm, { limit: rule.limit, windowUs: 10 * secondUs }),
    })),
  )
  const records = seconds.flatMap((at): RecordInput[] => {
    const atUs = Math.round((at + 1000) * secondUs)
    const { admitted } = hierarchy.decide({ scopes, atUs, cost: 1 })
    const outcome = admitted ? Outcome.accepted : Outcome.limited
    const sentUs = Math.round(at * secondUs) - 1000
    return at < fromS ? [] : [{ descriptor: 'A', sentUs, receivedUs: sentUs + 2000, outcome }]
  })
  const history = historyFromRecords({ descriptors: { A: scopes }, clockSlackMs: 1 }, records)
  return judge(history, specSchema.parse({ limits: full, clockDriftPpm: 0 }))
}

describe.each(['gcra', 'token-bucket'] as const)('a %s that counts refusals, long in debt', (algorithm) => {
  const client: Rule = { scope: 'client', limit: 2, limitedRequests: 'counted' }

  it('is not failed for a debt from before the history', () => {
    const seconds = [...burst, 100, 130, 160]
    expect(judged(algorithm, [{ ...client, startsEmpty: false }], seconds, 50).verdict).not.toBe('fail')
  })

  it('is not cleared of a refusal at the cost of another limit', () => {
    for (const limitedRequests of ['counted', 'free'] as const) {
      const team: Rule = { scope: 'team', limit: 100, limitedRequests }
      expect(judged(algorithm, [client, team], [...burst, 100, 130]).verdict).not.toBe('fail')
    }
  })

  it('still owes what another limit refused, where that is charged', () => {
    const rules: Rule[] = [
      { scope: 'client', limit: 2, limitedRequests: 'free' },
      { scope: 'team', limit: 3, limitedRequests: 'free', chargedWhenRefused: 'counted' },
    ]
    expect(judged(algorithm, rules, [...burst, 40, 41, 100, 130]).verdict).not.toBe('fail')
  })
})
