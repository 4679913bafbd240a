import { expect, test } from 'vitest'
import { withoutCostingNothing } from '../../lib/check/evidence/costing-nothing.ts'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { algorithms, specSchema } from '../../lib/spec/index.ts'

const { accepted, limited, unknown } = Outcome

/** Requests of one key, each some milliseconds into the run, of this outcome and cost. */
function historyOf(...requests: readonly [ms: number, outcome: Outcome, cost: number][]) {
  const records = requests.map(([ms, outcome, cost]) => ({
    descriptor: 'A',
    sentUs: ms * 1_000,
    receivedUs: ms * 1_000,
    outcome,
    cost,
  }))
  return historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
}

function verdictOf(history: ReturnType<typeof historyOf>, algorithm: string, limitedRequests = 'counted') {
  const limits = [{ name: 'two', scope: 'key', limit: 2, window: '1s', algorithm, limitedRequests }]
  return judge(history, specSchema.parse({ limits, clockDriftPpm: 0 })).verdict
}

test.each(algorithms)('a request that costs nothing breaks no %s', (algorithm) => {
  const full: [number, Outcome, number][] = [
    [0, accepted, 2],
    [1, limited, 2],
    [2, limited, 2],
  ]
  const then = (outcome: Outcome, cost: number) =>
    historyOf(...full, [3, outcome, cost], [4, outcome, 2 * cost])
  expect(verdictOf(then(accepted, 0), algorithm)).not.toBe('fail')
  expect(verdictOf(then(limited, 0), algorithm)).not.toBe('fail')
  // Not even a window that begins in between has room for that.
  expect(verdictOf(then(accepted, 1), algorithm)).toBe('fail')
})

test('a window may open at a request that costs nothing, or not', () => {
  // Opened by the second of them, the window lasts up to 1.7 s.
  const opened = historyOf([0, accepted, 0], [700, accepted, 2], [1_200, limited, 2], [1_800, accepted, 2])
  expect(verdictOf(opened, 'first-hit-window')).not.toBe('fail')
  // One that was counted has opened it, so that there is room at 1.2 s again.
  const late = historyOf([0, accepted, 1], [700, accepted, 1], [1_200, limited, 2], [1_800, accepted, 2])
  expect(verdictOf(late, 'first-hit-window')).toBe('fail')
})

test('a history in which all requests cost something is taken as it is', () => {
  const history = historyOf([0, accepted, 1], [1, limited, 2])
  expect(withoutCostingNothing(history)).toBe(history)
  const { outcome } = withoutCostingNothing(historyOf([0, accepted, 1], [1, accepted, 0], [2, limited, 0]))
  expect([...outcome.slice(0, 3)]).toEqual([accepted, unknown, unknown])
})
