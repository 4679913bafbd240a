import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CapacityDocument, highestRatePerSecond } from '../../lib/capacity/index.ts'
import { questionOf, searchAt } from '../capacity/search-at-queue.ts'
import { onset, served } from '../cli/onset.ts'

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

  it('is looked for with more integrations than a key can make within its limit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onset-capacity-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const windowMs = 10_000
    const config = join(folder, 'serve.json')
    writeFileSync(config, JSON.stringify({ limits: { organization: null, apiKey: { limit: 50, windowMs } } }))
    const { url, apiKey } = await served(['--config', config])
    const spec = join(folder, 'spec.yaml')
    writeFileSync(
      spec,
      `target: {url: "${url}", apiKey: "\${KEY}", dedicated: true}
limits: [{name: requests, scope: apiKey, limit: 50, window: ${windowMs / 1000}s}]
`,
    )
    const asked = [
      '--at-least',
      '20',
      '--step',
      '5s',
      '--integrations',
      '30',
      '--no-second-opinion',
      '--json',
    ]
    const run = ['capacity', spec, ...asked, '--out', join(folder, 'run')]
    const { stdout, stderr } = await onset(run, { env: { KEY: apiKey } })
    const said = stderr.replaceAll('\n', ' ')
    expect(said).toContain('To make 30 integrations takes at most 92 API requests with apiKey')
    expect(said).toContain('So as not to use up the limit of the API key, this goes on in')
    const document = JSON.parse(stdout) as CapacityDocument
    expect(document.steps[0]).toMatchObject({ limited: 0, failed: 0 })
    // Nothing was refused on the way, and nothing is left.
    expect(document.warnings).toEqual([])
    const history = readFileSync(join(folder, 'run', 'history.ndjson'), 'utf8')
    expect(history).not.toContain('"status":429')
    const listed = await fetch(`${url}/api/v1/integrations/`, { headers: { authorization: apiKey } })
    expect(await listed.json()).toMatchObject({ count: 0 })
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
