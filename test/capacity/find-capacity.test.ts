import { describe, expect, it } from 'vitest'
import { findCapacity, highestRatePerSecond, judgeAgain, type Observation } from '../../lib/capacity/index.ts'
import { Met } from '../../lib/capacity/observation.ts'
import { bounds, questionOf, searchAt } from './search-at-queue.ts'
import { fireAtQueue } from './simulated-queue.ts'

const cases = [
  { queue: { servers: 4, serviceMs: 5 }, percentile: 95, boundMs: 50 },
  { queue: { servers: 1, serviceMs: 2 }, percentile: 90, boundMs: 20 },
]

describe('the capacity of a queue whose capacity is known', () => {
  it.each(cases)('lies between the ends for %o', async ({ queue, percentile, boundMs }) => {
    const theory = highestRatePerSecond(queue, percentile, boundMs)
    const seeds = 10
    let wrong = 0
    const off: number[] = []
    for (let seed = 1; seed <= seeds; seed++) {
      const { answer, steps } = await searchAt(queue, questionOf(percentile, boundMs, seed), seed)
      const { metPerSecond = 0, missedPerSecond = Number.POSITIVE_INFINITY, nearPerSecond } = answer
      if (metPerSecond > theory || missedPerSecond < theory) wrong++
      off.push(Math.abs(Math.log((nearPerSecond as number) / theory)))
      expect(metPerSecond).toBeGreaterThan(theory * 0.6)
      expect(missedPerSecond).toBeLessThan(theory * 1.7)
      expect(steps.length).toBeLessThanOrEqual(16)
    }
    // 5 % may be; test/long/capacity.test.ts counts them over many more searches.
    expect(wrong).toBeLessThanOrEqual(1)
    const middle = off.toSorted((one, other) => one - other)[seeds / 2] as number
    expect(middle).toBeLessThan(0.1)
  })
})

describe('a search', () => {
  const objective = { latency: [{ percentile: 95, boundMs: 50 }] }
  const queue = { servers: 4, serviceMs: 5 }

  it('says "above" where it may go no higher', async () => {
    const few = { ...bounds, mostPerSecond: 300 }
    const { answer } = await searchAt(queue, { objective, confidence: 0.95, bounds: few }, 1)
    expect(answer).toMatchObject({ metPerSecond: 300, end: 'most-rate' })
    expect(answer.missedPerSecond).toBeUndefined()
    expect(answer.reasons).toEqual(['It fired at no more than 300/s, which was the highest rate allowed.'])
  })

  it('says "below" where nothing is met', async () => {
    const { answer } = await searchAt(
      { servers: 1, serviceMs: 500 },
      { objective, confidence: 0.95, bounds },
      1,
    )
    expect(answer.metPerSecond).toBeUndefined()
    expect(answer.missedPerSecond).toBeLessThan(50)
    expect(answer.end).toBe('least-rate')
  })

  it('proves a single rate, or refutes it', async () => {
    const question = { objective, confidence: 0.95, bounds }
    const taken = await searchAt(queue, { ...question, atLeastPerSecond: 500 }, 1)
    expect(taken.steps.map(({ verdict, ratePerSecond }) => [verdict, ratePerSecond])).toEqual([['met', 500]])
    const refused = await searchAt(queue, { ...question, atLeastPerSecond: 900 }, 1)
    expect(refused.steps.map(({ verdict, ratePerSecond }) => [verdict, ratePerSecond])).toEqual([
      ['missed', 900],
    ])
  })

  it('is found again from what was seen, and no further than that', async () => {
    const question = { objective, confidence: 0.95, bounds }
    const seen: Observation[] = []
    const found = await findCapacity(question, async ({ ratePerSecond, durationMs }) => {
      seen.push(fireAtQueue(queue, ratePerSecond, durationMs, seen.length + 1))
      return { kind: 'observed', observation: seen.at(-1) as Observation }
    })
    expect(found.answer).toMatchObject({ end: 'found', missedPerSecond: expect.any(Number) })
    expect(judgeAgain(question, seen, 'records')).toEqual(found)
    const { answer } = judgeAgain(question, seen.slice(0, 2), 'records')
    expect(answer.missedPerSecond).toBeUndefined()
    expect(answer.reasons[0]).toBe('The records end here: judged again, the search would have gone on.')
  })

  it('does not blame the target for a client that is late', async () => {
    const late = async ({ ratePerSecond, durationMs }: { ratePerSecond: number; durationMs: number }) => {
      const seen = fireAtQueue({ servers: 1_000, serviceMs: 1 }, ratePerSecond, durationMs, 1)
      // From 400 a second on the client needs ever longer, and what it measures as well.
      const addedMs = ratePerSecond > 400 ? 200 : 0
      const observation = {
        ...seen,
        sentMs: seen.dueMs.map((ms) => ms + addedMs),
        latencyMs: seen.latencyMs.map((ms) => ms + addedMs),
      }
      return { kind: 'observed' as const, observation }
    }
    const { answer } = await findCapacity({ objective, confidence: 0.95, bounds }, late)
    expect(answer.missedPerSecond).toBeUndefined()
    expect(answer.metPerSecond).toBeGreaterThanOrEqual(350)
    expect(answer.end).toBe('client')
    expect(answer.reasons[0]).toMatch(/the client was the bottleneck, so nothing is said about the target/)
  })

  it('stops where a limit refuses, and claims nothing about the target', async () => {
    const { answer, steps } = await findCapacity({ objective, confidence: 0.95, bounds }, async (firing) => {
      const observation = fireAtQueue(queue, firing.ratePerSecond, firing.durationMs, 1)
      // All beyond 150 a second is refused, at once.
      observation.met.forEach((_, k) => {
        if (firing.ratePerSecond > 150 && k % 4 === 0) observation.met[k] = Met.limited
      })
      return { kind: 'observed', observation }
    })
    expect(steps).toHaveLength(3)
    expect(answer).toMatchObject({ metPerSecond: 100, end: 'limited' })
    expect(answer.missedPerSecond).toBeUndefined()
    expect(answer.reasons).toEqual([expect.stringMatching(/^At 200\/s a limit refused 25 % of the requests/)])
  })

  it('stops when it is interrupted, with what it has', async () => {
    let firings = 0
    const { answer, steps } = await findCapacity({ objective, confidence: 0.95, bounds }, async (firing) =>
      ++firings > 3
        ? { kind: 'ended', end: 'interrupted' }
        : {
            kind: 'observed',
            observation: fireAtQueue(queue, firing.ratePerSecond, firing.durationMs, firings),
          },
    )
    expect(steps).toHaveLength(3)
    expect(answer).toMatchObject({ end: 'interrupted', metPerSecond: steps.at(-1)?.ratePerSecond })
  })
})
