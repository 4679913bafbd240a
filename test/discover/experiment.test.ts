import { describe, expect, test } from 'vitest'
import { type Nested, nextExperiment } from '../../lib/discover/experiment.ts'
import type { Inquiry } from '../../lib/discover/inquiry.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { inquiryInto } from './inquiry.ts'
import { documented } from './simulated.ts'

/** A limit of API requests that a run has been fired at as a guess, so many times, and that stayed open. */
function openKey(guess: Partial<Limit>, timesUnsettled: number): Inquiry {
  const [, , apiKey] = documented as [Limit, Limit, Limit]
  return { ...inquiryInto(apiKey, { ...apiKey, ...guess }), timesUnsettled }
}

describe('what is fired at next', () => {
  const secondsOf = (inquiry: Inquiry) => {
    const { windows = 2.2 } = nextExperiment([inquiry], undefined, 1)
    return (windows * inquiry.current.window) / 1000
  }

  test('is a guess, for 2.2 windows', () => {
    expect(secondsOf(openKey({ window: 2_000 }, 0))).toBeCloseTo(4.4)
  })

  test('is it again for longer where that left it open, and long enough for the window of the spec to show', () => {
    expect(secondsOf(openKey({ window: 20_000 }, 1))).toBeCloseTo(64)
    expect(secondsOf(openKey({ window: 4_000 }, 1))).toBeCloseTo(22)
    expect(secondsOf(openKey({ window: 1_000 }, 1))).toBeCloseTo(11)
  })

  test('is a bucket for no longer than that: the clock strays', () => {
    const { windows } = nextExperiment([openKey({ window: 2_000, algorithm: ['gcra'] }, 1)], undefined, 1)
    expect(windows).toBeUndefined()
  })
})

describe('an integration, beside an organization that is known to have 172 in 29 s,', () => {
  const [integration, organization] = documented as [Limit, Limit]
  const nested: Nested = { inner: 'integration', outer: 'organization', saysWho: true, innerBurst: 172 }
  const known: Inquiry = {
    ...openKey({}, 0),
    documented: organization,
    current: { ...organization, limit: 172, window: 29_000 },
    proven: true,
  }
  const open = (guess: Partial<Limit>, more: Partial<Inquiry>): Inquiry => ({
    ...openKey({}, 0),
    documented: integration,
    current: { ...integration, ...guess },
    ...more,
  })

  test('that was never met gets all that the organization lets through, and only then keeps below its pace', () => {
    const burst = nextExperiment([open({}, { isBehind: true }), known], nested, 3)
    expect(burst).toMatchObject({ only: ['integration'], limits: [{ limit: 190, window: 29_000 }, {}] })
    expect(burst.isPaced).toBeUndefined()
    const paced = nextExperiment([open({}, { isBehind: true, isPushed: true }), known], nested, 4)
    expect(paced).toMatchObject({ only: ['integration'], alertsPerSecond: 5, isPaced: true })
  })

  test('gets it for as long as the longest window that is looked for, whoever seems to have refused', () => {
    const named = nextExperiment([open({}, { isBehind: true }), known], nested, 3)
    expect(29 * (named.windows as number)).toBeCloseTo(180)
    expect(named.windowsApart).toBeUndefined()
    const mute = nextExperiment([open({}, { isBehind: true }), known], { ...nested, saysWho: false }, 3)
    expect(mute).toMatchObject({ isPushed: true, windows: named.windows, windowsApart: named.windows })
  })

  test('gets it at the end of windows as well where these follow each other, right before all of the next', () => {
    const [edges, log] = (['fixed-window', 'sliding-log'] as const).map((algorithm): Inquiry => {
      const passed = [{ algorithm, span: [29_000, 29_000] as const }]
      const tried = { limit: known.current, times: 1, failed: false, passed }
      return { ...known, tried: new Map([['29 s', tried]]) }
    }) as [Inquiry, Inquiry]
    const behind = open({}, { isBehind: true, isPushed: true })
    const late = nextExperiment([behind, edges], nested, 4)
    // 172 at 297 a second, and 3 % of 29 s to spare.
    expect(late).toMatchObject({ isPushed: true, alertsPerSecond: 297 })
    expect(late.waitsMs?.slice(0, 2)).toEqual([27_550, 0])
    expect(nextExperiment([behind, log], nested, 4)).toMatchObject({ isPaced: true })
    const wasLate = { ...behind, isPushedLate: true }
    expect(nextExperiment([wasLate, edges], nested, 5)).toMatchObject({ isPaced: true })
  })

  test('keeps below the pace of a bucket for as long, where nobody says who refused', () => {
    const bucket: Inquiry = { ...known, current: { ...known.current, algorithm: ['gcra'] } }
    const paced = nextExperiment([open({}, { isBehind: true }), bucket], { ...nested, saysWho: false }, 3)
    expect(paced).toMatchObject({ alertsPerSecond: 5, isPaced: true, windows: 18 })
  })

  test('is filled so seldom that the organization has room for it, where runs left open who refused', () => {
    const mute = { ...nested, saysWho: false }
    const tried = (limit: number, times: number) => {
      const current = { ...integration, limit, window: 7_000 }
      return new Map([['before', { limit: current, times, failed: false }]])
    }
    const refillOf = (limit: number, times: number, organizationLimit: number) => {
      const inner = open({ limit, window: 7_000 }, { tried: tried(limit, times) })
      const outer = { ...known, current: { ...known.current, limit: organizationLimit } }
      return nextExperiment([inner, outer], mute, 5).refill
    }
    // A sliding counter of 29 s has forgotten all after 58 s; the tenth part of 400 shows how it came back.
    expect(refillOf(400, 3, 600)).toEqual({ atOnce: 40, restsMs: [59_450, 63_650, 68_550] })
    expect(refillOf(400, 2, 600)).toBeUndefined()
    // Where they do say so, it is what it was taken for, and still open.
    const outer = { ...known, current: { ...known.current, limit: 600 } }
    const unsettled = open({ limit: 400, window: 7_000 }, { timesUnsettled: 1 })
    expect(nextExperiment([unsettled, outer], nested, 5).refill).toBeDefined()
    // There is no room for that many probes, and room for two fillings anyway.
    expect(refillOf(400, 3, 500)).toBeUndefined()
    expect(refillOf(400, 3, 1_000)).toBeUndefined()
  })

  test('is met for long enough that the organization has room for it twice', () => {
    const secondsOf = (limit: number) => {
      const { windows = 2.2 } = nextExperiment([open({ limit, window: 7_000 }, {}), known], nested, 3)
      return windows * 7
    }
    expect(secondsOf(80)).toBeCloseTo(15.4)
    expect(secondsOf(160)).toBeCloseTo(15.4 + 1.1 * 29)
  })
})
