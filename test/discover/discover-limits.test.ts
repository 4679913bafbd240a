import { describe, expect, test } from 'vitest'
import type { Algorithm } from '../../lib/spec/index.ts'
import { discoverHidden, type Hidden, hiddenPlatform, scopes } from './simulated.ts'

const windowed: readonly Algorithm[] = ['fixed-window', 'first-hit-window', 'sliding-log']

const platform = (
  algorithm: Algorithm,
  [integration, organization, apiKey]: readonly [[number, number], [number, number], [number, number]],
  seed = 1,
): Hidden => {
  const of = ([limit, seconds]: [number, number]) => ({ limit, windowMs: seconds * 1000 })
  return {
    algorithm,
    limits: { integration: of(integration), organization: of(organization), apiKey: of(apiKey) },
    namesRefuser: true,
    seed,
  }
}

describe('the limits that are there', () => {
  test.each([
    [
      'fixed-window',
      [
        [412, 7],
        [700, 7],
        [250, 7],
      ],
    ],
    [
      'first-hit-window',
      [
        [1_500, 20],
        [1_900, 20],
        [120, 20],
      ],
    ],
    [
      'sliding-log',
      [
        [240, 4],
        [900, 4],
        [500, 4],
      ],
    ],
    [
      'fixed-window',
      [
        [698, 33],
        [1_788, 34],
        [1_404, 2],
      ],
    ],
  ] as const)('are found where the spec says 300, 500 and 300 in 10 s: %s %j', async (algorithm, limits) => {
    const hidden = platform(algorithm, limits as never)
    const { measured } = await discoverHidden(hidden)
    expect(measured.map(({ scope, limit, as }) => ({ scope, limit, as }))).toEqual(
      scopes.map((scope) => ({ scope, limit: hidden.limits[scope].limit, as: 'proven' })),
    )
    for (const { scope, windowSeconds } of measured) {
      const { windowMs } = hidden.limits[scope as (typeof scopes)[number]]
      expect(Math.abs((windowSeconds * 1000) / windowMs - 1)).toBeLessThanOrEqual(0.05)
    }
  })

  test('are "above" where another limit refuses before', async () => {
    const { measured } = await discoverHidden(
      platform('first-hit-window', [
        [1_948, 56],
        [607, 36],
        [1_400, 4],
      ]),
    )
    expect(measured.map(({ as }) => as)).toEqual(['above', 'proven', 'proven'])
    expect(measured[0]?.limit).toBeLessThanOrEqual(607)
  })

  test('are never proven wrongly, whatever they are', async () => {
    const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
    const platforms = Number(process.env.ONSET_PLATFORMS ?? 1)
    let proven = 0
    for (let seed = first; seed < first + platforms; seed++) {
      const hidden = hiddenPlatform(seed, windowed)
      for (const { scope, limit, windowSeconds, as } of (await discoverHidden(hidden)).measured) {
        if (as !== 'proven') continue
        proven++
        const real = hidden.limits[scope as (typeof scopes)[number]]
        const windowIsRight = Math.abs((windowSeconds * 1000) / real.windowMs - 1) <= 0.05
        expect({ limit, windowIsRight }, `seed ${seed} ${scope}: ${limit} in ${windowSeconds} s`).toEqual({
          limit: real.limit,
          windowIsRight: true,
        })
      }
    }
    console.log(
      `${platforms} platforms from seed ${first}: ${proven} limits proven (ONSET_SEED replays them)`,
    )
  })
})
