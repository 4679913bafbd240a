import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outcome } from '../../lib/history/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import {
  type CandidateLimit,
  calendarOf,
  candidatesOf,
  capacityCeiling,
  type Demand,
  emptyDemand,
  type Objective,
  quietBoundOf,
  quietDescriptors,
  type Weighed,
  weigh,
} from '../../lib/tune/index.ts'
import { choose, frontierOf, nearestTo } from '../../lib/tune/recommend/choose.ts'
import { shortfallsOf } from '../../lib/tune/recommend/weigh.ts'
import { tune } from '../../lib/tune/tuning.ts'

const limit = (scope: string, most: number, windowMs = 10_000): CandidateLimit => ({
  name: `each ${scope}`,
  scope,
  limit: most,
  windowMs,
  algorithm: 'sliding-log',
  limitedRequests: 'free',
  chargedWhenRefused: 'free',
})

/** Requests of `loud` and `quiet`, each as seconds since the start of a day. */
function asked(days: readonly { loud: readonly number[]; quiet: readonly number[] }[]): Demand {
  const rows = days
    .flatMap(({ loud, quiet }, day) => [
      ...loud.map((second) => [day * 86_400 + second, 0] as const),
      ...quiet.map((second) => [day * 86_400 + second, 1] as const),
    ])
    .toSorted(([one], [other]) => one - other)
  const descriptors = ['loud', 'quiet'].map((name) => ({ name, scopes: { caller: name, all: 'x' } }))
  const demand = emptyDemand(descriptors, rows.length)
  rows.forEach(([second, who], row) => {
    demand.atUs[row] = Date.UTC(2026, 10, 23) * 1000 + second * 1_000_000
    demand.descriptor[row] = who
  })
  demand.cost.fill(1)
  demand.met.fill(Outcome.unknown)
  return demand
}

const burst = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + index / 1000)

/** On a usual day the loud one sends 20 at once, on a bad one it fills what it shares with the quiet one. */
const usual = { loud: burst(100, 20), quiet: [100.5, 200] }
const bad = { loud: burst(100, 60), quiet: [100.5, 200] }

function question(demand: Demand, objective: Objective, limits = [5, 10, 30], seed = 1) {
  const candidates = candidatesOf([limit('caller', 50), limit('all', 50)], {
    scope: 'caller',
    limits,
    windowsMs: [10_000],
    algorithms: ['sliding-log'],
  })
  return tune(demand, {
    candidates,
    objective,
    quietBound: { most: 3, spanMs: 10_000 },
    seed,
    random: seededRandom(seed),
  })
}

const weighed = fc.record({
  asked: fc.constant(100),
  refused: fc.integer({ min: 0, max: 6 }),
  quietAsked: fc.constant(10),
  quietRefused: fc.integer({ min: 0, max: 4 }),
  worst: fc.integer({ min: 1, max: 6 }),
  worstOfCeilings: fc.tuple(fc.integer({ min: 1, max: 6 })).map((each) => [...each]),
}) satisfies fc.Arbitrary<Weighed>
const objectives = fc.record(
  {
    quietRefused: fc.constantFrom(0, 0.1, 0.25),
    ceilings: fc.constantFrom([], [{ most: 3, spanMs: 1_000 }]),
  },
  { requiredKeys: ['ceilings'] },
)

describe('of candidates', () => {
  it('one is chosen that meets the objective, and none that meets it is better by the rule', () => {
    fc.assert(
      fc.property(fc.array(weighed, { minLength: 1, maxLength: 8 }), objectives, (all, objective) => {
        const meets = (each: Weighed) => shortfallsOf(each, objective).length === 0
        const chosen = choose(all, objective)
        expect(chosen === undefined).toBe(!all.some(meets))
        if (chosen === undefined) {
          expect(all[nearestTo(all, objective)]).toBeDefined()
          return
        }
        const best = all[chosen] as Weighed
        expect(meets(best)).toBe(true)
        for (const each of all.filter(meets)) {
          if (objective.quietRefused !== undefined) expect(each.worst).toBeGreaterThanOrEqual(best.worst)
          else expect(each.quietRefused).toBeGreaterThanOrEqual(best.quietRefused)
        }
      }),
    )
  })

  it('the frontier has those that none beats, and each of the others is beaten or the same again', () => {
    const noWorse = (one: Weighed, other: Weighed) =>
      one.worst <= other.worst && one.refused <= other.refused && one.quietRefused <= other.quietRefused
    fc.assert(
      fc.property(fc.array(weighed, { minLength: 1, maxLength: 8 }), (all) => {
        const frontier = frontierOf(all)
        all.forEach((each, index) => {
          const others = frontier.filter((at) => at !== index && noWorse(all[at] as Weighed, each))
          expect(frontier.includes(index)).toBe(others.length === 0)
        })
      }),
    )
  })

  it('the closest is named where none meets the objective', () => {
    const of = (worst: number, quietRefused: number): Weighed => ({
      asked: 100,
      refused: 50,
      quietAsked: 100,
      quietRefused,
      worst,
      worstOfCeilings: [worst],
    })
    const objective = { quietRefused: 0.01, ceilings: [{ most: 10, spanMs: 1_000 }] }
    // 30 times too much of one, 2 times too much of both, 4 times of the other.
    expect(nearestTo([of(10, 30), of(20, 2), of(40, 1)], objective)).toBe(1)
  })
})

