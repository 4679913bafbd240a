import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createHistogram, latencies, latenciesPerSecond, latencyRow } from '../../lib/latency/index.ts'

const descriptors = { A: { integration: 'A' }, B: { integration: 'B' } }

function took(latencyUs: number, more: Partial<RecordInput> = {}): RecordInput {
  const sentUs = more.sentUs ?? 1_000
  return { descriptor: 'A', sentUs, receivedUs: sentUs + latencyUs, outcome: Outcome.accepted, ...more }
}

/** The least value that the share of all values does not pass (nearest rank). */
function exactPercentile(sorted: number[], percentile: number): number {
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] as number
}

describe('latencies', () => {
  test('are told for each descriptor and outcome, in milliseconds', () => {
    const history = historyFromRecords({ descriptors }, [
      took(9_000, { descriptor: 'B', outcome: Outcome.limited }),
      took(3_000),
      took(1_000),
      took(2_000),
      took(500, { outcome: Outcome.unknown, status: 500 }),
    ])
    expect(latencies(history).rows).toEqual([
      {
        descriptor: 'A',
        outcome: 'accepted',
        count: 3,
        p50: 2,
        p90: 3,
        p99: 3,
        p999: 3,
        max: 3,
      },
      { descriptor: 'A', outcome: 'unknown', count: 1, p50: 0.5, p90: 0.5, p99: 0.5, p999: 0.5, max: 0.5 },
      {
        descriptor: 'B',
        outcome: 'limited',
        count: 1,
        p50: 9,
        p90: 9,
        p99: 9,
        p999: 9,
        max: 9,
      },
    ])
  })

  test('are counted each, however many there are and however long one took', () => {
    const many = Array.from({ length: 25_000 }, (_, k) => took(k % 250 === 0 ? 200_000 + k : k % 1_000))
    const [series] = latencies(historyFromRecords({ descriptors }, many)).series
    const oneByOne = createHistogram()
    for (const { sentUs, receivedUs } of many) oneByOne.recordValue(receivedUs - sentUs)
    expect(series?.histogram.totalCount).toBe(25_000)
    expect(series?.histogram.toString()).toBe(oneByOne.toString())
    expect(series && latencyRow(series)).toEqual(series && latencyRow({ ...series, histogram: oneByOne }))
  })

  test('are those of the last byte, where the history says when it came', () => {
    const history = historyFromRecords({ descriptors }, [took(1_000, { durationUs: 1_500 })])
    expect(latencies(history).rows[0]?.max).toBe(1.5)
  })

  test('are not known of requests without a response, which are counted apart', () => {
    const history = historyFromRecords({ descriptors }, [
      took(30_000_000, { outcome: Outcome.unknown }),
      took(30_000_000, { outcome: Outcome.unknown, descriptor: 'B' }),
      took(30_000_000, { outcome: Outcome.unknown, descriptor: 'B' }),
    ])
    expect(latencies(history)).toEqual({
      rows: [],
      series: [],
      unanswered: [
        { descriptor: 'A', count: 1 },
        { descriptor: 'B', count: 2 },
      ],
    })
  })

  test('of an empty history are none', () => {
    const history = historyFromRecords({ descriptors }, [])
    expect(latencies(history)).toEqual({ rows: [], series: [], unanswered: [] })
    expect([...latenciesPerSecond(history)]).toEqual([])
  })

  test('are at most 0.1 % above the exact ones, from nothing to a month', () => {
    const latency = fc.oneof(
      fc.nat({ max: 50_000 }),
      fc.nat({ max: 60_000_000 }),
      fc.nat({ max: 2_600_000_000_000 }),
    )
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (all) => {
        const history = historyFromRecords(
          { descriptors },
          all.map((us) => took(us)),
        )
        const [row] = latencies(history).rows
        const sorted = all.toSorted((one, other) => one - other)
        expect(row?.count).toBe(all.length)
        for (const [told, percentile] of [
          [row?.p50, 50],
          [row?.p90, 90],
          [row?.p99, 99],
          [row?.p999, 99.9],
          [row?.max, 100],
        ] as const) {
          const exactMs = exactPercentile(sorted, percentile) / 1000
          expect(told).toBeGreaterThanOrEqual(exactMs)
          expect(told).toBeLessThanOrEqual(exactMs * 1.001)
        }
      }),
    )
  })
})

describe('latencies per second', () => {
  test('belong to the second in which the request was sent, and come in order', () => {
    const history = historyFromRecords({ descriptors }, [
      took(5_000, { sentUs: 2_999_999 }),
      took(1_000, { sentUs: 3_000_000 }),
      took(2_000, { sentUs: -1 }),
      took(9_000, { sentUs: 2_000_000, outcome: Outcome.unknown }),
    ])
    const seconds = [...latenciesPerSecond(history)].map(({ startUs, series }) => [
      startUs,
      series.map(({ histogram }) => histogram.totalCount),
    ])
    expect(seconds).toEqual([
      [-1_000_000, [1]],
      [2_000_000, [1]],
      [3_000_000, [1]],
    ])
  })

  test('add up to those of the whole history', () => {
    const record = fc.record({
      sentUs: fc.nat({ max: 5_000_000 }),
      latencyUs: fc.nat({ max: 100_000 }),
      limited: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 50 }), (records) => {
        const history = historyFromRecords(
          { descriptors },
          records.map(({ sentUs, latencyUs, limited }) =>
            took(latencyUs, { sentUs, outcome: limited ? Outcome.limited : Outcome.accepted }),
          ),
        )
        const sums = new Map<string, number>()
        for (const { series } of latenciesPerSecond(history)) {
          for (const { outcome, histogram } of series) {
            sums.set(outcome, (sums.get(outcome) ?? 0) + histogram.totalCount)
          }
        }
        const whole = latencies(history).rows.map(({ outcome, count }) => [outcome, count] as const)
        expect(new Map(whole)).toEqual(sums)
      }),
      { numRuns: 30 },
    )
  })
})
