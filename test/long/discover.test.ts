import { expect, test } from 'vitest'
import { discoverHidden, hiddenPlatform, mistakesOf } from '../discover/simulated.ts'

const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
const platforms = Number(process.env.ONSET_PLATFORMS ?? 30)

/** So large a share of the limits is out of the reach of runs at most, beside those that others hide. */
const mostUnproven = 0.1

test(`the limits of ${platforms} random platforms from seed ${first} are found, and none is proven wrongly`, async () => {
  const said: string[] = []
  let unproven = 0
  for (let seed = first; seed < first + platforms; seed++) {
    const hidden = hiddenPlatform(seed)
    const { measured, runs } = await discoverHidden(hidden)
    expect(mistakesOf(hidden, measured), `seed ${seed}`).toEqual([])
    unproven += measured.filter(({ as }) => as === 'likely').length
    const words = measured.map(
      ({ scope, limit, windowSeconds, as }) => `${scope} ${as} ${limit} in ${windowSeconds} s`,
    )
    said.push(`${seed}: ${hidden.algorithm}, ${runs} runs: ${words.join(', ')}`)
  }
  console.log(said.join('\n'))
  expect(unproven).toBeLessThanOrEqual(mostUnproven * 3 * platforms)
})
