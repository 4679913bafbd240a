import { describe, expect, it } from 'vitest'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import type { Result } from '../../lib/result/index.ts'
import { onlyAsked } from '../../lib/run/index.ts'
import { judgedResult } from '../../lib/run/judged-result.ts'
import { specSchema } from '../../lib/spec/index.ts'

const spec = specSchema.parse({
  limits: [
    { name: 'own', scope: 'integration', limit: 3, window: '10s' },
    {
      name: 'common',
      scope: 'organization',
      limit: 5,
      window: '10s',
      foreignTraffic: 'possible',
      startsEmpty: false,
    },
  ],
})

/** So many requests, a millisecond each, one after the other; those from `refusedFrom` on are refused. */
function resultOf(count: number, refusedFrom: number, limitedBy?: string): Result {
  const records = Array.from({ length: count }, (_, k) => ({
    descriptor: 'A',
    sentUs: k * 10_000,
    receivedUs: k * 10_000 + 1_000,
    outcome: k < refusedFrom ? Outcome.accepted : Outcome.limited,
    ...(k >= refusedFrom && limitedBy !== undefined && { limitedBy }),
  }))
  const descriptors = [{ name: 'A', scopes: { integration: 'A', organization: 'acme' } }]
  return judgedResult(historyFromRecords({ descriptors, clockSlackMs: 0 }, records), spec)
}

describe('a result of some scopes only', () => {
  it('lists these and has their verdict; what was left out is named', () => {
    const whole = resultOf(8, 7)
    expect(whole.limits.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['own', 'fail'],
      ['common', 'inconclusive'],
    ])
    const common = onlyAsked(whole, spec.limits, ['organization'])
    expect(common.limits.map(({ name }) => name)).toEqual(['common'])
    expect(common.verdict).toBe('inconclusive')
    expect(common.warnings?.at(-1)).toEqual({
      code: 'left-out',
      message:
        'Left out, since only organization was asked for: "own". The history contradicts "own" all the same.',
    })
    expect(onlyAsked(whole, spec.limits, ['integration']).verdict).toBe('fail')
  })

  it('explains a refusal by a limit that was left out, where others filled that', () => {
    // Refused after one, by name of the organization's limit: no fault of the integration's.
    const refused = onlyAsked(resultOf(4, 1, 'organization'), spec.limits, ['integration'])
    expect(refused.verdict).toBe('inconclusive')
  })

  it('is the whole result where everything was asked for', () => {
    const whole = resultOf(4, 3)
    expect(onlyAsked(whole, spec.limits, undefined)).toBe(whole)
    expect(onlyAsked(whole, spec.limits, ['organization', 'integration'])).toBe(whole)
  })

  it('fails for what was found in the target itself, whatever its limits are', () => {
    const found = { ...resultOf(3, 3), findings: [{ level: 'fail' }] } as unknown as Result
    expect(onlyAsked(found, spec.limits, ['integration']).verdict).toBe('fail')
  })
})
