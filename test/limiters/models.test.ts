import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLimiter, type LimiterParameters, modelledAlgorithms } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { type Counted, naiveRules } from './naive.ts'

/** Small numbers, so that a few dozen requests meet every edge, and some far from zero. */
const parameters: fc.Arbitrary<LimiterParameters> = fc.record(
  {
    limit: fc.integer({ min: 1, max: 7 }),
    windowUs: fc.integer({ min: 1, max: 40 }),
    phaseUs: fc.integer({ min: -50, max: 50 }),
    rounding: fc.constantFrom('floor', 'none', 'ceil'),
    burst: fc.integer({ min: 1, max: 9 }),
    refillTickUs: fc.integer({ min: 1, max: 15 }),
  },
  { requiredKeys: ['limit', 'windowUs'] },
)

const arrivals = fc.record({
  startUs: fc.constantFrom<number[]>(-37, 0, 5, 1_795_421_502_123_456),
  requests: fc.array(
    fc.record({
      gapUs: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.nat(25), fc.nat(90)),
      cost: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 8 })),
      elsewhere: fc.boolean(),
    }),
    { minLength: 15, maxLength: 50 },
  ),
})

describe.each(algorithms)('%s', (algorithm) => {
  test.each(['free', 'counted'] as const)('decides as its definition does, refusals %s', (refusals) => {
    let refused = 0
    fc.assert(
      fc.property(parameters, arrivals, (p, { startUs, requests }) => {
        const model = createLimiter(algorithm, p)
        const counted: Counted[] = []
        let state = model.init()
        let atUs = startUs
        for (const { gapUs, cost } of requests) {
          atUs += gapUs
          const admitted = model.admits(state, atUs, cost)
          expect(admitted).toBe(naiveRules[algorithm](p, counted, atUs, cost))
          if (!admitted) refused++
          if (!admitted && refusals === 'free') continue
          state = model.charge(state, atUs, cost)
          counted.push({ atUs, cost })
        }
      }),
    )
    expect(refused).toBeGreaterThan(100)
  })

  test('says the earliest instant from which it admits', () => {
    let waited = 0
    fc.assert(
      fc.property(parameters, arrivals, (p, { startUs, requests }) => {
        const model = createLimiter(algorithm, p)
        let state = model.init()
        let atUs = startUs
        for (const { gapUs, cost, elsewhere } of requests) {
          atUs += gapUs
          const fromUs = model.admitsFromUs(state, atUs, cost)
          expect(model.admits(state, atUs, cost)).toBe(fromUs === atUs)
          if (Number.isFinite(fromUs)) {
            expect(Number.isSafeInteger(fromUs)).toBe(true)
            expect(fromUs).toBeGreaterThanOrEqual(atUs)
            expect(model.admits(state, fromUs, cost)).toBe(true)
            expect(model.admits(state, fromUs + 17, cost)).toBe(true)
            if (fromUs > atUs) expect(model.admits(state, fromUs - 1, cost)).toBe(false)
            if (fromUs > atUs) waited++
          } else {
            expect(model.admits(state, atUs + 1_000_000, cost)).toBe(false)
          }
          if (fromUs === atUs || elsewhere) state = model.charge(state, atUs, cost)
        }
      }),
    )
    expect(waited).toBeGreaterThan(100)
  })

  test('a state is a value: what is charged to one branch does not show in another', () => {
    fc.assert(
      fc.property(parameters, arrivals, arrivals, arrivals, (p, trunk, left, right) => {
        const model = createLimiter(algorithm, p)
        const step = (
          at: { state: unknown; atUs: number },
          { gapUs, cost }: { gapUs: number; cost: number },
        ) => {
          const atUs = at.atUs + gapUs
          const fromUs = model.admitsFromUs(at.state, atUs, cost)
          return { state: model.charge(at.state, atUs, cost), atUs, waitUs: fromUs - atUs }
        }
        const run = (requests: typeof trunk.requests) => {
          let at = { state: model.init(), atUs: trunk.startUs, waitUs: 0 }
          return requests.map((request) => {
            at = step(at, request)
            return at.waitUs
          })
        }
        const alone = [left, right].map(({ requests }) => run([...trunk.requests, ...requests]))

        let base = { state: model.init(), atUs: trunk.startUs, waitUs: 0 }
        const before = trunk.requests.map((request) => {
          base = step(base, request)
          return base.waitUs
        })
        let branches = [base, base]
        const together = [[...before], [...before]]
        for (let n = 0; n < Math.max(left.requests.length, right.requests.length); n++) {
          branches = branches.map((at, side) => {
            const request = [left, right][side]?.requests[n]
            if (!request) return at
            const next = step(at, request)
            together[side]?.push(next.waitUs)
            return next
          })
        }
        expect(together).toEqual(alone)
      }),
    )
  })

  test.each([undefined, 0, 3])('a limit of 0 lets nothing through, whatever the burst (%s)', (burst) => {
    const model = createLimiter(algorithm, { limit: 0, windowUs: 10, burst })
    let state = model.init()
    for (const atUs of [0, 1, 10, 1_000]) {
      expect(model.admits(state, atUs, 1)).toBe(false)
      expect(model.admitsFromUs(state, atUs, 1)).toBe(Number.POSITIVE_INFINITY)
      state = model.charge(state, atUs, 1)
    }
  })

  test('300 per 5 minutes begins to refuse at exactly the 301st of a burst', () => {
    const model = createLimiter(algorithm, { limit: 300, windowUs: 300_000_000 })
    let state = model.init()
    const atUs = 1_795_421_500_000_000
    for (let n = 0; n < 300; n++) {
      expect(model.admits(state, atUs, 1)).toBe(true)
      state = model.charge(state, atUs, 1)
    }
    expect(model.admits(state, atUs, 1)).toBe(false)
  })
})

