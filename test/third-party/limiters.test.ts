import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import type { History } from '../../lib/history/index.ts'
import type { LimitResult } from '../../lib/result/index.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'
import { fireAt } from './fire-at.ts'
import {
  type Enforced,
  type StartServer,
  withExpressRateLimit,
  withFastifyRateLimit,
  withHonoRateLimiter,
  withRateLimiterFlexible,
  withTokenBucket,
} from './servers.ts'

interface Case {
  name: string
  start: StartServer
  enforced: Enforced
  /** What its rule is. */
  algorithm: Algorithm
  /** What its rule is not. */
  others: readonly Algorithm[]
}

const allButFirstHit: readonly Algorithm[] = [
  'fixed-window',
  'sliding-log',
  'sliding-counter',
  'token-bucket',
  'gcra',
]

const cases: readonly Case[] = [
  {
    name: 'express-rate-limit on Express',
    start: withExpressRateLimit,
    enforced: { limit: 20, windowMs: 1_500 },
    algorithm: 'first-hit-window',
    others: allButFirstHit,
  },
  {
    name: 'rate-limiter-flexible',
    start: withRateLimiterFlexible,
    enforced: { limit: 30, windowMs: 1_500 },
    algorithm: 'first-hit-window',
    others: allButFirstHit,
  },
  {
    name: '@fastify/rate-limit on Fastify',
    start: withFastifyRateLimit,
    enforced: { limit: 12, windowMs: 1_500 },
    algorithm: 'first-hit-window',
    others: allButFirstHit,
  },
  {
    name: 'hono-rate-limiter on Hono',
    start: withHonoRateLimiter,
    enforced: { limit: 25, windowMs: 1_200 },
    algorithm: 'first-hit-window',
    others: allButFirstHit,
  },
  {
    name: 'the token bucket of limiter',
    start: withTokenBucket,
    enforced: { limit: 20, windowMs: 1_500 },
    algorithm: 'token-bucket',
    others: ['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter'],
  },
]

function verdictOn(history: History, { limit, windowMs }: Enforced, algorithm: Algorithm): LimitResult {
  const spec = specSchema.parse({
    limits: [{ name: 'requests', scope: 'apiKey', limit, window: `${windowMs}ms`, algorithm }],
  })
  return judge(history, spec).limits[0] as LimitResult
}

describe.each(cases)('$name', ({ start, enforced, algorithm, others }) => {
  let recorded: History | undefined
  const verdicts: string[] = []
  const { limit, windowMs } = enforced

  // A machine that stalls makes a run inconclusive, or one that another algorithm explains as well, and rightly so:
  // then it is recorded anew.
  it('passes as what it is', { retry: 2 }, async () => {
    const server = await start(enforced)
    try {
      recorded = await fireAt(server.url, enforced)
    } finally {
      await server.close()
    }
    const { verdict, explanation, explainedBy } = verdictOn(recorded, enforced, algorithm)
    verdicts.push(verdict)
    expect({ verdict, explanation }).toMatchObject({ verdict: 'pass' })
    expect(explainedBy?.map((by) => by.algorithm)).toEqual([algorithm])
    const explaining = others.filter(
      (other) => verdictOn(recorded as History, enforced, other).verdict === 'pass',
    )
    expect(explaining).toEqual([])
  })

  it('is never refuted as what it is, however often it is recorded', () => {
    expect(verdicts.length).toBeGreaterThan(0)
    expect(verdicts).not.toContain('fail')
  })

  it.each([
    ['with one more', { limit: limit + 1, windowMs }, algorithm],
    ['with one less', { limit: limit - 1, windowMs }, algorithm],
    ['in a longer window', { limit, windowMs: windowMs * 1.2 }, algorithm],
    ['in a shorter window', { limit, windowMs: windowMs * 0.8 }, algorithm],
    ...others.map((other) => [`as a ${other}`, enforced, other] as const),
  ] as const)('fails %s', (_, claimed, as) => {
    const { verdict, explanation, certificate } = verdictOn(recorded as History, claimed, as)
    expect({ verdict, explanation }).toMatchObject({ verdict: 'fail' })
    expect(certificate?.records.length).toBeGreaterThan(0)
  })
})
