import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome, type RecordInput, readHistoryBytes } from '../../lib/history/index.ts'
import type { ExplainedLine, Reading } from '../../lib/result/index.ts'
import { algorithms, type Limit, specSchema } from '../../lib/spec/index.ts'
import { documentedSpec, simulateOncall } from '../simulation/oncall.ts'
import { smallHistories } from './small-histories.ts'

const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000_000)

const limitsOf = (...partial: Record<string, unknown>[]): Limit[] =>
  specSchema.parse({
    limits: partial.map((limit, k) => ({ name: `limit ${k + 1}`, window: '1s', scope: 'key', ...limit })),
  }).limits

const descriptors = { A: { key: 'A', group: 'G' }, B: { key: 'B', group: 'G' }, C: { other: 'C' } }

const at = (ms: number, outcome: Outcome, more: Partial<RecordInput> = {}): RecordInput => ({
  descriptor: 'A',
  sentUs: ms * 1000,
  receivedUs: ms * 1000 + 1000,
  outcome,
  ...more,
})
const { accepted, limited, unknown } = Outcome

function explained(records: RecordInput[], limits: Limit[], lines: number[]): ExplainedLine[] {
  const history = historyFromRecords({ descriptors }, records)
  return judge(history, { limits, clockDriftPpm: 0 }, lines).explained ?? []
}

function onlyReading(line: ExplainedLine | undefined): Reading {
  const readings = line?.limits?.flatMap((limit) => limit.readings) ?? []
  expect(readings).toHaveLength(1)
  return readings[0] as Reading
}

