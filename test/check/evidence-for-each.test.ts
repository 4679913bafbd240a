import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { describeHypothesis, hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import { correctRun } from '../simulation/correct-runs.ts'

/** What each hypothesis about each limiter has to explain, asked for in an order. */
function evidenceOf(seed: number, backwards: boolean): Map<string, string> {
  const { spec, history } = correctRun(seed)
  const file = new CaseFile(history, spec.limits, spec.clockDriftPpm)
  const asked = file.cells.flatMap((cell) =>
    hypotheses(cell.limit, file.surroundings(cell.limitIndex)).map((hypothesis) => ({ cell, hypothesis })),
  )
  const found = new Map<string, string>()
  for (const { cell, hypothesis } of backwards ? asked.toReversed() : asked) {
    const { demand, use } = file.evidence(cell, hypothesis)
    found.set(`${cell.limit.scope} ${cell.scopeValue}: ${describeHypothesis(hypothesis)}`, `${demand} ${use}`)
  }
  return found
}

it('has the same evidence for a hypothesis, whichever others were looked at before', () => {
  // Once, a sliding counter that counts refused requests was failed by what only a sliding log is known to do.
  const several = Array.from({ length: 150 }, (_, k) => k).filter((seed) => {
    const { limits } = correctRun(seed).spec
    return limits.length > 1 && (limits[0]?.algorithm.length ?? 0) > 1
  })
  expect(several.length).toBeGreaterThan(10)
  for (const seed of several) {
    const [forwards, backwards] = [evidenceOf(seed, false), evidenceOf(seed, true)]
    const differing = [...forwards].filter(([key, words]) => backwards.get(key) !== words).map(([key]) => key)
    expect(differing, `seed ${seed}`).toEqual([])
  }
})
