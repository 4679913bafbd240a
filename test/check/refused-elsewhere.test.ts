import { expect, test } from 'vitest'
import { canBeKept } from '../../lib/check/can-be-kept.ts'
import { withoutRefusedElsewhere } from '../../lib/check/evidence/refused-elsewhere.ts'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

/** Two are let through and the third is refused, and the answer names this scope. */
function judged(limitedBy: string | undefined, scopes: Record<string, string>) {
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
  const history = historyFromRecords({ descriptors: { A: scopes } }, records)
  const spec = { limits, clockDriftPpm: 200 }
  expect(canBeKept(history, spec)).toBe(judge(history, spec).verdict !== 'fail')
  return judge(history, spec, [history.line[2] as number])
}
const verdictOf = (...asked: Parameters<typeof judged>) => judged(...asked).verdict
const alert = { integration: 'A', organization: 'acme' }

test('what a limit refused that the spec does not have breaks none that it has', () => {
  expect(verdictOf('integration', alert)).toBe('inconclusive')
})

test('the story of such a line says whose limit refused it', () => {
  const [line] = judged('integration', alert).explained ?? []
  expect(JSON.stringify(line)).toContain(
    'refused, by integration as the answer says, of which the spec has no limit',
  )
})

test('a refusal too early breaks the limit that it names, or where it names none that counts the request', () => {
  expect(verdictOf('organization', alert)).toBe('fail')
  expect(verdictOf(undefined, alert)).toBe('fail')
  expect(verdictOf('integration', { organization: 'acme' })).toBe('fail')
})

test('what another limit refused may have been counted or not; all other answers stay what they are', () => {
  const { limits } = specSchema.parse({
    limits: [{ name: 'common', scope: 'organization', limit: 5, window: '10s' }],
  })
  const { accepted, limited, unknown } = Outcome
  const history = (answers: readonly (readonly [Outcome, string | undefined])[]) =>
    historyFromRecords(
      { descriptors: { A: alert } },
      answers.map(([outcome, limitedBy], k) => ({
        descriptor: 'A',
        sentUs: k,
        receivedUs: k,
        outcome,
        limitedBy,
      })),
    )
  const all = history([
    [accepted, undefined],
    [limited, 'integration'],
    [limited, 'organization'],
    [limited, undefined],
    [unknown, 'integration'],
    [limited, 'integration'],
    // Of a scope that the request does not have.
    [limited, 'team'],
  ])
  expect([...withoutRefusedElsewhere(all, limits).outcome]).toEqual([
    ...[accepted, unknown, limited, limited, unknown, unknown, limited],
  ])
  const own = history([
    [limited, 'organization'],
    [limited, undefined],
  ])
  expect(withoutRefusedElsewhere(own, limits)).toBe(own)
})
