import { expect, test } from 'vitest'
import { reachOf } from '../discover/reach.ts'
import { discoverHidden, hiddenPlatform, mistakesOf, verifyAtHidden } from '../discover/simulated.ts'

const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
const platforms = Number(process.env.ONSET_PLATFORMS ?? 30)

/** So large a share of the limits that can be reached is at most left likely, by clocks that are no sharper. */
const mostUnproven = 0.1

const likelyAndRight = 'likely, and right to the letter'

test(`the limits of ${platforms} random platforms from seed ${first} are found, and none is proven wrongly`, async () => {
  const counts: Record<string, number> = {}
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  for (let seed = first; seed < first + platforms; seed++) {
    const hidden = hiddenPlatform(seed)
    const { measured, limits, runs } = await discoverHidden(hidden)
    expect(mistakesOf(hidden, measured), `seed ${seed}`).toEqual([])
    const reach = reachOf(hidden)
    for (const { scope, limit, windowSeconds, as } of measured) {
      const isInReach = scope !== 'integration' || reach === 'in reach'
      if (isInReach) expect(['proven', 'likely'], `seed ${seed}, ${scope}`).toContain(as)
      else if (reach === 'out of reach') expect(as, `seed ${seed}, ${scope}`).toBe('above')
      const real = hidden.limits[scope as keyof typeof hidden.limits]
      const isRight = limit === real.limit && 1000 * windowSeconds === real.windowMs
      count(as === 'likely' && isRight ? likelyAndRight : as)
    }
    const again = limits.length > 0 ? verifyAtHidden(hidden, limits) : []
    for (const { verdict } of again) count(`verified again: ${verdict}`)
    expect(
      again.map(({ verdict }) => verdict),
      `seed ${seed}`,
    ).not.toContain('fail')
    const words = measured.map(
      ({ scope, limit, windowSeconds, as }) => `${scope} ${as} ${limit} in ${windowSeconds} s`,
    )
    const verdicts = again.map(({ scope, verdict }) => `${scope} ${verdict}`)
    console.log(
      `${seed}: ${hidden.algorithm}, the integration's ${reach}, ${runs} runs: ${words.join(', ')}; again: ${verdicts.join(', ')}`,
    )
  }
  console.log(JSON.stringify(counts))
  const { likely = 0, [likelyAndRight]: right = 0 } = counts
  expect(likely + right).toBeLessThanOrEqual(mostUnproven * 3 * platforms)
})
