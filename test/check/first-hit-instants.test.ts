import { expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

const hypothesis = limiter('first-hit-window', 20, 100_000)

/** What a first-hit window answers one caller after another, who now and then wants more than it holds. */
function answered(requests: number, seed: number): Seen[] {
  const random = seededRandom(seed)
  const window = createLimiter('first-hit-window', hypothesis)
  let state = window.init()
  let nowUs = 0
  const decided = Array.from({ length: requests }, () => {
    nowUs += Math.floor(-Math.log(1 - random()) * 6_000)
    const tookUs = 2 + Math.floor(20 * random())
    return { lo: nowUs, hi: nowUs + tookUs, atUs: nowUs + Math.floor(random() * tookUs) }
  })
  return decided.map(({ lo, hi, atUs }) => {
    const isAdmitted = window.admits(state, atUs, 1)
    if (isAdmitted) state = window.charge(state, atUs, 1)
    return { lo, hi, as: isAdmitted ? 'accepted' : 'refused' }
  })
}

it.each([1, 2, 3, 4, 5, 6])('windows that can have answered so are found at once: seed %i', (seed) => {
  const seen = answered(2_000, seed)
  expect(seen.filter(({ as }) => as === 'refused').length).toBeGreaterThan(20)
  const found = refuteByBounds(new EvidenceIndex(evidenceOf(seen)), hypothesis, true)
  expect(found).toMatchObject({ refuted: false, exhausted: false })
})

it('what several windows in a row cannot hold is told, though a chain of them has no fault in any one', () => {
  const seen: Seen[] = [
    ...[1, 19, 23, 32, 33].map((lo, k) => ({ lo, hi: [12, 27, 33, 36, 43][k] as number })),
    ...[44, 47, 53, 55, 56].map((lo, k) => ({ lo, hi: [44, 48, 55, 59, 57][k] as number })),
  ]
  const evidence = evidenceOf(seen)
  const found = refuteByBounds(new EvidenceIndex(evidence), limiter('first-hit-window', 1, 6), true)
  expect(found).toMatchObject({
    refuted: true,
    cases: [{ reason: { kind: 'over-admission', windows: 4, rows: [5, 6, 7, 8, 9] } }],
  })
  if (found.refuted) expect(verifyCertificate(evidence, found)).toBe(undefined)
})
