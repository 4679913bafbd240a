import { describe, expect, it } from 'vitest'
import { blame } from '../../lib/check/blame.ts'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { judge } from '../../lib/check/index.ts'
import { asJudged } from '../../lib/check/judge.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { documentedLimits, documentedSpec, planOf, simulateOncall, type Truth } from '../simulation/oncall.ts'

// A tenth of what is documented shows the same as all of it, in a quarter of the time;
// ONSET_LIMITS_DIVIDED=1, as in the long run, judges limits as large as they are documented.
const divisor = Number(process.env.ONSET_LIMITS_DIVIDED ?? 10)
const limits = {
  integration: documentedLimits.integration / divisor,
  organization: documentedLimits.organization / divisor,
  apiKey: documentedLimits.apiKey / divisor,
}
const { integration, organization, apiKey } = limits
/** So little and so much that one onset is enough to tell: more than two windows let through. */
const tooLittle = Math.floor(0.94 * apiKey)
const tooMuch = Math.floor(2.14 * apiKey)

const algorithms: Algorithm[] = ['fixed-window', 'first-hit-window', 'sliding-log']
const specWith = (limit: Record<string, unknown> = {}) => documentedSpec(limit, limits)
const spec = specWith()
const verdictsOf = (truth: Truth, seed: number) =>
  Object.fromEntries(
    judge(simulateOncall(spec, truth, seed), spec).limits.map((limit) => [limit.scope, limit]),
  )

describe('a full run against limits that hold', () => {
  for (const algorithm of algorithms) {
    it(`passes a ${algorithm}, whatever the phases`, () => {
      for (let seed = 1; seed <= 6; seed++) {
        const judgement = judge(simulateOncall(spec, { algorithm }, seed), spec)
        const why = judgement.limits.map((limit) => `${limit.scope}: ${limit.explanation}`).join('\n')
        expect(judgement.verdict, `seed ${seed}\n${why}`).toBe('pass')
        for (const limit of judgement.limits) {
          expect(limit.onset?.acceptedBefore, `seed ${seed}, ${limit.name}`).toEqual([
            limit.limit,
            limit.limit,
          ])
          expect(limit.explainedBy?.map((e) => e.algorithm)).toContain(algorithm)
          expect(limit.rivals?.every(({ refuted }) => refuted)).toBe(true)
        }
        expect(judgement.assumptions.every(({ held }) => held)).toBe(true)
      }
    })
  }

  it('passes as large as they are documented', () => {
    const whole = documentedSpec()
    expect(judge(simulateOncall(whole, { algorithm: 'first-hit-window' }, 1), whole).verdict).toBe('pass')
  })

  it('passes with answers that take long enough to overlap', () => {
    expect(
      judge(simulateOncall(spec, { algorithm: 'first-hit-window', latencyMs: 20 }, 3), spec).verdict,
    ).toBe('pass')
  })
})

describe('a broken limit', () => {
  const broken: [string, Truth, string[]][] = [
    ['one less per integration', { integration: integration - 1 }, ['integration']],
    ['one more per integration', { integration: integration + 1 }, ['integration']],
    ['one less per organization', { organization: organization - 1 }, ['organization']],
    ['one more per organization', { organization: organization + 1 }, ['organization']],
    ['half as many more per organization', { organization: 1.5 * organization }, ['organization']],
    ['one more per key', { apiKey: apiKey + 1 }, ['apiKey']],
    ['a window of 9 s', { windowMs: 9_000 }, ['integration', 'organization', 'apiKey']],
    ['a window of 11 s', { windowMs: 11_000 }, ['integration', 'organization', 'apiKey']],
  ]
  for (const [name, truth, scopes] of broken) {
    for (const algorithm of algorithms) {
      it(`${name} as a ${algorithm} fails, and only what is broken`, () => {
        const judged = verdictsOf({ ...truth, algorithm }, 2)
        const failed = Object.keys(judged).filter((scope) => judged[scope]?.verdict === 'fail')
        expect(failed).toEqual(scopes)
        for (const scope of scopes) {
          const limit = judged[scope]
          expect(limit?.certificate?.records.length).toBeGreaterThan(0)
          const number = truth[scope as 'integration']
          if (number) expect(limit?.seen?.limits).toEqual([[number, number]])
        }
        const others = Object.values(judged).filter(({ scope }) => !scopes.includes(scope))
        expect(others.map(({ verdict }) => verdict)).toEqual(others.map(() => 'pass'))
      })
    }
  }

  it('says between which windows the real one lies', () => {
    for (const [windowMs, seconds] of [
      [9_000, 9],
      [11_000, 11],
    ] as const) {
      const ranges = verdictsOf({ windowMs }, 2).apiKey?.seen?.windowsSeconds ?? []
      expect(
        ranges.some(([from, to]) => from <= seconds && seconds <= (to ?? Number.POSITIVE_INFINITY)),
      ).toBe(true)
    }
  })
})

