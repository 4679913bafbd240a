import { describe, expect, it } from 'vitest'
import { checkAssumptions, coverageOf } from '../../lib/check/assumptions.ts'
import { type HistoryEvent, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { type Limit, limitSchema } from '../../lib/spec/index.ts'

const { accepted, limited, unknown } = Outcome
const descriptors = { A: { key: 'A', org: 'o' }, B: { org: 'o' }, C: { other: 'c' } }
const perKey = limitSchema.parse({ name: 'per key', scope: 'key', limit: 2, window: '1s' })
const perOrg = limitSchema.parse({ name: 'per org', scope: 'org', limit: 3, window: '2s' })

const request = (descriptor: string, outcome: Outcome, tookMs = 1): RecordInput => {
  return { descriptor, sentUs: 0, receivedUs: tookMs * 1000, outcome }
}
const history = (
  records: RecordInput[] = [request('A', accepted)],
  events: HistoryEvent[] = [],
  more: { torn?: boolean; skipped?: number } = {},
) => ({ ...historyFromRecords({ descriptors, events }, records), ...more })

/** Those that are broken: what is wrong, and which limits cannot pass for it. */
function broken(of: ReturnType<typeof history>, limits: Limit[] = [perKey, perOrg], drift = 0) {
  return checkAssumptions(of, limits, drift).flatMap(
    ({ assumption: { name, held, why, removes }, removesPass }) => {
      expect(removesPass.length > 0 || removes === undefined || removes.length === 0).toBe(true)
      return held ? [] : [{ name, why, removes }]
    },
  )
}

describe('what verdicts rest on', () => {
  it('holds where nothing is wrong', () => {
    expect(broken(history())).toEqual([])
    expect(checkAssumptions(history(), [perKey], 0).map(({ assumption }) => assumption.held)).toEqual(
      new Array(5).fill(true),
    )
  })

  it('is broken for all limits where the clock was set, however often', () => {
    const steps = [-480.4, 20].map((byMs): HistoryEvent => ({ event: 'clock-step', atUs: 1, byMs, line: 1 }))
    expect(broken(history(undefined, steps))).toEqual([
      {
        name: 'no clock step during the run',
        why: 'the clock was set by -480 ms, by 20 ms: instants before and after cannot be compared',
        removes: ['per key', 'per org'],
      },
    ])
  })

  it('is broken for the limits of those whose requests were not sent', () => {
    const dropped = (descriptor: string, count: number): HistoryEvent => {
      return { event: 'dropped', descriptor, count, atUs: 1, line: 1 }
    }
    const name = 'every planned request was sent'
    expect(broken(history(undefined, [dropped('B', 2), dropped('B', 3)]))).toEqual([
      {
        name,
        why: '5 requests of B were due but not sent, since too many were unanswered',
        removes: ['per org'],
      },
    ])
    expect(broken(history(undefined, [dropped('B', 1), dropped('A', 1)]))).toEqual([
      {
        name,
        why: '2 requests of B, A were due but not sent, since too many were unanswered',
        removes: ['per org', 'per key'],
      },
    ])
    expect(broken(history(undefined, [dropped('C', 1)]))[0]?.removes).toEqual([])
    expect(broken(history(undefined, [dropped('A', 0)]))).toEqual([])
  })

  it('is broken where the history is not whole', () => {
    const name = 'the history is whole'
    const removes = ['per key', 'per org']
    expect(broken(history(undefined, [], { torn: true }))).toEqual([
      { name, why: 'the history has no end: requests that were still unanswered then are missing', removes },
    ])
    expect(broken(history(undefined, [], { skipped: 3 }))).toEqual([
      { name, why: '3 records broke the format and were left out', removes },
    ])
  })

  it('is broken for the limits that others may use', () => {
    expect(broken(history(), [perKey, { ...perOrg, foreignTraffic: 'possible' }])).toEqual([
      {
        name: 'nobody else uses the same limits',
        why: 'the spec says that foreign traffic is possible: a refusal may have been for others',
        removes: ['per org'],
      },
    ])
  })

  it('is broken where an answer took as long as a window, and that takes no pass away', () => {
    const took = (ms: number, outcome: Outcome = accepted) => broken(history([request('A', outcome, ms)]))
    expect(took(999)).toEqual([])
    const name = 'every answer came within a window'
    expect(took(1_000)).toEqual([
      { name, why: 'some answers took longer than the window of per key', removes: [] },
    ])
    expect(took(2_000)[0]?.why).toBe('some answers took longer than the window of per key, per org')
    // What was never answered took no time.
    expect(took(5_000, unknown)).toEqual([])
  })
})

it('counts how much there is to judge by', () => {
  const records = [
    request('A', accepted),
    request('A', accepted),
    request('B', limited),
    request('B', unknown),
    request('C', accepted),
    request('C', limited),
    request('C', limited),
  ]
  const events: HistoryEvent[] = [
    { event: 'dropped', descriptor: 'A', count: 4, atUs: 1, line: 1 },
    { event: 'clock-step', atUs: 1, byMs: 2, line: 1 },
    { event: 'dropped', descriptor: 'B', count: 2, atUs: 1, line: 1 },
  ]
  expect(coverageOf(history(records, events, { skipped: 9 }), [perKey, perOrg])).toEqual({
    records: 7,
    accepted: 3,
    limited: 3,
    unknown: 1,
    dropped: 6,
    skipped: 9,
    // Of those that some limit is about, the ones with a known outcome.
    decided: 3,
  })
})
