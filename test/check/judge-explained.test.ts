import { expect, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { judgeExplained } from '../../lib/check/judge-explained.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { drawTraffic, seededRandom, simulate } from '../../lib/simulate/index.ts'
import { algorithms, type Limit, limitSchema } from '../../lib/spec/index.ts'

const windowMs = 1_000

/** A limit of `most` as an algorithm would enforce it. */
function limitOf(most: number, algorithm: Limit['algorithm']): Limit {
  return limitSchema.parse({
    name: 'the limit',
    scope: 'key',
    limit: most,
    window: `${windowMs}ms`,
    algorithm,
  })
}

const kinds = ['never-reached', 'pass', 'rivals']

test('says the same as the whole judgement of what a correct limiter answers', async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = seededRandom(seed)
  const seen = new Map<string, number>()
  const allSeen = () => kinds.every((kind) => seen.has(kind))
  for (let n = 0; n < 48 || (n < 1_000 && !allSeen()); n++) {
    const algorithm = algorithms[n % algorithms.length] as (typeof algorithms)[number]
    const limit = limitOf(1 + Math.floor(random() * 6), random() < 0.5 ? [algorithm] : [...algorithms])
    const model = createLimiter(algorithm, { limit: limit.limit, windowUs: windowMs * 1000, phaseUs: 0 })
    let state = model.init()
    const arrivals = drawTraffic(
      { limit: limit.limit, windowMs, keys: ['a'], highestCost: random() < 0.3 ? 2 : 1 },
      random,
    ).slice(0, Math.floor(random() * 150))
    if (arrivals.length === 0) continue
    const latencyMs = random() < 0.5 ? 0 : 10
    const { history } = await simulate(
      () => (_, cost, nowMs) => {
        const allowed = model.admits(state, nowMs * 1000, cost)
        if (allowed) state = model.charge(state, nowMs * 1000, cost)
        return allowed
      },
      arrivals,
      { latencyMs: () => random() * latencyMs },
      random,
      'key',
    )
    const spec = { limits: [limit], clockDriftPpm: 0 }
    const [whole] = judge(history, spec).limits
    const [quick] = judgeExplained(history, spec)
    // A witness that is in hand need not be found by the judge.
    if (whole?.reason === 'unexplained') continue
    expect({ n, quick: quick ?? 'pass' }, `seed ${seed}`).toEqual({
      n,
      quick: whole?.verdict === 'pass' ? 'pass' : whole?.reason,
    })
    seen.set(quick ?? 'pass', (seen.get(quick ?? 'pass') ?? 0) + 1)
  }
  // Each of them came up, or nothing was compared.
  expect([...seen.keys()], `seed ${seed}`).toEqual(expect.arrayContaining(kinds))
})