describe('what a history does not settle', () => {
  it('is inconclusive after one onset, with the rivals named', () => {
    const quick = planOf(spec, { quick: true })
    for (let seed = 1; seed <= 10; seed++) {
      const judgement = judge(simulateOncall(spec, {}, seed, quick), spec)
      expect(judgement.verdict, `seed ${seed}`).toBe('inconclusive')
      const left = judgement.limits.filter(({ verdict }) => verdict === 'inconclusive')
      for (const limit of left) expect(limit.whatWouldSettleIt?.length).toBeGreaterThan(0)
    }
  })

  it('still fails surely after one onset where too much or too little was let through', () => {
    const quick = planOf(spec, { quick: true })
    for (const truth of [{ apiKey: tooLittle }, { integration: tooLittle }, { apiKey: tooMuch }]) {
      expect(
        judge(simulateOncall(spec, { ...truth, algorithm: 'first-hit-window' }, 5, quick), spec).verdict,
      ).toBe('fail')
    }
  })

  it('is inconclusive where nothing was refused', () => {
    const judgement = judge(
      simulateOncall(spec, { integration: 9_999, organization: 99_999, apiKey: 9_999 }, 1),
      {
        ...spec,
        limits: spec.limits.map((limit) => ({ ...limit, limit: 99_999 })),
      },
    )
    expect(judgement.limits.map(({ reason }) => reason)).toEqual([
      'never-reached',
      'never-reached',
      'never-reached',
    ])
  })

  it('names three of the rivals that are left, and says how many there are beside', () => {
    const open = specWith({ limitedRequests: 'either' })
    const counts = [2, 3].flatMap((seed) => {
      const { limits } = judge(simulateOncall(open, {}, seed, planOf(open, { quick: true })), open)
      return limits.map(({ explanation = '', rivals = [] }) => {
        const left = rivals.filter(({ refuted }) => !refuted)
        const alike = left.map(({ algorithm, limit, windowSeconds, why }) => {
          // Those that differ only in how they round are named once.
          return [algorithm, limit, windowSeconds, why?.replace(/(one that| and) rounds up$/, '')].join()
        })
        const count = new Set(alike).size
        expect(explanation.match(/\d in [\d.]+ s as a/g)).toHaveLength(Math.min(3, count))
        if (count > 3) expect(explanation).toMatch(new RegExp(` and ${count - 3} more\\.$`))
        else expect(explanation).not.toContain(' more')
        expect(rivals.some(({ why }) => why === 'one that counts refused requests')).toBe(true)
        return count
      })
    })
    expect(Math.min(...counts)).toBeLessThanOrEqual(3)
    expect(Math.max(...counts)).toBeGreaterThan(3)
  })

  it('is inconclusive where a limit has no request at all', () => {
    const other = specWith()
    const more = { ...(other.limits[0] as (typeof other.limits)[number]), name: 'x', scope: 'team' }
    const judgement = judge(simulateOncall(spec, {}, 1), { ...other, limits: [...other.limits, more] })
    expect(judgement.limits.at(-1)?.reason).toBe('never-used')
  })

  it('does not pass a bucket as a window', () => {
    for (const algorithm of ['token-bucket', 'gcra'] as const) {
      expect(judge(simulateOncall(spec, { algorithm }, 1), spec).verdict).not.toBe('pass')
    }
  })
})

describe('a sliding counter', () => {
  it('is never failed, and mostly passed', { timeout: 120_000 }, () => {
    const verdicts = [1, 2, 3].flatMap((seed) =>
      Object.values(verdictsOf({ algorithm: 'sliding-counter' }, seed)).map(({ verdict }) => verdict),
    )
    expect(verdicts).not.toContain('fail')
    expect(verdicts.filter((verdict) => verdict === 'pass').length).toBeGreaterThan(verdicts.length / 2)
  })

  it('fails with another limit or window, and says which', () => {
    const more = organization + 1
    const judged = verdictsOf({ algorithm: 'sliding-counter', organization: more, windowMs: 10_000 }, 1)
    expect(judged.organization?.verdict).toBe('fail')
    expect(judged.organization?.seen).toMatchObject({
      limits: [[more, more]],
      algorithms: ['sliding-counter'],
    })
    expect(verdictsOf({ algorithm: 'sliding-counter', windowMs: 9_000 }, 1).apiKey?.verdict).toBe('fail')
  })
})

describe('a bucket that the spec names', () => {
  for (const algorithm of ['token-bucket', 'gcra'] as const) {
    const named = specWith({ algorithm: [algorithm] })

    it(`passes as a ${algorithm}`, () => {
      for (const seed of [1, 2]) {
        expect(judge(simulateOncall(named, { algorithm }, seed), named).verdict, `seed ${seed}`).toBe('pass')
      }
    })

    it(`fails as a ${algorithm} of another size or speed`, () => {
      for (const truth of [
        { apiKey: apiKey + 1 },
        { apiKey: apiKey - 1 },
        { windowMs: 9_000 },
        { windowMs: 11_000 },
      ]) {
        const judged = judge(simulateOncall(named, { algorithm, ...truth }, 1), named)
        expect(judged.limits[2]?.verdict, JSON.stringify(truth)).toBe('fail')
      }
    })
  }
})

