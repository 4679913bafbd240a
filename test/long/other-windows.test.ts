import { expect, test } from 'vitest'
import { fireAtHidden, type Hidden, limitsOf } from '../discover/simulated.ts'

const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)

/**
 * Its organization lets one burst through each 46 s, which is all that the log of an integration sees of 7 s: the
 * same as fixed windows of 23 s would. There is much to look through before the 7 s are come upon.
 */
const organization = { limit: 1761, windowMs: 46_000 }
const platform: Omit<Hidden, 'seed'> = {
  algorithm: 'sliding-log',
  limits: { integration: { limit: 1701, windowMs: 7_000 }, organization, apiKey: organization },
  namesRefuser: true,
}

test(`a log of 7 s never passes as fixed windows of 23 s behind an organization of 46 s (seeds from ${first})`, () => {
  const limits = limitsOf({ integration: { limit: 1701, windowMs: 23_000 }, organization })
  for (let seed = first; seed < first + 8; seed++) {
    const only = limits.map(({ scope }) => scope)
    const judged = fireAtHidden({ ...platform, seed }, { limits, only }, 1, limits, { oneAfterAnother: true })
    const verdicts = judged.limits.map(({ verdict }) => verdict)
    expect(verdicts, `seed ${seed}`).toEqual(['inconclusive', 'pass'])
  }
})
