import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { smallIntegrations } from '../simulation/small-integrations.ts'

// The organization is filled through many integrations that let little through themselves.

describe('an organization of many small integrations', () => {
  const algorithms: Algorithm[] = ['fixed-window', 'first-hit-window', 'sliding-log', 'gcra']
  it.each(algorithms)('is brought to its limit, and passes as %s', (algorithm) => {
    for (const limits of [
      { integration: 20, organization: 300 },
      { integration: 10, organization: 500 },
    ]) {
      const { history, spec } = smallIntegrations(limits, algorithm, 1)
      const said = judge(history, spec).limits.map(({ name, verdict }) => `${name}: ${verdict}`)
      expect(said).toEqual([
        'alerts per integration: pass',
        'alerts per organization: pass',
        'API requests per API key: pass',
      ])
    }
  })
})

test('a hundred sliding counters that share their requests are judged in little memory', async () => {
  const worker = new Worker(new URL('./judge-many-limiters.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 600 },
  })
  const judged = once(worker, 'message')
  // One that runs out of memory ends with an error instead.
  const [verdicts] = await judged
  expect(verdicts).toHaveLength(3)
  expect(verdicts).not.toContain('fail')
})