describe('the story of a request', () => {
  const records = [
    at(0, accepted),
    at(10, accepted),
    at(20, limited),
    at(600, limited),
    at(1_005, accepted),
    at(1_007, limited),
  ]
  const log = limitsOf({ limit: 2, algorithm: 'sliding-log', limitedRequests: 'free' })

  it('is told only where it is asked for', () => {
    expect(
      judge(historyFromRecords({ descriptors }, records), { limits: log, clockDriftPpm: 0 }),
    ).not.toHaveProperty('explained')
  })

  it('says who sent it, when it was decided, and what it met', () => {
    const [line] = explained(records, log, [4])
    expect(line).toMatchObject({
      line: 4,
      what: 'A request of A, sent at +0.020 s and answered with 429 at +0.021 s: it was refused.',
      request: {
        descriptor: 'A',
        scopes: descriptors.A,
        sentMs: 20,
        receivedMs: 21,
        decidedMs: [20, 21],
        status: 429,
        outcome: 'limited',
        cost: 1,
      },
      limits: [{ name: 'limit 1', scope: 'key', value: 'A', limit: 2, windowSeconds: 1 }],
    })
    expect(onlyReading(line)).toMatchObject({
      algorithm: 'sliding-log',
      standing: 'explains',
      demand: 'refuse',
      counted: 'never',
      countedBefore: [2, 2],
      witness: { countedBefore: 2 },
    })
  })

  it('says what the refusal looked like, where the history does', () => {
    const [line] = explained([at(0, accepted), at(1, limited, { looks: 'says no' })], log, [3])
    expect(line?.request?.looks).toBe('says no')
  })

  it('says which limit the answer blames, where it blames one', () => {
    const [blaming, silent] = explained([at(0, limited, { limitedBy: 'key' }), at(1, limited)], log, [2, 3])
    expect(blaming?.request?.limitedBy).toBe('key')
    expect(silent?.request).not.toHaveProperty('limitedBy')
  })

  it('widens the bounds by slack and drift', () => {
    const history = historyFromRecords({ descriptors, clockSlackMs: 2 }, records)
    const [first] = judge(history, { limits: log, clockDriftPpm: 1000 }, [2]).explained ?? []
    const [from, to] = first?.request?.decidedMs ?? []
    // Half of 1 s away from the middle, at 1000 ppm: 0.5 ms more than the slack at both ends.
    expect(from).toBeCloseTo(-2.5, 1)
    expect(to).toBeCloseTo(3.5, 1)
  })

  it('tells what surely from what possibly came before', () => {
    const overlapping = [
      at(0, accepted),
      at(5, accepted, { receivedUs: 40_000 }),
      at(10, accepted, { receivedUs: 30_000 }),
      at(50, limited),
    ]
    const [third, fourth] = explained(
      overlapping,
      limitsOf({ limit: 3, algorithm: 'sliding-log', limitedRequests: 'free' }),
      [4, 5],
    )
    expect(onlyReading(third).countedBefore).toEqual([1, 2])
    expect(onlyReading(fourth).countedBefore).toEqual([3, 3])
  })

  it('knows the window of a first hit, and that of a fixed window where only one is possible', () => {
    const first = limitsOf({ limit: 2, algorithm: 'first-hit-window' })
    const [refusedFirst, second] = explained(records.slice(0, 5), first, [4, 6])
    expect(onlyReading(refusedFirst)).toMatchObject({ countedBefore: [2, 2], windowStartMs: [0, 1] })
    expect(onlyReading(second)).toMatchObject({ demand: 'admit', countedBefore: [0, 0] })
    const fixed = limitsOf({ limit: 2, algorithm: 'fixed-window' })
    const [refused] = explained(records.slice(0, 5), fixed, [4])
    // The window may start while the first request is under way, and then need not have counted it.
    expect(onlyReading(refused).countedBefore).toEqual([1, 2])
  })

  it('says of an unanswered request that it may count, and that nothing is demanded', () => {
    const [line, after] = explained([at(0, unknown), at(5, accepted)], log, [2, 3])
    expect(line?.what).toContain('had no answer by +0.001 s')
    expect(onlyReading(line)).toMatchObject({ demand: 'none', counted: 'possibly' })
    expect(onlyReading(after).countedBefore).toEqual([0, 1])
  })

  it('has no upper bound where others may use the limit too', () => {
    const shared = limitsOf({
      limit: 2,
      algorithm: 'sliding-log',
      foreignTraffic: 'possible',
      limitedRequests: 'free',
    })
    const [line] = explained(records, shared, [3])
    expect(onlyReading(line).countedBefore).toEqual([1, null])
  })

  it('tells each limit apart, and what another one refused', () => {
    const two = limitsOf(
      {
        scope: 'key',
        limit: 2,
        algorithm: 'sliding-log',
        limitedRequests: 'free',
        chargedWhenRefused: 'free',
      },
      {
        scope: 'group',
        limit: 9,
        algorithm: 'sliding-log',
        limitedRequests: 'free',
        chargedWhenRefused: 'free',
      },
    )
    const [line] = explained(records, two, [4])
    expect(line?.limits?.map(({ name, readings }) => [name, readings[0]?.demand])).toEqual([
      ['limit 1', 'refuse'],
      ['limit 2', 'none'],
    ])
  })

  it('meets no limit whose scope it does not carry', () => {
    const [line] = explained([at(0, accepted), at(1, accepted, { descriptor: 'C' })], log, [3])
    expect(line).toMatchObject({ request: { descriptor: 'C' }, limits: [] })
  })
})