describe('what the algorithms promise over time', () => {
  const p = { limit: 5, windowUs: 30, phaseUs: 11 }
  const greedy = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 100, maxLength: 100 })

  /** Sends at every given gap and returns the instants that were let through. */
  function admitted(algorithm: Parameters<typeof createLimiter>[0], gaps: number[]): number[] {
    const model = createLimiter(algorithm, p)
    let [state, atUs] = [model.init(), 0]
    const through: number[] = []
    for (const gap of gaps) {
      atUs += gap
      if (!model.admits(state, atUs, 1)) continue
      state = model.charge(state, atUs, 1)
      through.push(atUs)
    }
    return through
  }
  const most = (through: number[], within: (first: number, other: number) => boolean) =>
    Math.max(...through.map((first) => through.filter((other) => within(first, other)).length))

  test('a fixed window never passes the limit in an aligned window, and up to twice it in some other', () => {
    let worst = 0
    fc.assert(
      fc.property(greedy, (gaps) => {
        const through = admitted('fixed-window', gaps)
        const aligned = (us: number) => Math.floor((us - 11) / 30)
        expect(most(through, (a, b) => aligned(a) === aligned(b))).toBeLessThanOrEqual(5)
        worst = Math.max(
          worst,
          most(through, (a, b) => b >= a && b < a + 30),
        )
      }),
    )
    expect(worst).toBeGreaterThan(5)
    expect(worst).toBeLessThanOrEqual(10)
  })

  test('a sliding log never passes the limit in any window', () => {
    fc.assert(
      fc.property(greedy, (gaps) => {
        expect(most(admitted('sliding-log', gaps), (a, b) => b >= a && b < a + 30)).toBe(5)
      }),
    )
  })

  test('GCRA and a continuous token bucket let at most burst + limit through in a window, and agree', () => {
    fc.assert(
      fc.property(greedy, (gaps) => {
        const through = admitted('gcra', gaps)
        expect(through).toEqual(admitted('token-bucket', gaps))
        expect(most(through, (a, b) => b >= a && b < a + 30)).toBeLessThanOrEqual(10)
      }),
    )
  })
})

