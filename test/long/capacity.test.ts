import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CapacityDocument, highestRatePerSecond } from '../../lib/capacity/index.ts'
import { questionOf, searchAt } from '../capacity/search-at-queue.ts'
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
    const searches = 200
    let wrong = 0
    for (let seed = 1; seed <= searches; seed++) {
      const { answer } = await searchAt(queue, questionOf(percentile, boundMs, seed), seed)
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
