import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { windowKnown } from '../../lib/check/sharpness.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { limitSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'

const windowUs = 1_000_000

/** One of 1 in a second, a sliding log; let through at 0 s and once more so many milliseconds later. */
function known(requests: [ms: number, outcome: Outcome][], tolerance: string) {
  const rules = { algorithm: 'sliding-log', limitedRequests: 'free', tolerance }
  const limit = limitSchema.parse({ name: 'one', scope: 'key', limit: 1, window: '1s', ...rules })
  const records = requests.map(([ms, outcome]) => {
    return { descriptor: 'A', sentUs: ms * 1000, receivedUs: ms * 1000, outcome }
  })
  const file = new CaseFile(historyFromRecords({ descriptors: { A: { key: 'A' } } }, records), [limit], 0)
  const hypothesis: Hypothesis = limiter('sliding-log', 1, windowUs)
  return windowKnown(file, 0, hypothesis)
}

const { accepted, limited } = Outcome

it('is known to the tolerance where nothing tells more', () => {
  expect(known([[0, accepted]], '5%')).toEqual([950_000, 1_050_000])
  expect(known([[0, accepted]], '20%')).toEqual([800_000, 1_200_000])
})

it('is known from what was still refused to what was let through again, to a four-thousandth', () => {
  const answers: [number, Outcome][] = [
    [0, accepted],
    [990, limited],
    [1_020, accepted],
  ]
  const [from, to] = known(answers, '5%')
  // Refused at 990 ms, the window is longer than that; let through at 1,020 ms, it is no longer.
  expect(from).toBeGreaterThan(990_000)
  expect(from).toBeLessThanOrEqual(990_001 + windowUs / 4000)
  expect(to).toBeLessThanOrEqual(1_020_000)
  expect(to).toBeGreaterThanOrEqual(1_020_000 - windowUs / 4000)
})
