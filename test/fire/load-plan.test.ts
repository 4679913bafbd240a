import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lanes } from '../../lib/fire/bindings.ts'
import { cpuSecondsOf, createCpuMeter, usedTogether } from '../../lib/fire/cpu-use.ts'
import { k6Options, longestRunMs } from '../../lib/fire/k6-options.ts'
import { createLedger } from '../../lib/fire/ledger.ts'
import { loadRequestId, readLoadRequest } from '../../lib/fire/load-request.ts'
import { boundsOf, usersOf } from '../../lib/fire/load-users.ts'
import { planMistakes } from '../../lib/fire/plan-mistakes.ts'
import { defaultOutcomeRule, outcomeOf } from '../../lib/history/index.ts'
import type { Load } from '../../lib/plan/index.ts'
import { alertsTo, fillOf, planOf } from './run-kit.ts'

const steady = (perSecond: number, durationMs = 1_000) => [
  { durationMs, fromPerSecond: perSecond, toPerSecond: perSecond },
]
const loadOf = (parts: Partial<Load> = {}): Load => ({
  descriptors: ['A'],
  stages: steady(100),
  arrivals: 'even',
  seed: 1,
  startMs: 0,
  maxInFlight: 50,
  ...parts,
})

describe('a plan with loads', () => {
  it('is begun where its loads keep to its ceilings', () => {
    expect(planMistakes(planOf({ loads: [loadOf()], maxRequests: 100, maxRatePerSecond: 100 }))).toEqual([])
  })

  it('is not begun where they pass them, in number or within any second', () => {
    const plan = planOf({
      fills: [fillOf(10, 5)],
      loads: [loadOf(), loadOf()],
      maxRequests: 204,
      maxRatePerSecond: 209,
    })
    expect(planMistakes(plan)).toEqual([
      'the plan may send 210 requests within a second, above its own ceiling of 209',
      'the plan may send 205 requests, above its own ceiling of 204',
    ])
  })

  it('says everything that is wrong with them', () => {
    const stages = [{ durationMs: 0, fromPerSecond: -1, toPerSecond: 5 }]
    const loads = [
      loadOf({ descriptors: ['A', 'X', 'X'], stages, maxInFlight: 0 }),
      loadOf({ descriptors: [], stages: steady(1, 6_000), startMs: 10 }),
    ]
    expect(planMistakes(planOf({ loads }))).toEqual([
      'load 1 of the plan has a stage without a duration above 0 and rates from 0',
      'load 1 of the plan lets no request be in flight',
      'load 1 of the plan sends for X, which the plan does not describe',
      'load 2 of the plan sends for nobody',
      'load 2 of the plan ends after 6010 ms, later than the deadline of 5000 ms',
    ])
  })

  it('keeps a ration with one load alone, sent by one virtual user', () => {
    const rations = [{ descriptors: ['A'], most: 5, windowMs: 1_000 }]
    const rationed = planOf({
      loads: [loadOf({ stages: steady(9_000, 100) })],
      rations,
      maxRatePerSecond: 9_000,
    })
    expect(planMistakes(rationed)).toEqual([])
    expect(usersOf(rationed, rationed.loads?.[0] as Load)).toBe(1)
    expect(planMistakes({ ...rationed, loads: [loadOf(), loadOf()] })).toEqual([
      'the ration of A is used by more than one watch or load',
    ])
  })

  it('is shared by virtual users who together keep to what it allows', () => {
    const drawn = fc.record({
      rate: fc.integer({ min: 1, max: 50_000 }),
      other: fc.nat(50_000),
      maxInFlight: fc.integer({ min: 1, max: 2_000 }),
      maxRatePerSecond: fc.integer({ min: 1, max: 100_000 }),
    })
    fc.assert(
      fc.property(drawn, ({ rate, other, maxInFlight, maxRatePerSecond }) => {
        const loads = [loadOf({ stages: steady(rate), maxInFlight }), loadOf({ stages: steady(other) })]
        const plan = planOf({ loads, maxRatePerSecond })
        const shares = loads.map((load) =>
          Array.from({ length: usersOf(plan, load) }, (_, user) => boundsOf(plan, load, user)),
        )
        const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0)
        const [first = []] = shares
        expect(sum(first.map((each) => each.maxInFlight))).toBe(maxInFlight)
        for (const each of first) expect(each.maxInFlight).toBeGreaterThan(0)
        const perSecond = sum(shares.flat().map((each) => each.maxPerSecond))
        expect(perSecond).toBeLessThanOrEqual(maxRatePerSecond)
        expect(perSecond).toBeGreaterThanOrEqual(maxRatePerSecond - 2)
      }),
    )
  })

  it('is carried out by a few long iterations, and bounds how long k6 runs', () => {
    const plan = planOf({ loads: [loadOf({ stages: steady(3_000), maxInFlight: 301 })], deadlineMs: 2_000 })
    const { scenarios, batchPerHost } = k6Options(plan, alertsTo('http://h'), 'kept')
    expect(scenarios).toMatchObject({ l0: { executor: 'per-vu-iterations', vus: 2, iterations: 1 } })
    expect(batchPerHost).toBe(151)
    expect(k6Options(plan, alertsTo('http://h'), 'fresh').scenarios).toEqual({})
    expect(longestRunMs(plan)).toBe(2_000 + plan.requestTimeoutMs + 2_000)
  })

  it('travels on fresh connections where a transport might repeat its requests, unless it is to keep them', () => {
    const { secrets } = alertsTo('http://h')
    const get = { descriptors: { A: { url: 'http://h/', method: 'GET' as const, headers: {} } }, secrets }
    const lanesOf = (load: Load) =>
      lanes.filter((lane) => 'l0' in k6Options(planOf({ loads: [load] }), get, lane).scenarios)
    expect(lanesOf(loadOf())).toEqual(['fresh'])
    expect(lanesOf(loadOf({ keepsConnections: true }))).toEqual(['kept'])
  })

  it('has its missing requests told for each descriptor, and none twice', () => {
    const descriptors = ['A', 'B'].map((name) => ({ name, scopes: {}, kind: 'alert' as const }))
    const load = loadOf({ descriptors: ['A', 'B', 'B'], stages: steady(10) })
    const ledger = createLedger(planOf({ descriptors, loads: [load] }), outcomeOf(defaultOutcomeRule))
    for (const turn of [0, 1, 2, 3]) {
      const descriptor = turn % 3 === 0 ? 0 : 1
      ledger.book({ kind: 'sent', id: loadRequestId({ load: 0, turn }), descriptor, part: 'l0', atMs: 5 })
    }
    ledger.book({ kind: 'dropped', descriptor: 1, count: 1, part: 'l0', atMs: 7 })
    // Of ten requests four are for A and six for B.
    expect(ledger.close(99, true).dropped).toEqual([
      { event: 'dropped', descriptor: 'B', count: 1, at: 7 },
      { event: 'dropped', descriptor: 'A', count: 2, at: 99 },
      { event: 'dropped', descriptor: 'B', count: 3, at: 99 },
    ])
  })

  it('has requests whose place in the schedule is known by their id', () => {
    expect(readLoadRequest(loadRequestId({ load: 2, turn: 40 }))).toEqual({ load: 2, turn: 40 })
    for (const other of ['k1.2', 'l1', 'l1.2x', undefined]) expect(readLoadRequest(other)).toBeUndefined()
  })
})