describe('a bucket that the spec names, refilled at intervals', () => {
  /** The limit of the API key alone. */
  const named = (refillEvery?: string) => {
    const whole = specWith({ algorithm: 'token-bucket', refillEvery })
    return { ...whole, limits: whole.limits.filter(({ scope }) => scope === 'apiKey') }
  }

  // Whole, by halves, by a tenth, and three units at a time.
  it.each([10_000, 5_000, 1_000, 100])('passes, refilled every %i ms', (refillMs) => {
    const spec = named(`${refillMs}ms`)
    const judged = judge(simulateOncall(spec, { algorithm: 'token-bucket', refillMs }, 1), spec)
    expect(judged.verdict).toBe('pass')
    expect(judged.limits[0]?.explainedBy).toMatchObject([
      { algorithm: 'token-bucket', refillSeconds: refillMs / 1000 },
    ])
  })

  it.each([
    { apiKey: apiKey + 1 },
    { apiKey: apiKey - 1 },
    { windowMs: 9_000, refillMs: 900 },
    { windowMs: 11_000, refillMs: 1_100 },
    { refillMs: 2_000 },
    { refillMs: undefined },
  ])('fails as another one: %o', (truth) => {
    const spec = named('1s')
    const history = simulateOncall(spec, { algorithm: 'token-bucket', refillMs: 1_000, ...truth }, 1)
    const [judged] = judge(history, spec).limits
    expect(judged?.verdict).toBe('fail')
    expect(judged?.certificate?.why).toContain('a token bucket that is refilled every 1 s')
  })

  it('fails as one that is refilled all the time', () => {
    const spec = named()
    const truth = { algorithm: 'token-bucket', refillMs: 1_000 } as const
    expect(judge(simulateOncall(spec, truth, 1), spec).verdict).toBe('fail')
  })
})

describe('too much let through', () => {
  const open = specWith({ foreignTraffic: 'possible' })

  it('is a fail whoever else uses the limit, where no windows can hold it', () => {
    const judged = judge(simulateOncall(open, { apiKey: tooMuch }, 5), open).limits[2]
    expect(judged).toMatchObject({ verdict: 'fail', certificate: { kind: 'over-admission' } })
  })

  it('is none where a window that others opened may have ended within the burst', () => {
    const history = simulateOncall(open, { apiKey: apiKey + 1, algorithm: 'first-hit-window' }, 5)
    const file = new CaseFile(history, asJudged(history, open.limits), open.clockDriftPpm)
    expect(blame(file).proofs.has(2)).toBe(false)
  })

  it('stays a fail after the clock was set, where it happened on one side of that', () => {
    const history = simulateOncall(spec, { apiKey: tooMuch }, 5)
    const lastUs = Math.max(...history.receivedUs.subarray(0, history.count))
    history.events.unshift({ event: 'clock-step', line: 2, atUs: lastUs - 1, byMs: -400 })
    expect(judge(history, spec).limits[2]?.verdict).toBe('fail')
  })
})

describe('responses that do not say which limit refused', () => {
  it('never make a wrong verdict of what they leave open', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const algorithm = algorithms[seed % algorithms.length] as Algorithm
      expect(judge(simulateOncall(spec, { algorithm, namesRefuser: false }, seed), spec).verdict).not.toBe(
        'fail',
      )
    }
  })

  it('still find the limit to blame for what it let through', () => {
    const algorithm = 'first-hit-window'
    const known = specWith({ algorithm })
    const truth: Truth = { integration: integration + 1, namesRefuser: false, algorithm }
    const [one, all] = judge(simulateOncall(known, truth, 1), known).limits
    expect(one?.verdict).toBe('fail')
    expect(all?.verdict).not.toBe('fail')
  })

  it('blame no single limit for what it refused, and say which number would explain it', () => {
    const truth: Truth = { integration: integration - 1, namesRefuser: false, algorithm: 'first-hit-window' }
    const { verdict, limits, certificates } = judge(simulateOncall(spec, truth, 1), spec)
    expect(verdict).toBe('fail')
    expect(certificates).toMatchObject([{ kind: 'several-limits' }])
    const [one, all] = limits
    expect(one).toMatchObject({
      reason: 'several-limits',
      seen: { limits: [[integration - 1, integration - 1]] },
    })
    expect(one?.explanation).toContain(
      `If it is this one, what was seen is consistent with ${integration - 1} in`,
    )
    expect(all).toMatchObject({ reason: 'several-limits' })
    expect(all?.seen).toBeUndefined()
  })
})

describe('other rules for refused requests', () => {
  it('pass where the spec leaves them open', () => {
    const truth: Truth = { algorithm: 'fixed-window', chargedWhenRefused: 'counted' }
    for (const seed of [1, 2, 3]) {
      expect(judge(simulateOncall(spec, truth, seed), spec).verdict).not.toBe('fail')
    }
  })

  it('fail where the spec rules them out', () => {
    const strict = specWith({ chargedWhenRefused: 'free' })
    const history = simulateOncall(
      strict,
      { algorithm: 'first-hit-window', chargedWhenRefused: 'counted' },
      1,
    )
    const organization = judge(history, strict).limits[1]
    expect(organization?.verdict).toBe('fail')
  })
})
