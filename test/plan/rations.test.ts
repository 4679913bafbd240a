import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import {
  makePlan,
  type Plan,
  rationedWindows,
  rationsOf,
  type Unplannable,
  underRations,
} from '../../lib/plan/index.ts'
import { createRationLedger } from '../../lib/plan/ration-ledger.ts'
import { type Spec, specSchema } from '../../lib/spec/index.ts'
import { simulateOncall } from '../simulation/oncall.ts'

const oncall = { url: 'https://oncall.example.org', apiKey: 'k' }
const window = '10s'
const integration = { name: 'per integration', scope: 'integration', limit: 300, window }
const organization = { name: 'per organization', scope: 'organization', limit: 500, window }
const specOf = (
  target: Record<string, unknown>,
  limits: Record<string, unknown>[] = [integration, organization],
) => specSchema.parse({ target: { ...oncall, ...target }, limits })
const onlyIntegration = (scope: string) => scope === 'integration'

function rationed(spec: Spec): { ok: true; plan: Plan } | { ok: false; problems: Unplannable[] } {
  const made = makePlan(spec, { only: ['integration'], windows: rationedWindows })
  return made.ok ? underRations(made.plan, rationsOf(spec, onlyIntegration), spec) : made
}

function rationedPlan(spec: Spec): Plan {
  const made = rationed(spec)
  if (!made.ok) throw new Error(JSON.stringify(made.problems))
  return made.plan
}

describe('what is left to others', () => {
  it('is a fifth of the limit of the organization, of any that the spec has, or of the documented one', () => {
    expect(rationsOf(specOf({}), onlyIntegration)).toMatchObject([{ most: 400, windowMs: 10_003 }])
    expect(rationsOf(specOf({ reserve: 0.5 }), onlyIntegration)).toMatchObject([{ most: 250 }])
    expect(rationsOf(specOf({}, [integration]), onlyIntegration)).toMatchObject([
      { most: 400, windowMs: 300_061 },
    ])
  })

  it('is nothing where nobody else is there, or the limit itself is to be filled', () => {
    expect(rationsOf(specOf({ dedicated: true }), onlyIntegration)).toEqual([])
    expect(rationsOf(specOf({}), () => true)).toEqual([])
    expect(rationsOf(specSchema.parse({ limits: [integration] }), onlyIntegration)).toEqual([])
  })
})

describe('a ledger of rations', () => {
  it('lets no more be decided within a window than the ration, wherever between sending and answer that is', () => {
    const requests = fc.array(
      fc.record({
        afterMs: fc.nat(30),
        tookMs: fc.nat(120),
        decidedAt: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 120 },
    )
    fc.assert(
      fc.property(
        requests,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 150 }),
        (asked, most, windowMs) => {
          const ledger = createRationLedger([{ descriptors: ['A'], most, windowMs }])
          const answersMs: number[] = []
          const decidedMs: number[] = []
          let nowMs = 0
          const answer = () => ledger.answered('A', answersMs.shift() as number)
          for (const { afterMs, tookMs, decidedAt } of asked) {
            nowMs += afterMs
            for (;;) {
              while (answersMs.length > 0 && (answersMs[0] as number) <= nowMs) answer()
              const freeMs = ledger.freeFromMs('A', nowMs)
              if (freeMs === nowMs) break
              // Whoever asks too early is told to wait; whoever waits as told may send.
              nowMs = Math.min(freeMs, answersMs[0] ?? Number.POSITIVE_INFINITY)
            }
            ledger.sent('A')
            decidedMs.push(nowMs + tookMs * decidedAt)
            answersMs.push(nowMs + tookMs)
            answersMs.sort((a, b) => a - b)
          }
          for (const fromMs of decidedMs) {
            const within = decidedMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + windowMs)
            expect(within.length).toBeLessThanOrEqual(most)
          }
        },
      ),
    )
  })

  it('is of no concern to a descriptor outside it', () => {
    const ledger = createRationLedger([{ descriptors: ['A'], most: 1, windowMs: 10 }])
    ledger.sent('A')
    expect(ledger.freeFromMs('A', 5)).toBe(Number.POSITIVE_INFINITY)
    expect(ledger.freeFromMs('B', 5)).toBe(5)
    ledger.answered('A', 7)
    expect(ledger.freeFromMs('A', 9)).toBe(17)
    expect(ledger.freeFromMs('A', 17)).toBe(17)
  })
})

describe('a plan under a ration', () => {
  it('leaves everything to a watch, with probes that fit in beside a filling', () => {
    const { fills, watches, rations } = rationedPlan(specOf({}))
    expect(fills).toEqual([])
    expect(rations).toEqual([{ descriptors: ['A'], most: 400, windowMs: 10_003 }])
    const gauge = watches[0]?.gauges[0]
    if (!gauge) throw new Error('there is no gauge')
    expect(300 + 2 * gauge.confirmRefusals + 10_003 / gauge.probeEveryMs).toBeLessThanOrEqual(400)
    expect(watches[0]?.startMs).toBe(0)
  })

  it('is refused where the reserve leaves too little, in words that help', () => {
    const made = rationed(specOf({ reserve: 0.35 }))
    expect(made.ok ? [] : made.problems).toEqual([
      {
        limit: 'per integration',
        why: expect.stringMatching(/takes \d+ alerts .* 325 are left .* reserve of 35%/),
      },
    ])
    const [, needed] = /takes (\d+) alerts/.exec(made.ok ? '' : (made.problems[0]?.why ?? '')) ?? []
    // What is said to be needed suffices, and one less does not.
    const leaving = (most: number) =>
      rationed(specOf({ reserve: 0 }, [integration, { ...organization, limit: most }]))
    expect(leaving(Number(needed)).ok).toBe(true)
    expect(leaving(Number(needed) - 1).ok).toBe(false)
  })

  it.each(['fixed-window', 'first-hit-window', 'sliding-log'] as const)(
    'still proves where a limit by %s begins, and is never passed',
    (algorithm) => {
      const spec = specOf({}, [
        integration,
        { ...organization, foreignTraffic: 'possible', startsEmpty: false },
      ])
      const plan = rationedPlan(spec)
      const { most, windowMs } = plan.rations?.[0] ?? { most: 0, windowMs: 0 }
      const verdicts: string[] = []
      for (let seed = 1; seed <= (algorithm === 'fixed-window' ? 2 : 1); seed++) {
        const history = simulateOncall(spec, { algorithm, latencyMs: 3 }, seed, plan)
        const sentMs = Array.from({ length: history.count }, (_, k) => (history.sentUs[k] as number) / 1000)
        for (const fromMs of sentMs) {
          const within = sentMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + windowMs)
          expect(within.length).toBeLessThanOrEqual(most)
        }
        verdicts.push(judge(history, spec).limits[0]?.verdict ?? '')
      }
      expect(verdicts).toEqual(verdicts.map(() => 'pass'))
    },
    60_000,
  )

  it('finds a limit that is one too high or too low', () => {
    const spec = specOf({}, [
      integration,
      { ...organization, foreignTraffic: 'possible', startsEmpty: false },
    ])
    for (const enforced of [299, 301]) {
      const history = simulateOncall(spec, { integration: enforced }, 5, rationedPlan(spec))
      expect(judge(history, spec).limits[0]?.verdict).toBe('fail')
    }
  })
})
