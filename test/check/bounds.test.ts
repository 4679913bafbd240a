import { describe, expect, it } from 'vitest'
import { decisionBounds } from '../../lib/check/evidence/bounds.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'

const request = (sentUs: number, receivedUs: number, more: Partial<RecordInput> = {}): RecordInput => ({
  descriptor: 'A',
  sentUs,
  receivedUs,
  outcome: Outcome.accepted,
  ...more,
})
const bounds = (
  records: RecordInput[],
  {
    ppm = 0,
    slackMs = 0,
    others = [],
    ...rest
  }: {
    ppm?: number
    slackMs?: number
    endUs?: number
    clock?: '1s' | 'exact'
    others?: { scope: string; serverClock: '1s' }[]
  } = {},
) => {
  const { loUs, hiUs, horizonUs } = decisionBounds(
    historyFromRecords(
      {
        descriptors: { A: { key: 'A' }, B: { other: 'B' } },
        clockSlackMs: slackMs,
        ...(rest.endUs !== undefined && { events: [{ event: 'end', atUs: rest.endUs, reason: 'finished' }] }),
      },
      records,
    ),
    ppm,
    rest.clock ? [{ scope: 'key', serverClock: rest.clock }, ...others] : [],
  )
  return { lo: [...loUs], hi: [...hiUs], horizonUs }
}

describe('the bounds of a decision', () => {
  it('are its sending and its answer, where the clock is exact', () => {
    expect(bounds([request(5, 9), request(7, 8)])).toEqual({ lo: [5, 7], hi: [9, 8], horizonUs: 9 })
    expect(bounds([])).toEqual({ lo: [], hi: [], horizonUs: 0 })
    expect(bounds([], { ppm: 100 }).horizonUs).toBe(0)
  })

  it('are as much wider as the clock has slack', () => {
    expect(bounds([request(5_000, 9_000)], { slackMs: 1.0005 })).toEqual({
      lo: [3_999],
      hi: [10_001],
      horizonUs: 10_001,
    })
  })

  it('are wider by the drift since the middle of the history', () => {
    const records = [request(0, 1_000_000), request(1_900_000, 2_000_000)]
    // 100 ppm: 100 µs at a second from the middle, none in it.
    expect(bounds(records, { ppm: 100 })).toEqual({
      lo: [-100, 1_899_910],
      hi: [1_000_000, 2_000_100],
      horizonUs: 2_000_100,
    })
    expect(bounds(records, { ppm: 100, endUs: 4_000_000 })).toEqual({
      lo: [-200, 1_899_990],
      hi: [1_000_100, 2_000_000],
      horizonUs: 4_000_200,
    })
  })

  it('end with the history where no answer came, and with the answer where that said neither yes nor no', () => {
    const lost = request(5, 9, { outcome: Outcome.unknown })
    const failed = request(5, 9, { outcome: Outcome.unknown, status: 500 })
    expect(bounds([lost, failed, request(0, 30)], { endUs: 50 })).toEqual({
      lo: [5, 5, 0],
      hi: [50, 9, 30],
      horizonUs: 50,
    })
  })

  it.each([499, 502, 503, 504, 524, 599])(
    'end with the history where the answer may be that of a proxy which gave up: %i',
    (status) => {
      const givenUp = request(5, 9, { outcome: Outcome.unknown, status })
      expect(bounds([givenUp, request(0, 30)], { endUs: 50 }).hi).toEqual([50, 30])
      const limited = request(5, 9, { outcome: Outcome.limited, status })
      expect(bounds([limited, request(0, 30)], { endUs: 50 }).hi).toEqual([9, 30])
    },
  )

  it('begin a second earlier where the limit of the scope counts whole seconds', () => {
    const records = [request(5, 9), request(5, 9, { descriptor: 'B' })]
    expect(bounds(records, { clock: '1s' }).lo).toEqual([5 - 999_999, 5])
    expect(bounds(records, { clock: 'exact' }).lo).toEqual([5, 5])
    // One of its limits is enough.
    const others = [{ scope: 'third', serverClock: '1s' as const }]
    expect(bounds(records, { clock: '1s', others }).lo).toEqual([5 - 999_999, 5])
  })
})
