import { describe, expect, test } from 'vitest'
import { canBeKept } from '../../lib/check/index.ts'
import { discoverLimits } from '../../lib/discover/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import type { Algorithm, Limit } from '../../lib/spec/index.ts'
import {
  discoverHidden,
  documented,
  documentedAlerts,
  fireAtHidden,
  type Hidden,
  limitsOf,
  mistakesOf,
} from './simulated.ts'

/** @param limits as `412/7s`: of an integration, of the organization, and of an API key. */
function platform(algorithm: Algorithm, limits: readonly string[], namesRefuser: boolean): Hidden {
  const of = (k: number) => {
    const [limit, seconds] = (limits[k] as string).replace('s', '').split('/').map(Number)
    return { limit: limit as number, windowMs: (seconds as number) * 1000 }
  }
  return {
    algorithm,
    limits: { integration: of(0), organization: of(1), apiKey: of(2) },
    namesRefuser,
    seed: 1,
  }
}

/** A machine that does much else takes long to judge so many runs. */
const patientMs = 120_000

describe('the limits that are there, where the spec says 300, 500 and 300 in 10 s,', () => {
  test.each([
    ['fixed-window', ['50/14s', '110/9s', '90/12s'], true],
    ['gcra', ['100/31s', '120/29s', '70/20s'], true],
    ['token-bucket', ['40/12s', '130/10s', '60/10s'], false],
  ] as [Algorithm, string[], boolean][])(
    'are found and proven: %s of %s, refusals saying who refused: %s',
    async (algorithm, limits, namesRefuser) => {
      const hidden = platform(algorithm, limits, namesRefuser)
      const { measured } = await discoverHidden(hidden)
      expect(measured.map(({ as }) => as)).toEqual(['proven', 'proven', 'proven'])
      expect(mistakesOf(hidden, measured)).toEqual([])
    },
    patientMs,
  )

  test.each([true, false])(
    'are found where the organization has no room for two bursts: refusals saying who refused: %s',
    async (namesRefuser) => {
      const hidden = platform('fixed-window', ['220/3s', '350/15s', '60/4s'], namesRefuser)
      const { measured } = await discoverHidden(hidden, undefined, documentedAlerts)
      expect(measured.map(({ as }) => as)).toEqual(['proven', 'proven'])
      expect(mistakesOf(hidden, measured)).toEqual([])
    },
    patientMs,
  )

  test('are known to be shared by all integrations', async () => {
    const hidden = {
      ...platform('fixed-window', ['55/6s', '200/8s', '120/6s'], true),
      sharesIntegrations: true,
    }
    const { measured, limits } = await discoverHidden(hidden, undefined, documentedAlerts)
    expect(measured[0]).toMatchObject({ limit: 55, windowSeconds: 6, as: 'proven', isShared: true })
    expect(mistakesOf(hidden, measured)).toEqual([])
    expect(limits.map(({ scope }) => scope)).not.toContain('integration')
  })

  test('are found where another lets through only little more than flows in', async () => {
    const hidden = platform('token-bucket', ['23/22s', '10/6s', '200/4s'], true)
    const { measured } = await discoverHidden(hidden, undefined, documentedAlerts)
    // That one is full only after 21 s of all that the organization lets through.
    expect(measured[0]).toMatchObject({ limit: 23, windowSeconds: 22 })
    expect(mistakesOf(hidden, measured)).toEqual([])
  })

  test(
    'are likely behind another that is not told from its neighbours, where nothing says who refused',
    async () => {
      // The organization lets one more through every 7 ms, and an answer takes up to 40.
      const hidden = { ...platform('gcra', ['140/5s', '120/0.8s', '60/4s'], false), slowestMs: 40, seed: 2 }
      const spec = limitsOf({
        integration: { limit: 60, windowMs: 5_000 },
        organization: { limit: 100, windowMs: 5_000 },
      })
      const { measured } = await discoverHidden(hidden, undefined, spec)
      expect(measured).toMatchObject([
        { as: 'likely', limit: 140, windowSeconds: 5 },
        { as: 'likely', limit: 120, windowSeconds: 0.8 },
      ])
    },
    patientMs,
  )

  test('are not known where only bursts on both sides of an edge of another meet them', async () => {
    const hidden = platform('fixed-window', ['30/5s', '20/9s', '200/4s'], true)
    const { measured, limits } = await discoverHidden(hidden, undefined, documentedAlerts)
    expect(measured.map(({ as }) => as)).toEqual(['unknown', 'proven'])
    expect(measured[0]?.refusedAfter).toBeGreaterThanOrEqual(30)
    expect(mistakesOf(hidden, measured)).toEqual([])
    // It is not in the way of anybody who does not look for it.
    expect(limits.map(({ scope }) => scope)).toEqual(['organization'])
  })

  test('are above what was let through where another refuses before', async () => {
    const hidden = platform('first-hit-window', ['100/26s', '30/16s', '200/4s'], true)
    const { measured, limits } = await discoverHidden(hidden, undefined, documentedAlerts)
    expect(measured.map(({ as }) => as)).toEqual(['above', 'proven'])
    expect(measured[0]?.limit).toBeGreaterThan(15)
    expect(measured[0]?.hiddenBy).toBe('per organization')
    expect(mistakesOf(hidden, measured)).toEqual([])
    expect(limits.map(({ scope }) => scope)).toEqual(['organization'])
  })
})

