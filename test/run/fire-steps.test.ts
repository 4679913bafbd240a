import { describe, expect, it } from 'vitest'
import type { Objective } from '../../lib/capacity/index.ts'
import { defaultOutcomeRule, type HistoryRecord } from '../../lib/history/index.ts'
import { type Plan, profiles, scheduleOf } from '../../lib/plan/index.ts'
import type { Site } from '../../lib/run/conduct.ts'
import { type Course, measureRefusing, searchRates } from '../../lib/run/index.ts'

const startedAtMs = 1_800_000_000_000
const objective: Objective = { latency: [{ percentile: 90, boundMs: 50 }] }
const traffic = {
  descriptors: [
    { name: 'A', scopes: { integration: 'A' }, kind: 'alert' as const },
    { name: 'B', scopes: { integration: 'B' }, kind: 'alert' as const },
    { name: 'A', scopes: { integration: 'A' }, kind: 'alert' as const },
  ],
  shape: profiles.steady,
  arrivals: 'poisson' as const,
  seed: 7,
}

/** A site that answers at once, as it is told to. */
function siteOf(
  answer: (plan: Plan, turn: number) => { status: number; durationMs: number },
  kind = 'finished',
) {
  const plans: Plan[] = []
  const stop = new AbortController()
  const site: Site = {
    bindings: { descriptors: {}, secrets: [] },
    signal: stop.signal,
    record: () => {},
    async fire(plan, onRecord) {
      plans.push(plan)
      const [load] = plan.loads as [NonNullable<Plan['loads']>[number]]
      for (const [turn, dueMs] of scheduleOf(load).entries()) {
        const descriptor = load.descriptors[turn % load.descriptors.length] as string
        const sent = startedAtMs + dueMs
        const { status, durationMs } = answer(plan, turn)
        const record = { descriptor, sent, received: sent + durationMs, status, durationMs }
        onRecord({ ...record, request: `${plans.length}-l0.${turn}` } as HistoryRecord)
      }
      const ended = {
        startedAtMs,
        endedAtMs: startedAtMs + plan.deadlineMs,
        settledWatches: [],
        loadsStartedAtMs: [startedAtMs],
        cpu: undefined,
        lostLines: 0,
      }
      return { reason: kind, outcome: { kind: 'finished', ...ended } } as Course
    },
  }
  return { site, plans, stop }
}

const common = { traffic, spec: { outcomes: defaultOutcomeRule } }
const bounds = {
  startPerSecond: 100,
  mostPerSecond: 1_000,
  leastPerSecond: 1,
  resolution: 0.2,
  mostFirings: 10,
  budgetMs: 60_000,
  longestStepMs: 8_000,
  shortestMs: 2_000,
}

describe('a search that fires at a site', () => {
  it('has a plan for each step, notes it, and keeps to the requests that it may send', async () => {
    const { site, plans } = siteOf(() => ({ status: 200, durationMs: 5 }))
    const question = { objective, confidence: 0.95, bounds }
    const searching = searchRates({ ...common, question, maxRequests: 700 })
    const course = await searching.conduct(site)
    expect(course.reason).toBe('finished')
    const { firings = [], answer, steps } = searching.searched ?? {}
    expect(firings.map(({ number, ratePerSecond, seed }) => [number, ratePerSecond, seed])).toEqual([
      [1, 100, 7],
      [2, 200, 8],
    ])
    expect(firings.reduce((sum, { requests }) => sum + requests, 0)).toBeLessThanOrEqual(700)
    expect(answer).toMatchObject({ metPerSecond: 200, end: 'requests' })
    expect(steps?.map(({ verdict }) => verdict)).toEqual(['met', 'met'])
    for (const plan of plans) {
      expect(plan.descriptors.map(({ name }) => name)).toEqual(['A', 'B'])
      expect(plan.loads?.[0]?.descriptors).toEqual(['A', 'B', 'A'])
      expect(plan.maxRequests).toBe(scheduleOf(plan.loads?.[0] as NonNullable<Plan['loads']>[number]).length)
    }
  })

  it('says how it ended where the target cannot be reached any more', async () => {
    const { site } = siteOf(() => ({ status: 200, durationMs: 5 }), 'unreachable')
    const searching = searchRates({
      ...common,
      question: { objective, confidence: 0.95, bounds },
      maxRequests: 1e6,
    })
    expect((await searching.conduct(site)).reason).toBe('unreachable')
    expect(searching.searched?.answer).toMatchObject({
      end: 'broken-off',
      reasons: ['The run could not be carried on.'],
    })
  })

  it('measures refusing at half the limit, and at ten times it', async () => {
    const { site, plans } = siteOf((plan, turn) =>
      plan.maxRequests > 500 && turn % 10 > 0
        ? { status: 429, durationMs: 1 }
        : { status: 200, durationMs: 9 },
    )
    const measuring = measureRefusing({
      ...common,
      objective,
      maxRequests: 1e6,
      limitPerSecond: 100,
      durationMs: 2_000,
      confidence: 0.95,
    })
    await measuring.conduct(site)
    expect(plans.map(({ maxRequests }) => maxRequests)).toEqual([100, 2_000])
    expect(measuring.measured?.refusing).toMatchObject({
      below: { count: 100, p50Ms: 9 },
      accepted: { count: 200, p99Ms: 9 },
      limited: { count: 1_800, p99Ms: 1 },
      share: 0.9,
      kept: { verdict: 'met' },
    })
  })
})
