import { expect, test } from 'vitest'
import type { TargetConfigInput } from '../../lib/target/index.ts'
import { startedWithClock } from './started.ts'

/** What refusals say in a window of a minute, of which 40.5 s and then 40.4 s are left: of alerts, and of the API. */
async function told(config: TargetConfigInput): Promise<(string | null)[]> {
  const windowed = { limit: 1, windowMs: 60_000, phaseMs: 40_000 }
  const { alert, api, integration, clock } = await startedWithClock({
    ...config,
    limits: { integration: windowed, apiKey: windowed },
  })
  const { link } = await integration()
  await alert(link)
  clock.nowUs += 19_500_000
  const texts: (string | null)[] = []
  for (let n = 0; n < 2; n++) {
    for (const { status, headers } of [await alert(link), await api('GET', 'users/current/')]) {
      expect(status).toBe(429)
      texts.push(headers.get('retry-after'))
    }
    clock.nowUs += 100_000
  }
  return texts
}

const twice = (first: string, second: string) => [first, first, second, second]

// The clock stands at 08:11:40, where a window begins.
const end = 'Mon, 23 Nov 2026 08:12:40 GMT'

test.each<[string, TargetConfigInput, string[]]>([
  ['by itself', {}, twice('41', '41')],
  ['retryAfter.form http-date', { retryAfter: { form: 'http-date' } }, twice(end, end)],
  ['milliseconds', { faults: { retryAfter: { form: 'milliseconds' } } }, twice('40500', '40400')],
  ['epoch', { faults: { retryAfter: { form: 'epoch' } } }, twice('1795421560', '1795421560')],
  ['fraction', { faults: { retryAfter: { form: 'fraction' } } }, twice('40.500', '40.400')],
  ['too early', { faults: { retryAfter: { times: 0.5 } } }, twice('21', '21')],
  ['too late', { faults: { retryAfter: { times: 2 } } }, twice('81', '81')],
  [
    'too late, as a date',
    { retryAfter: { form: 'http-date' }, faults: { retryAfter: { times: 2 } } },
    twice('Mon, 23 Nov 2026 08:13:21 GMT', 'Mon, 23 Nov 2026 08:13:21 GMT'),
  ],
])('%s', async (_, config, expected) => {
  expect(await told(config)).toEqual(expected)
})

test('retryAfter.jitter: each is told another wait, none a shorter one than is true', async () => {
  const waits = (await told({ retryAfter: { jitter: 0.5 } })).map(Number)
  expect(new Set(waits).size).toBeGreaterThan(1)
  for (const wait of waits) {
    expect(wait).toBeGreaterThanOrEqual(41)
    expect(wait).toBeLessThanOrEqual(61)
  }
})

test('where no wait would help, none is told in any form', async () => {
  const { alert, integration } = await startedWithClock({
    limits: { integration: { limit: 0 } },
    faults: { retryAfter: { form: 'epoch', times: 2 } },
  })
  const { status, headers } = await alert((await integration()).link)
  expect([status, headers.has('retry-after')]).toEqual([429, false])
})
