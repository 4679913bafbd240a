import { expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

const windows = 12_000
const windowMs = 100

/** One request let through in each of many windows, and one refused; extra ones let through at the end. */
function judged(extra: number) {
  const records: RecordInput[] = []
  const add = (sentMs: number, outcome: Outcome) =>
    records.push({ descriptor: 'A', sentUs: sentMs * 1000, receivedUs: sentMs * 1000 + 2_000, outcome })
  for (let k = 0; k < windows; k++) {
    add(k * 110, Outcome.accepted)
    add(k * 110 + 50, Outcome.limited)
  }
  for (let k = 0; k < extra; k++) add(windows * 110 + k * 5, Outcome.accepted)
  const { limits } = specSchema.parse({
    limits: [
      { name: 'calls', scope: 'key', limit: 1, window: `${windowMs}ms`, algorithm: 'first-hit-window' },
    ],
  })
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } }, clockSlackMs: 0 }, records)
  return judge(history, { limits, clockDriftPpm: 0 })
}

test('as many first-hit windows in a row as you like are judged', { timeout: 60_000 }, () => {
  expect(judged(0).verdict).not.toBe('fail')
})

test('too much at the very end of them is found', { timeout: 60_000 }, () => {
  const { verdict, limits } = judged(3)
  expect(verdict).toBe('fail')
  expect(limits[0]?.certificate?.kind).toBe('over-admission')
  const [first, last] = [limits[0]?.certificate?.records.at(0), limits[0]?.certificate?.records.at(-1)]
  expect(Math.min(first as number, last as number)).toBeGreaterThan(2 * windows - 10)
})
