import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowanceToMend } from '../../lib/check/mend/allowance-to-mend.ts'
import type { LogSchedule } from '../../lib/check/mend/log-schedule.ts'
import { mend } from '../../lib/check/mend/mend.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { Outcome } from '../../lib/history/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { type Component, drawnComponents, scheduleOf } from './scheduled.ts'

const one = [{ limit: 1, windowUs: 10 }]
/** Two at once, of which one log can let in one. */
const impossible = { logs: one, told: ['5-5 ok A', '5-5 ok A'] }

/** What is done about a component with so much work. */
function mended(component: Component, work = 100_000, seed = 1) {
  const schedule = scheduleOf(component)
  const begun = schedule.work
  const allowance = createAllowance(work)
  const found = mend(schedule, seededRandom(seed), allowance)
  return { found, schedule, used: work - allowance.left, done: schedule.work - begun }
}

/** The requests that get another answer than they got when they are decided in order. */
function answeredOtherwise(schedule: LogSchedule): number[] {
  const { outcome, meets, blamed } = schedule.requests
  const counted = schedule.logs.map((): number[] => [])
  return schedule.order().filter((i) => {
    const us = schedule.atUs[i] as number
    const met = meets[i] as readonly number[]
    const refuser = met.find((log) => {
      const { limit, windowUs } = schedule.logs[log] as LogSchedule['logs'][number]
      return (counted[log]?.filter((at) => at > us - windowUs).length ?? 0) >= limit
    })
    for (const log of met) if (schedule.isCounted(i, log)) counted[log]?.push(us)
    if (outcome[i] === Outcome.accepted) return refuser !== undefined
    return refuser === undefined || ((blamed[i] as number) >= 0 && refuser !== blamed[i])
  })
}

const [spanUs, longestUs] = [480, 100]
/** What two logs answered to requests that are under way for up to two and a half windows. */
function answered(seed: number): Component {
  const random = seededRandom(seed)
  const below = (count: number) => Math.floor(random() * count)
  const logs = [4, 6].map((limit) => ({ limit, windowUs: 40 }))
  const counted = logs.map((): number[] => [])
  const sent = Array.from({ length: 80 }, () => {
    const us = below(spanUs)
    const lo = Math.max(0, us - below(longestUs / 2))
    return { us, lo, hi: us + below(longestUs / 2), met: ['a', 'b', 'ab'][below(3)] as string }
  })
  const told = sent
    .sort((a, b) => a.us - b.us)
    .map(({ us, lo, hi, met }) => {
      const of = (log: string) => 'ab'.indexOf(log)
      const refuser = [...met].find(
        (log) =>
          (counted[of(log)] ?? []).filter((at) => at > us - 40).length >= (logs[of(log)]?.limit as number),
      )
      if (refuser !== undefined) return { lo, told: `${lo}-${hi} no ${met}@${refuser}` }
      for (const log of met) counted[of(log)]?.push(us)
      return { lo, told: `${lo}-${hi} ok ${met.toUpperCase()}` }
    })
  return { logs, told: told.sort((a, b) => a.lo - b.lo).map((request) => request.told) }
}

describe('mending a schedule', () => {
  it('does nothing where nothing is violated', () => {
    expect(mended({ logs: one, told: ['5-5 ok A', '6-6 no a'] })).toMatchObject({ found: true, used: 0 })
  })

  it('leaves a schedule that gives everyone the answer that they got, where it finds one', () => {
    // What counts in some of the logs that it meets may stand before its equals in one and after them in another.
    const components = drawnComponents({ requests: 8, spanUs: 10, longestUs: 5, countedAlike: true })
    fc.assert(
      fc.property(components, fc.nat(), (component, seed) => {
        const { found, schedule } = mended(component, 3_000, seed)
        expect(schedule.violated.size === 0).toBe(found)
        if (found) expect(answeredOtherwise(schedule)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('finds one where there is one, with little work for each request', () => {
    const all = Array.from({ length: 30 }, (_, k) => mended(answered(k + 1), 300_000))
    expect(all.filter(({ found }) => !found)).toEqual([])
    const work = all.reduce((sum, { used }) => sum + used, 0)
    expect(work / all.length / 80).toBeLessThan(100)
  })

  it('makes what it cannot put right weigh more, and nothing else', () => {
    // So little work is one step.
    expect(mended(impossible, 1).schedule.violated.weight).toBe(2)
    const { violated } = mended({ logs: one, told: ['1-1 ok A', '2-19 ok A'] }).schedule
    violated.set(1, true)
    expect(violated.weight).toBe(1)
  })

  it('takes what it has done from the work that is allowed', () => {
    const { found, used, done } = mended({ logs: one, told: ['1-9 ok A', '2-19 ok A'] })
    expect(found).toBe(true)
    expect(used).toBeGreaterThan(0)
    expect(used).toBe(done)
  })

  it('ends soon after the work that is allowed is done', () => {
    const { found, used } = mended(impossible, 1_000)
    expect(found).toBe(false)
    expect(used).toBeGreaterThanOrEqual(1_000)
    expect(used).toBeLessThan(1_100)
    expect(mended(impossible, 0)).toMatchObject({ found: false, used: 0 })
  })

  it('gives up after some thousands of steps in vain, each of which costs something', () => {
    const { found, used } = mended(impossible, 1e9)
    expect(found).toBe(false)
    expect(used).toBeGreaterThan(50_000)
    expect(used).toBeLessThan(500_000)
  })
})

it('may do more work the more requests there are, from some thousands on', () => {
  const [one, few, many, more] = [1, 1_000, 100_000, 1_000_000].map((count) => allowanceToMend(count).left)
  expect(few).toBe(one)
  expect(many).toBeGreaterThan(few as number)
  expect(more).toBe(10 * (many as number))
})
