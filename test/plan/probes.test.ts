import { describe, expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { createLimiter, modelledAlgorithms } from '../../lib/limiters/index.ts'
import { makePlan } from '../../lib/plan/index.ts'
import { type Algorithm, type Spec, specSchema } from '../../lib/spec/index.ts'
import { planOf } from '../simulation/oncall.ts'
import { simulateRun } from '../simulation/simulate.ts'

const specOf = (limit: number, says: Record<string, unknown>, window = '10s') =>
  specSchema.parse({ limits: [{ name: 'a', scope: 'integration', limit, window, ...says }] })

/** How the limit of such a spec is probed, and for how many windows. */
function watched(spec: Spec, options = {}) {
  const { watches, deadlineMs } = planOf(spec, options)
  const [gauge] = watches[0]?.gauges ?? []
  return {
    probeEveryMs: gauge?.probeEveryMs,
    sparser: gauge?.sparser,
    windows: deadlineMs / (gauge?.windowMs ?? 0),
  }
}

const usual = { probeEveryMs: 100, sparser: undefined, windows: 2.2 }

describe('a limit is probed so that its window is known to within the tolerance', () => {
  it.each([
    [{}],
    [{ limitedRequests: 'free', algorithm: 'sliding-log' }],
    [{ limitedRequests: 'either', algorithm: 'sliding-log' }],
    [{ limitedRequests: 'counted', algorithm: ['fixed-window', 'first-hit-window'] }],
  ])('where nothing says that probes keep it full: %j', (says) => {
    expect(watched(specOf(30, says))).toEqual(usual)
  })

  it('where probes take less than half of it', () => {
    const counted = { limitedRequests: 'counted', algorithm: 'sliding-log' }
    expect(watched(specOf(200, counted))).toEqual(usual)
    expect(watched(specOf(199, counted)).probeEveryMs).toBe(101)
    expect(watched(specOf(300, counted, '5m'))).toEqual({ ...usual, probeEveryMs: 3_000 })
  })
})

describe('a limit that refused probes would keep full', () => {
  it('is probed so that they take half of it in a window, and for as much longer', () => {
    const { windows, ...probed } = watched(specOf(20, { limitedRequests: 'counted', algorithm: 'gcra' }))
    expect(probed).toEqual({ probeEveryMs: 1_000, sparser: undefined })
    expect(windows).toBeCloseTo(2.4)
  })

  it('is first found to be one, where it need not be', () => {
    const { windows, ...probed } = watched(specOf(20, { limitedRequests: 'counted' }))
    expect(probed).toEqual({ probeEveryMs: 100, sparser: { probeEveryMs: 1_000, afterMs: 11_000 } })
    expect(windows).toBeCloseTo(3.5)
  })

  it('is fired at for as long as it is told, or as is quick', () => {
    const spec = specOf(20, { limitedRequests: 'counted' })
    expect(watched(spec, { windows: 3 }).windows).toBe(3)
    expect(watched(spec, { quick: true }).windows).toBe(1.1)
  })

  /** What a run says of a limiter that counts what it refuses. */
  function judged(algorithm: Algorithm, limit: number, says: Record<string, unknown>, seed: number) {
    const spec = specOf(limit, { limitedRequests: 'counted', ...says })
    const made = makePlan(spec)
    if (!made.ok) throw new Error(JSON.stringify(made.problems))
    const rule = {
      name: 'a',
      scope: 'integration',
      limitedRequests: 'counted',
      chargedWhenRefused: 'free',
    } as const
    const model = () => createLimiter(algorithm, { limit, windowUs: 10_000_000, phaseUs: seed * 1_234_567 })
    const limiter = { limits: [{ ...rule, model }], namesRefuser: true, latencyMs: () => 5 }
    return judge(simulateRun(made.plan, limiter, seed), spec)
  }

  const alwaysKept = modelledAlgorithms.filter(
    (algorithm) => algorithm.startsWith('sliding-log') || algorithm === 'gcra',
  )

  it.each(alwaysKept)('passes as a %s', (algorithm) => {
    for (const seed of [1, 2, 3]) {
      expect(judged(algorithm, 30, { algorithm }, seed).verdict, `seed ${seed}`).toBe('pass')
    }
  })

  it('passes as a sliding log and as a fixed window where the spec allows either', () => {
    for (const seed of [1, 2, 3]) {
      expect(judged('sliding-log', 30, {}, seed).verdict, `log, seed ${seed}`).toBe('pass')
      expect(judged('fixed-window', 30, {}, seed).verdict, `window, seed ${seed}`).toBe('pass')
    }
  })

  it('is told of where the spec leaves open whether refused requests count', () => {
    const open = { algorithm: 'sliding-log', limitedRequests: 'either' }
    const [result] = judged('sliding-log', 30, open, 1).limits
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      whatWouldSettleIt: expect.stringContaining('Write "limitedRequests: counted"'),
    })
  })
})
