import { expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'

/** A spec of three in ten seconds, as one algorithm or as any. */
function threeAs(algorithm = 'any') {
  const written = `limits: [{ name: few, scope: key, limit: 3, window: 10s, algorithm: ${algorithm} }]`
  const parsed = parseSpec(written, { file: 'spec.yaml', env: {} })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.spec
}

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
  const { onset } = judge(history, threeAs()).limits[0] ?? {}
  expect((onset?.firstLimitedAt ?? Number.NaN) - history.startedAtMs).toBe(20)
  expect((onset?.recoveredAt ?? Number.NaN) - history.startedAtMs).toBe(10_500)
})

test('counts what was accepted in the window that refused, not in the one before', () => {
  const within = (algorithm: string, phaseMs: number) => {
    const at = (ms: number, outcome: RecordInput['outcome']) => asked(phaseMs + ms, phaseMs + ms + 1, outcome)
    // Two of the first window come right before the second, which is full all the same only with its third.
    const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
      at(0, accepted),
      at(9_000, accepted),
      at(9_100, accepted),
      at(9_200, limited),
      ...[10_100, 10_200, 10_300].map((ms) => at(ms, accepted)),
      at(10_400, limited),
      at(19_900, limited),
      at(20_200, accepted),
    ])
    return judge(history, threeAs(algorithm)).limits[0]?.onsets?.map(({ acceptedBefore }) => acceptedBefore)
  }
  expect(within('first-hit-window', 0)).toEqual([
    [3, 3],
    [3, 3],
  ])
  expect(within('fixed-window', 0)).toEqual([
    [3, 3],
    [3, 3],
  ])
})

test('counts what was accepted since a first-hit window began, though it began the instant that another ended', () => {
  const at = (ms: number, outcome: RecordInput['outcome']) => asked(ms, ms, outcome)
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
    ...[0, 1, 2].map((ms) => at(ms, accepted)),
    at(3, limited),
    ...[10_000, 10_000, 10_000].map((ms) => at(ms, accepted)),
    at(10_001, limited),
  ])
  const { onsets } = judge(history, { ...threeAs('first-hit-window'), clockDriftPpm: 0 }).limits[0] ?? {}
  expect(onsets?.map(({ acceptedBefore }) => acceptedBefore)).toEqual([
    [3, 3],
    [3, 3],
  ])
})

test('counts what a sliding log looks back on, whichever came first', () => {
  const at = (ms: number, outcome: RecordInput['outcome']) => asked(ms, ms + 1, outcome)
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
    ...[0, 6_000, 9_000].map((ms) => at(ms, accepted)),
    at(9_200, limited),
    ...[10_050, 16_050].map((ms) => at(ms, accepted)),
    at(16_100, limited),
  ])
  const onsets = judge(history, threeAs('sliding-log')).limits[0]?.onsets ?? []
  expect(onsets.map(({ acceptedBefore }) => acceptedBefore)).toEqual([
    [3, 3],
    [3, 3],
  ])
})
