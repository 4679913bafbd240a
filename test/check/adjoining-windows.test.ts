import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'

/** So many are accepted, one each millisecond; each is under way for so long. */
function judged(accepted: number, tookMs: number, algorithm: string, limit = 10) {
  const spec = parseSpec(
    `limits: [{name: few, scope: key, limit: ${limit}, window: 5m, algorithm: ${algorithm}}]`,
    {
      file: 'spec.yaml',
      env: {},
      offline: true,
    },
  )
  if (!spec.ok) throw new Error(JSON.stringify(spec.mistakes))
  const history = historyFromRecords(
    { tool: 'test', startedAtMs: 0, clockSlackMs: 1, descriptors: [{ name: 'K', scopes: { key: 'K' } }] },
    Array.from({ length: accepted }, (_, n) => ({
      descriptor: 'K',
      sentUs: n * 1_000,
      receivedUs: n * 1_000 + tookMs * 1_000,
      outcome: Outcome.accepted,
    })),
  )
  return judge(history, spec.spec, [])
}

/** So long that of a start in the middle no eleven surely lie on one side. */
const longMs = 20

describe.each(['fixed-window', 'sliding-counter'])('a %s of 10', (algorithm) => {
  it('is refuted by 21 in a moment, although a window may start among them', () => {
    const { verdict, limits } = judged(21, longMs, algorithm)
    expect(verdict).toBe('fail')
    expect(limits[0]?.certificate?.why).toContain('21 were accepted surely within 2 windows of 300 s')
  })
})

it('is not by what two windows hold', () => {
  expect(judged(20, longMs, 'fixed-window').verdict).toBe('inconclusive')
})