describe('a line in a certificate', () => {
  const log = limitsOf({ limit: 2, algorithm: 'sliding-log', limitedRequests: 'free' })
  const tooMany = [at(0, accepted), at(10, accepted), at(20, accepted), at(30, limited)]

  it('comes with the reason that names it', () => {
    const [second, fourth] = explained(tooMany, log, [3, 5])
    expect(second?.reasons).toEqual([
      {
        limits: ['limit 1'],
        why: 'Not a sliding log: 3 were accepted surely within one window of 1 s, which holds 2: from +0.000 s to +0.021 s.',
      },
    ])
    expect(onlyReading(second).standing).toBe('refuted')
    expect(fourth).not.toHaveProperty('reasons')
  })

  it('comes with the window starts for which it is needed, each line of the proof with its own', () => {
    const path = join(import.meta.dirname, '..', 'histories', 'small', 'fail.ndjson')
    const read = readHistoryBytes(readFileSync(path))
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    const limits = limitsOf({ scope: 'integration', limit: 2, window: '10s', algorithm: 'fixed-window' })
    const lines = judge(read.history, { limits, clockDriftPpm: 200 }, [4, 8, 9, 11]).explained ?? []
    for (const { reasons = [] } of lines.slice(0, 3)) {
      for (const { why } of reasons) {
        expect(why).toMatch(/^Not a fixed window: if one starts from \S+ s to \S+ s, 3 were accepted surely/)
      }
    }
    expect(lines.map(({ reasons = [] }) => reasons.length)).toEqual([1, 2, 2, 0])
  })

  it('is found in what follows the first window as well', () => {
    const first = limitsOf({ limit: 2, algorithm: 'first-hit-window' })
    const records = [at(0, accepted), ...[1_100, 1_101, 1_102].map((ms) => at(ms, accepted))]
    const [before, within] = explained(records, first, [2, 4])
    expect(before).not.toHaveProperty('reasons')
    expect(within?.reasons?.[0]?.why).toMatch(
      /^Not a first-hit window: .*3 were accepted surely within one window/,
    )
  })

  it('is told of several limits together, by their names', () => {
    const file = historyFromRecords({ descriptors }, [at(0, accepted), at(10, limited)])
    const two = limitsOf(
      { scope: 'key', limit: 5, algorithm: 'sliding-log' },
      { scope: 'group', limit: 5, algorithm: 'sliding-log' },
    )
    const { certificates, explained: lines } = judge(file, { limits: two, clockDriftPpm: 0 }, [3])
    const naming = certificates.filter(({ records }) => records.includes(3))
    expect(naming.length).toBeGreaterThan(0)
    expect(lines?.[0]?.reasons?.[0]).toMatchObject({ limits: ['limit 1', 'limit 2'] })
  })
})

describe('a line that is no request', () => {
  const history = historyFromRecords(
    {
      descriptors,
      events: [
        { event: 'dropped', descriptor: 'A', count: 3, atUs: 5_000, line: 4 },
        { event: 'clock-step', atUs: 6_000, byMs: -480, line: 5 },
        { event: 'descriptor', name: 'D', scopes: { key: 'D', group: 'G' }, line: 9 },
        { event: 'descriptor', name: 'E', scopes: {}, line: 10 },
        { event: 'other', name: 'note', fields: {}, line: 11 },
        { event: 'end', atUs: 7_000, reason: 'finished', line: 8 },
      ],
    },
    [at(0, accepted, { line: 3 }), at(1, accepted, { line: 6 })],
  )
  const what = (line: number, of = history) =>
    judge(of, { limits: limitsOf({ limit: 2 }), clockDriftPpm: 0 }, [line]).explained

  it.each([
    [
      1,
      'The header, not a request: what the history is, and whom its requests are of. Its requests begin with line 3.',
    ],
    [4, 'An event, not a request: 3 of A were due at +0.005 s and not sent.'],
    [5, 'An event, not a request: the clock was set by -480 ms at +0.006 s.'],
    [7, 'No request: the line is empty. Its requests begin with line 3.'],
    [8, 'An event, not a request: the history ends at +0.007 s (finished).'],
    [9, 'An event, not a request: from here on requests of D are known to carry key D, group G.'],
    [10, 'An event, not a request: from here on requests of E are known to carry no scope.'],
    [11, 'An event, not a request: one that is called note, which is kept and not judged.'],
    [99, 'Beyond the history, whose last line that could be read is 11. Its requests begin with line 3.'],
  ])('line %i', (line, words) => expect(what(line)).toEqual([{ line, what: words }]))

  it('may have been left out, or cut off', () => {
    expect(what(7, { ...history, skipped: 1 })?.[0]?.what).toContain('left out since it breaks the format')
    expect(what(99, { ...history, torn: true })?.[0]?.what).toContain('The history is torn')
  })

  it('is told of a history without a request', () => {
    expect(what(2, historyFromRecords({ descriptors }, []))?.[0]?.what).toContain('An event')
    expect(what(1, historyFromRecords({ descriptors }, []))?.[0]?.what).toContain('It has no request at all.')
  })
})