describe('a recommendation', () => {
  it('protects most where refusals are bounded, and names its neighbours and what they cost', async () => {
    const tuning = await question(asked([usual, bad]), { quietRefused: 0, ceilings: [] })
    expect(tuning.replayed.map(({ candidate }) => candidate.limits[0]?.limit)).toEqual([50, 5, 10, 30])
    expect(tuning.recommendation).toMatchObject({
      kind: 'chosen',
      chosen: 1,
      rule: 'protects-most',
      tighter: undefined,
      wider: 2,
      options: [
        // Today, the quiet one's request of the bad day finds the shared limit full.
        {
          refused: 11,
          quietRefused: 1,
          worst: 50,
          shortfalls: [{ of: 'quiet-refused', found: 0.25, most: 0 }],
        },
        { refused: 70, quietRefused: 0, worst: 5, shortfalls: [], onFrontier: true },
        { refused: 60, quietRefused: 0, worst: 10, onFrontier: true },
        { refused: 30, quietRefused: 0, worst: 30, onFrontier: true },
      ],
    })
    expect(tuning.quiet).toMatchObject({ descriptors: 1, requests: 4 })
  })

  it('refuses least where only what is let through is bounded', async () => {
    const ceilings = [{ scope: 'all', spanMs: 10_000, most: 31 }]
    const { recommendation } = await question(asked([usual, bad]), { ceilings })
    expect(recommendation).toMatchObject({ kind: 'chosen', chosen: 3, rule: 'refuses-least' })
  })

  it('is none, with the closest, where no candidate meets the objective', async () => {
    const ceilings = [{ spanMs: 10_000, most: 4 }]
    const { recommendation } = await question(asked([usual, bad]), { ceilings })
    expect(recommendation).toMatchObject({ kind: 'none', nearest: 1 })
  })

  it('cannot be told of quiet descriptors where there are none', async () => {
    const noisy = { loud: burst(1, 9), quiet: burst(1, 9) }
    const { recommendation } = await question(asked([noisy]), { quietRefused: 0.5, ceilings: [] })
    expect(recommendation?.kind).toBe('cannot-tell')
  })

  it('says how it hangs on the days, and not where they are too few', async () => {
    const objective = { quietRefused: 0, ceilings: [{ spanMs: 10_000, most: 60 }] }
    // A tighter limit protects more on any day, so that today's is compared with a wider one only.
    const few = await question(asked([usual, bad]), objective, [40])
    expect(few.recommendation).toMatchObject({ sensitivity: { kind: 'cannot-tell', days: 2, daysNeeded: 5 } })
    const week = [usual, usual, usual, bad, usual, usual, usual]
    const { recommendation } = await question(asked(week), objective, [40])
    if (recommendation?.kind !== 'chosen' || recommendation.sensitivity.kind !== 'told')
      throw new Error('told')
    const { choices, draws, days } = recommendation.sensitivity
    expect({ draws, days }).toEqual({ draws: 1000, days: 7 })
    // Without the bad day both do the same, and the first is today's: (6/7)^7 is 34 %.
    expect(choices.map(({ candidate }) => candidate)).toEqual([1, 0])
    expect(choices[1]?.share).toBeGreaterThan(0.28)
    expect(choices[1]?.share).toBeLessThan(0.4)
    const again = await question(asked(week), objective, [40])
    expect(again.recommendation).toEqual(recommendation)
  })

  it('adds up days to what was replayed', async () => {
    const tuning = await question(asked([usual, bad, usual]), { ceilings: [] })
    for (const each of tuning.replayed) {
      const once = weigh(each, tuning.asked, [1, 1, 1])
      expect(once).toMatchObject({
        refused: each.refused,
        asked: each.accepted + each.refused,
        worst: each.worstWindow,
      })
      expect(weigh(each, tuning.asked, [0, 2, 0])).toMatchObject({ asked: 2 * 62, worst: once.worst })
    }
  })
})

describe('who is quiet', () => {
  it('never asked for more within any stretch, and carries the scope', () => {
    const demand = asked([{ loud: [0, 1, 2, 20], quiet: [0, 1, 10.9, 11] }])
    // Exactly ten seconds later the first no longer counts.
    expect([...quietDescriptors(demand, 'caller', { most: 2, spanMs: 10_000 })]).toEqual([0, 1])
    expect([...quietDescriptors(demand, 'caller', { most: 3, spanMs: 10_000 })]).toEqual([1, 1])
    expect([...quietDescriptors(demand, 'nobody', { most: 9, spanMs: 10_000 })]).toEqual([0, 0])
  })

  it('is by default who stays within half of the tightest limit that applies', () => {
    const demand = asked([usual])
    const limits = [limit('caller', 300), limit('all', 50, 1_000), limit('elsewhere', 1)]
    expect(quietBoundOf(demand, limits, 'caller')).toEqual({ most: 150, spanMs: 10_000 })
  })
})

describe('a capacity', () => {
  it('bounds every ten seconds', () => {
    expect(capacityCeiling(12.5)).toEqual({ most: 125, spanMs: 10_000 })
  })
})

describe('a calendar', () => {
  it('has every day, those without requests too, and refuses a demand that has none', () => {
    const demand = asked([usual, { loud: [], quiet: [] }, usual])
    const { days, asked: perSlice } = calendarOf(demand, 10)
    expect({ days, all: perSlice.reduce((sum, each) => sum + each, 0) }).toEqual({
      days: 3,
      all: demand.count,
    })
    expect(() => calendarOf(emptyDemand([], 0), 10)).toThrow(RangeError)
  })
})
