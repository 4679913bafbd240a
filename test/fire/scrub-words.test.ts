import { expect, it } from 'vitest'
import { createWordScrubber } from '../../lib/fire/scrub-words.ts'

it('blacks secrets out of what a response says about limits, in each form, and leaves the rest as it is', () => {
  const scrub = createWordScrubber(['a/key', 'a/key-and-more', ''])
  const said = {
    limitedBy: 'client',
    headers: { ratelimit: '"a/key-and-more";r=0', 'x-ratelimit-limit': '3' },
  }
  expect(scrub(said)).toEqual({
    limitedBy: 'client',
    headers: { ratelimit: '"***";r=0', 'x-ratelimit-limit': '3' },
  })
  expect(scrub({ retryAfter: '1; a%2Fkey' })).toEqual({ retryAfter: '1; ***' })
  const harmless = { retryAfter: '1', headers: { ratelimit: '"a";r=0' } }
  expect(scrub(harmless)).toBe(harmless)
})

it('blacks out what a page makes of a secret, whichever way it writes quotes', () => {
  const scrub = createWordScrubber([`a<"b">&'c'`])
  const written = [
    'a&lt;&quot;b&quot;&gt;&amp;&#39;c&#39;',
    `a&lt;&#34;b&#34;&gt;&amp;&#x27;c&#x27;`,
    `a&lt;"b"&gt;&amp;'c'`,
  ]
  for (const retryAfter of written) expect(scrub({ retryAfter })).toEqual({ retryAfter: '***' })
  expect(scrub({ retryAfter: 'a&lt;b' })).toEqual({ retryAfter: 'a&lt;b' })
})
