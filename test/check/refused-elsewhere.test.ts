import { expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

/** Two are let through and the third is refused, and the answer names this scope. */
function verdictOf(limitedBy: string | undefined, scopes: Record<string, string>) {
  const { limits } = specSchema.parse({
    limits: [{ name: 'common', scope: 'organization', limit: 5, window: '10s' }],
  })
  const records = ['accepted', 'accepted', 'limited'].map((outcome, k) => ({
    descriptor: 'A',
    sentUs: k * 100_000,
    receivedUs: k * 100_000 + 1_000,
    outcome: Outcome[outcome as 'accepted' | 'limited'],
    ...(outcome === 'limited' && limitedBy !== undefined && { limitedBy }),
  }))
  return judge(historyFromRecords({ descriptors: { A: scopes } }, records), { limits, clockDriftPpm: 200 })
    .verdict
}
const alert = { integration: 'A', organization: 'acme' }

test('what a limit refused that the spec does not have breaks none that it has', () => {
  expect(verdictOf('integration', alert)).toBe('inconclusive')
})

test('a refusal too early breaks the limit that it names, or where it names none that counts the request', () => {
  expect(verdictOf('organization', alert)).toBe('fail')
  expect(verdictOf(undefined, alert)).toBe('fail')
  expect(verdictOf('integration', { organization: 'acme' })).toBe('fail')
})
