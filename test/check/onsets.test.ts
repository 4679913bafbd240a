import { expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'

const parsed = parseSpec('limits: [{ name: few, scope: key, limit: 3, window: 10s }]', {
  file: 'spec.yaml',
  env: {},
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
const { spec } = parsed

const { accepted, limited } = Outcome
const asked = (sentMs: number, receivedMs: number, outcome: RecordInput['outcome']): RecordInput => ({
  descriptor: 'A',
  sentUs: sentMs * 1000,
  receivedUs: receivedMs * 1000,
  outcome,
})

test('what was sent after a refusal and may have been let through before it is no recovery', () => {
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
    asked(0, 5, accepted),
    asked(10, 15, accepted),
    // On its way together with the third that is let through.
    asked(20, 60, limited),
    asked(25, 50, accepted),
    asked(5_000, 5_005, limited),
    asked(10_500, 10_505, accepted),
  ])
  const { onset } = judge(history, spec).limits[0] ?? {}
  expect((onset?.firstLimitedAt ?? Number.NaN) - history.startedAtMs).toBe(20)
  expect((onset?.recoveredAt ?? Number.NaN) - history.startedAtMs).toBe(10_500)
})