describe('what k6 uses of the processor', () => {
  it('is taken from the first look to the last, as a share of one core and of all', () => {
    let seconds: number | undefined = 3
    const meter = createCpuMeter(() => seconds, 4)
    expect(meter.use).toBeUndefined()
    meter.look(1_000)
    expect(meter.use).toBeUndefined()
    seconds = 5
    meter.look(3_500)
    seconds = undefined
    meter.look(9_000)
    expect(meter.use).toEqual({ cpuSeconds: 2, overMs: 2_500, shareOfCore: 0.8, shareOfMachine: 0.2 })
  })

  it('adds up over processes that ran together, and is unknown where none could be read', () => {
    const use = (cpuSeconds: number, overMs: number) => ({
      cpuSeconds,
      overMs,
      shareOfCore: 0,
      shareOfMachine: 0,
    })
    expect(usedTogether([use(1, 2_000), use(3, 4_000)], 2)).toEqual({
      cpuSeconds: 4,
      overMs: 4_000,
      shareOfCore: 1,
      shareOfMachine: 0.5,
    })
    expect(usedTogether([], 2)).toBeUndefined()
  })

  it('is read of a process that runs, and of no other', () => {
    const own = cpuSecondsOf(process.pid)
    if (process.platform === 'linux') expect(own).toBeGreaterThan(0)
    else expect(own).toBeUndefined()
    expect(cpuSecondsOf(2 ** 31)).toBeUndefined()
  })
})
