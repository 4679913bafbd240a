import { expect, test } from 'vitest'
import { discoverHidden, limitsOf, mistakesOf } from '../discover/simulated.ts'

// A counter behind another that cuts its first burst, where nothing says who refused: what it let through looks
// like no limiter, and only its pace tells of it.

const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)

test.each([0, 1, 2, 3].flatMap((k) => [5, 20].map((slowestMs) => ({ seed: first + k, slowestMs }))))(
  'a counter is found behind another: seed $seed, answers within $slowestMs ms',
  async ({ seed, slowestMs }) => {
    const limits = {
      integration: { limit: 305, windowMs: 4_000 },
      organization: { limit: 198, windowMs: 2_000 },
      apiKey: { limit: 60, windowMs: 4_000 },
    }
    const spec = limitsOf({
      integration: { limit: 300, windowMs: 4_000 },
      organization: { limit: 500, windowMs: 4_000 },
    })
    const hidden = { algorithm: 'sliding-counter', limits, namesRefuser: false, slowestMs, seed } as const
    const { measured } = await discoverHidden(hidden, undefined, spec)
    expect(mistakesOf(hidden, measured)).toEqual([])
    expect(measured.map(({ as }) => (as === 'likely' ? 'proven' : as))).toEqual(['proven', 'proven'])
  },
)