/** What a witness has counted lies within the bounds, and justifies the answer by the limiter's own rule. */
function expectCoherent(lines: readonly ExplainedLine[]): number {
  let seen = 0
  for (const { line, request, limits = [] } of lines) {
    for (const { limit, readings } of limits) {
      for (const { countedBefore, demand, witness } of readings) {
        if (!witness || !request) continue
        seen++
        const where = `line ${line}: ${JSON.stringify({ request, limit, readings }, undefined, 1)}`
        const [surely, possibly] = countedBefore
        expect(witness.countedBefore, where).toBeGreaterThanOrEqual(surely)
        expect(witness.countedBefore, where).toBeLessThanOrEqual(possibly ?? Number.POSITIVE_INFINITY)
        // What a bucket lacks is told to three decimals.
        const after = witness.countedBefore + request.cost
        if (demand === 'admit') expect(after, where).toBeLessThanOrEqual(limit + 0.001)
        if (demand === 'refuse') expect(after, where).toBeGreaterThanOrEqual(limit - 0.001)
        const [from, to] = request.decidedMs
        expect(witness.atMs >= from && witness.atMs <= to, where).toBe(true)
      }
    }
  }
  return seen
}

describe('bounds and witness agree', () => {
  it.each(algorithms)('on small histories of one %s', (algorithm) => {
    let seen = 0
    const shape = { requests: 7, spanUs: 16, longestUs: 4, descriptors: { A: { key: 'A' } }, highestCost: 2 }
    fc.assert(
      fc.property(
        smallHistories(shape),
        fc.integer({ min: 2, max: 3 }),
        fc.integer({ min: 3, max: 7 }),
        (history, limit, windowUs) => {
          const [spec] = limitsOf({ limit, algorithm }) as [Limit]
          const limits = [{ ...spec, window: windowUs / 1000 }]
          const lines = [...history.line.subarray(0, history.count)]
          seen += expectCoherent(judge(history, { limits, clockDriftPpm: 0 }, lines).explained ?? [])
        },
      ),
      { numRuns: 80, seed },
    )
    expect(seen).toBeGreaterThan(20)
  })

  it('on small histories of two limits', () => {
    let seen = 0
    const shape = {
      requests: 6,
      spanUs: 16,
      longestUs: 3,
      descriptors: { A: { key: 'A', group: 'G' }, B: { key: 'B', group: 'G' } },
    }
    fc.assert(
      fc.property(smallHistories(shape), fc.constantFrom(...algorithms), (history, algorithm) => {
        const limits = limitsOf({ limit: 2, algorithm }, { limit: 3, algorithm, scope: 'group' }).map(
          (limit) => ({ ...limit, window: 0.006 }),
        )
        const lines = [...history.line.subarray(0, history.count)]
        seen += expectCoherent(judge(history, { limits, clockDriftPpm: 0 }, lines).explained ?? [])
      }),
      { numRuns: 40, seed },
    )
    expect(seen).toBeGreaterThan(20)
  })

  it.each(['fixed-window', 'first-hit-window', 'sliding-log'] as const)(
    'on a whole run against a %s',
    (algorithm) => {
      const spec = documentedSpec()
      const history = simulateOncall(spec, { algorithm }, 3)
      const lines = [...history.line.subarray(0, history.count)].filter((_, row) => row % 97 === 0)
      expect(expectCoherent(judge(history, spec, lines).explained ?? [])).toBeGreaterThan(20)
    },
  )
})