describe('numbers beyond what a double multiplies exactly', () => {
  const week = 7 * 24 * 3_600_000_000
  const limit = 9_999_991

  test.each(['token-bucket', 'gcra'] as const)(
    '%s: the last token of an odd rate comes on time',
    (algorithm) => {
      const model = createLimiter(algorithm, { limit, windowUs: week })
      const startUs = 1_795_421_502_123_457
      let state = model.charge(model.init(), startUs, limit)
      for (const n of [1, 2, 3_333_333, limit]) {
        const exact = (BigInt(n) * BigInt(week) + BigInt(limit) - 1n) / BigInt(limit)
        expect(model.admitsFromUs(state, startUs, n)).toBe(startUs + Number(exact))
      }
      // A thousand single tokens, each taken the moment it is there, drift by nothing.
      let atUs = startUs
      for (let n = 0; n < 1_000; n++) {
        atUs = model.admitsFromUs(state, atUs, 1)
        state = model.charge(state, atUs, 1)
      }
      expect(atUs).toBe(startUs + Number((1_000n * BigInt(week) + BigInt(limit) - 1n) / BigInt(limit)))
    },
  )

  test('sliding counter: the previous window fades on time', () => {
    const model = createLimiter('sliding-counter', { limit, windowUs: week })
    const state = model.charge(model.init(), 0, limit)
    // floor(limit · (W-e) / W) <= limit - 1 from the first microsecond after the boundary.
    expect(model.admitsFromUs(state, week, 1)).toBe(week + 1)
    expect(model.admitsFromUs(state, week, limit)).toBe(
      2 * week - Number((BigInt(week) + BigInt(limit) - 1n) / BigInt(limit)) + 1,
    )
  })
})

test('a log that counts refusals does not grow with them', () => {
  const model = createLimiter('sliding-log', { limit: 10, windowUs: 1_000_000 })
  let state = model.init()
  for (let atUs = 0; atUs < 100_000; atUs++) state = model.charge(state, atUs, 1)
  const { log } = state as { log: { atUs: number[] } }
  expect(log.atUs.length).toBeLessThan(200)
  expect(model.admitsFromUs(state, 100_000, 1)).toBe(1_000_000 + 99_990)
})

test('a log that is not full lets go of what has expired', () => {
  const model = createLimiter('sliding-log', { limit: 1_000, windowUs: 10 })
  let state = model.init()
  let longest = 0
  for (let atUs = 0; atUs < 1_000; atUs++) {
    state = model.charge(state, atUs, 1)
    longest = Math.max(longest, (state as { log: { atUs: number[] } }).log.atUs.length)
  }
  // Ten live, and as many as are dropped at once; copied at every step, none would stand in front.
  expect(longest).toBeGreaterThan(60)
  expect(longest).toBeLessThan(80)
  expect(state).toMatchObject({ sum: 10 })
})

test('states that follow one another share a log, and a branch gets its own', () => {
  const model = createLimiter('sliding-log', { limit: 9, windowUs: 10 })
  const log = (state: unknown) => (state as { log: object }).log
  const first = model.charge(model.init(), 0, 1)
  const second = model.charge(first, 1, 1)
  expect(log(second)).toBe(log(first))
  expect(log(model.charge(first, 1, 1))).not.toBe(log(first))
  expect(log(model.init())).toEqual({ atUs: [], costs: [] })
})

test('every algorithm that a spec can name has a model, which bears its name', () => {
  expect(modelledAlgorithms).toEqual([...algorithms])
  for (const algorithm of algorithms) {
    expect(createLimiter(algorithm, { limit: 1, windowUs: 1 }).algorithm).toBe(algorithm)
  }
})

test('a mistake in the parameters is named', () => {
  const windowUs = 10
  expect(() => createLimiter('gcra', { limit: 1.5, windowUs })).toThrow(/^limit of.*0 or more, got 1.5/)
  expect(() => createLimiter('gcra', { limit: -1, windowUs })).toThrow(/limit/)
  expect(() => createLimiter('gcra', { limit: 1, windowUs: 0 })).toThrow(/windowUs.*1 or more, got 0/)
  expect(() => createLimiter('gcra', { limit: 1, windowUs, phaseUs: 0.5 })).toThrow(/phaseUs/)
  expect(() => createLimiter('gcra', { limit: 1, windowUs, burst: 0 })).toThrow(/burst/)
  expect(() => createLimiter('gcra', { limit: 0, windowUs, burst: 0 })).not.toThrow()
  expect(() => createLimiter('token-bucket', { limit: 1, windowUs, refillTickUs: 0 })).toThrow(/refillTickUs/)
})