describe('where no more runs can be made,', () => {
  const noMore = async () => undefined

  test('nothing is said that the ones so far contradict', async () => {
    const hidden = platform('fixed-window', ['140/4s', '300/4s', '200/4s'], true)
    const own = documented.slice(2)
    const first = fireAtHidden(hidden, { limits: own, only: ['apiKey'] }, 0, own)
    const { measured, limits } = await discoverLimits(own, first, noMore)
    expect(measured).toMatchObject([{ limit: 200, windowSeconds: 4, as: 'likely' }])
    expect(canBeKept(first.history, { limits, clockDriftPpm: 200 })).toBe(true)
  })

  test('a bucket is said to be one of several where answers are so slow that nothing tells them apart', async () => {
    const spec = documented.slice(2)
    const bucket = limitsOf({ apiKey: { limit: 300, windowMs: 2_000 } }).map((limit): Limit => {
      return { ...limit, algorithm: ['token-bucket', 'gcra'] }
    })
    const asOf = async (slowestMs: number) => {
      const hidden = { ...platform('gcra', ['300/2s', '300/2s', '300/2s'], true), slowestMs }
      const first = fireAtHidden(hidden, { limits: bucket, only: ['apiKey'] }, 0, bucket)
      const { measured } = await discoverLimits(spec, { ...first, limits: [] }, noMore)
      return measured[0]
    }
    const sharp = await asOf(5)
    expect(sharp).toMatchObject({ as: 'likely', limit: 300, windowSeconds: 2 })
    expect(sharp?.between).toBeUndefined()
    const [least, most] = (await asOf(120))?.between ?? [300, 300]
    expect(least).toBeLessThan(most)
    expect(least).toBeLessThanOrEqual(300)
    expect(most).toBeGreaterThanOrEqual(300)
  })

  test('no limit is likely where others explain the only run as well, in windows that are longer by a third', async () => {
    const hidden = platform('first-hit-window', ['103/30s', '290/3s', '200/4s'], true)
    const experiment = { limits: documentedAlerts, only: ['integration', 'organization'] }
    const first = fireAtHidden(hidden, experiment, 0, documentedAlerts)
    const { measured, limits } = await discoverLimits(documentedAlerts, first, noMore)
    expect(measured).toMatchObject([{ as: 'unknown' }, { as: 'unknown' }])
    expect(limits).toEqual([])
  })

  test('what nothing explains is not known: it is said within which bounds', async () => {
    const requests = [...'aaaaarararraaaaaaaaaaaaaaaaaaaar'].map((letter, k) => ({
      descriptor: 'K',
      sentUs: k * 200_000,
      receivedUs: k * 200_000 + 1_000,
      outcome: letter === 'a' ? Outcome.accepted : Outcome.limited,
    }))
    const history = historyFromRecords({ descriptors: { K: { apiKey: 'K' } } }, requests)
    const [, , apiKey] = documented
    const { measured, limits } = await discoverLimits([apiKey as Limit], { history, limits: [] }, noMore)
    expect(measured).toMatchObject([{ as: 'unknown', limit: 26, windowSeconds: 10, refusedAfter: 5 }])
    expect(limits).toEqual([])
  })
})
