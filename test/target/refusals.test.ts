import { expect, test } from 'vitest'
import { parseTargetConfig, type TargetConfigInput } from '../../lib/target/index.ts'
import type { Reply } from './client.ts'
import { startedWithClock } from './started.ts'

const windowed = { limit: 1, windowMs: 50_000 }
const words = 'Too many alerts from this integration: 1 in 50s allowed.'

const seen = ({ status, headers, body }: Reply) => ({
  status,
  words: body?.detail,
  retryAfter: headers.get('retry-after'),
  age: headers.get('age'),
  cache: headers.get('x-cache'),
})

const refused = { status: 429, words, retryAfter: '50', age: null, cache: null }

test.each<[TargetConfigInput, object]>([
  [{}, {}],
  [{ refusalStatus: 503 }, { status: 503 }],
  [{ refusalStatus: 403 }, { status: 403 }],
  [{ faults: { emptyRefusals: true } }, { words: undefined }],
  [{ faults: { cachedRefusals: true } }, { age: '5', cache: 'HIT' }],
  [
    { faults: { emptyRefusals: true, cachedRefusals: true, hideRetryAfter: true } },
    {
      words: undefined,
      age: '5',
      cache: 'HIT',
      retryAfter: null,
    },
  ],
])('%j: how alerts and API requests are refused, and nothing else', async (config, differs) => {
  const { alert, api, integration } = await startedWithClock({
    ...config,
    limits: { integration: windowed, apiKey: windowed },
  })
  const { link } = await integration()
  const accepted = seen(await alert(link))
  expect(accepted).toEqual({ status: 200, words: 'Ok.', retryAfter: null, age: null, cache: null })
  expect(seen(await alert(link))).toEqual({ ...refused, ...differs })
  const { words: _, ...asked } = seen(await api('GET', 'users/current/'))
  expect({ words, ...asked }).toEqual({ ...refused, ...differs, words })
})

test('a refusal with another status is a mistake in the configuration', () => {
  expect(parseTargetConfig({ refusalStatus: 200 })).toMatchObject({
    valid: false,
    mistakes: [expect.stringMatching(/^refusalStatus: .*429/)],
  })
})
