import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CapacityDocument, findCapacity, highestRatePerSecond } from '../../lib/capacity/index.ts'
import { fireAtQueue } from '../capacity/simulated-queue.ts'
import { onset } from '../cli/onset.ts'

const cases = [
  { queue: { servers: 4, serviceMs: 5 }, percentile: 95, boundMs: 50 },
  { queue: { servers: 1, serviceMs: 2 }, percentile: 90, boundMs: 20 },
  { queue: { servers: 16, serviceMs: 20 }, percentile: 95, boundMs: 100 },
  { queue: { servers: 4, serviceMs: 10 }, percentile: 99, boundMs: 100 },
]

describe('the capacity that a search finds', () => {
  it.each(cases)('is wrong no more often than it says, for %o', async ({ queue, percentile, boundMs }) => {
    const theory = highestRatePerSecond(queue, percentile, boundMs)
    const objective = { latency: [{ percentile, boundMs }] }
    const searches = 200
    let wrong = 0
    for (let seed = 1; seed <= searches; seed++) {
      const bounds = {
        startPerSecond: 40 + ((seed * 17) % 40),
        mostPerSecond: 100_000,
        leastPerSecond: 1,
        resolution: 0.2,
        mostFirings: 16,
        budgetMs: 3_600_000,
        longestStepMs: 60_000,
        shortestMs: 2_000,
      }
      let firings = 0
      const { answer } = await findCapacity({ objective, confidence: 0.95, bounds }, async (firing) => ({
        kind: 'observed',
        observation: fireAtQueue(queue, firing.ratePerSecond, firing.durationMs, 1_000 * seed + firings++),
      }))
      const { metPerSecond = 0, missedPerSecond = Number.POSITIVE_INFINITY } = answer
      if (metPerSecond > theory || missedPerSecond < theory) wrong++
    }
    console.log(`${wrong} of ${searches} searches were wrong, where ${0.05 * searches} may be`)
    expect(wrong).toBeLessThanOrEqual(0.05 * searches)
  })

  it('of the embedded target is the one of queueing theory, within 5 %', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onset-capacity-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const bounds = [
      '--start-rate',
      '400',
      '--step',
      '3m',
      '--budget',
      '12m',
      '--steps',
      '24',
      '--resolution',
      '8%',
    ]
    const out = join(folder, 'run')
    const { stdout } = await onset(['capacity', '--json', '--no-second-opinion', ...bounds, '--out', out])
    const { answer, objective } = JSON.parse(stdout) as CapacityDocument
    console.log(JSON.stringify(answer))
    expect(objective).toBe('p95 < 100ms, errors < 1%')
    const theory = highestRatePerSecond({ servers: 16, serviceMs: 20 }, 95, 100)
    expect(answer.metPerSecond).toBeLessThanOrEqual(theory)
    expect(answer.missedPerSecond).toBeGreaterThanOrEqual(theory)
    expect(Math.abs((answer.nearPerSecond as number) / theory - 1)).toBeLessThan(0.05)
    expect(JSON.parse(readFileSync(join(out, 'capacity.json'), 'utf8')).answer).toEqual(answer)
  })
})
