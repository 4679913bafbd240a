import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { loosened } from '../../lib/check/evidence/loosened.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

const limit = 3
const windowUs = 1_000

/** What a real limiter answered, with intervals around its decisions. */
const answered = fc
  .record({
    algorithm: fc.constantFrom(...algorithms),
    phaseUs: fc.nat(5_000),
    // The real window: up to a quarter longer or shorter than the one that is asked about.
    share: fc.double({ min: 0.75, max: 1.25, noNaN: true }),
    requests: fc.array(fc.record({ afterUs: fc.nat(600), earlyUs: fc.nat(30), lateUs: fc.nat(30) }), {
      minLength: 4,
      maxLength: 25,
    }),
  })
  .map(({ algorithm, phaseUs, share, requests }) => {
    const realUs = Math.round(windowUs * share)
    const real = createLimiter(algorithm, { limit, windowUs: realUs, phaseUs: phaseUs % realUs })
    let state = real.init()
    let us = 0
    const seen = requests.map(({ afterUs, earlyUs, lateUs }): Seen => {
      us += afterUs
      const allowed = real.admits(state, us, 1)
      if (allowed) state = real.charge(state, us, 1)
      return { lo: us - earlyUs, hi: us + lateUs, as: allowed ? 'accepted' : 'refused' }
    })
    return { algorithm, realUs, seen: seen.sort((a, b) => a.lo - b.lo) }
  })

describe('loosened evidence', () => {
  it('never excludes a range that the real window lies in', () => {
    let asked = 0
    fc.assert(
      fc.property(
        answered,
        fc.integer({ min: -2_000, max: 9_000 }),
        ({ algorithm, realUs, seen }, aboutUs) => {
          const stretch = Math.max(realUs / windowUs, windowUs / realUs) * 1.001
          const evidence = evidenceOf(seen)
          const index = new EvidenceIndex(loosened(evidence, evidence, stretch, aboutUs))
          asked++
          expect(refuteByBounds(index, limiter(algorithm, limit, windowUs), true).refuted).toBe(false)
        },
      ),
      { numRuns: 1_000 },
    )
    expect(asked).toBeGreaterThanOrEqual(1_000)
  })

  it('excludes a range of windows that are all too long', () => {
    // Two at once, twice, 30 apart: no first-hit window of 35 to 45 lets the third through.
    const evidence = evidenceOf([{ lo: 0 }, { lo: 0 }, { lo: 30 }, { lo: 30 }])
    const excluded = (windowUs: number) =>
      refuteByBounds(
        new EvidenceIndex(loosened(evidence, evidence, 1.12, 15)),
        limiter('first-hit-window', 2, windowUs),
        true,
      ).refuted
    expect(excluded(40)).toBe(true)
    expect(excluded(30)).toBe(false)
  })
})
