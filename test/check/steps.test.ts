import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { hasNoSteps, staysWithoutSteps } from '../../lib/check/steps.ts'
import { type HistoryEvent, historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Algorithm, limitSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'

/** Requests at 0, 1, 2, … ms, with instants known. */
const requests = Array.from({ length: 10 }, (_, k) => k)

function file(...steps: [atMs: number, byMs: number][]): CaseFile {
  const events = steps.map(([atMs, byMs]): HistoryEvent => {
    return { event: 'clock-step', atUs: atMs * 1000, byMs, line: 1 }
  })
  const records = requests.map((ms) => {
    return { descriptor: 'A', sentUs: ms * 1000, receivedUs: ms * 1000, outcome: Outcome.accepted }
  })
  const limit = limitSchema.parse({ name: 'few', scope: 'key', limit: 2, window: '1s' })
  return new CaseFile(historyFromRecords({ descriptors: { A: { key: 'A' } }, events }, records), [limit], 0)
}

const over = (...rows: number[]): Reason => ({ kind: 'over-admission', windows: 1, rows })
const unjustified = (refused: number): Reason => ({ kind: 'unjustified-refusal', refused, unitsAtMost: 0 })

const stays = (where: CaseFile, cases: Case[], algorithm: Algorithm = 'sliding-log') =>
  staysWithoutSteps(where, { refuted: true, hypothesis: limiter(algorithm), cases })

describe('a proof, where the clock was set meanwhile', () => {
  it('stays whatever it says where it was not', () => {
    expect(hasNoSteps(file())).toBe(true)
    expect(hasNoSteps(file([5, 1]))).toBe(false)
    expect(stays(file(), [{ reason: { kind: 'no-order', rows: [0, 9] } }])).toBe(true)
  })

  it.each([
    ['before the step', [0, 3], 5, 1, true],
    ['after it', [7, 9], 5, 1, true],
    ['on both sides of it', [3, 7], 5, 1, false],
    ['so near before it that the clock was moved over it', [0, 4], 5, 1, false],
    ['so near after it', [6, 9], 5, 1, false],
    ['just far enough before a larger step', [0, 2], 5, -2.999, true],
    ['not far enough before a larger step', [0, 2], 5, -3, false],
    ['just far enough after a larger step', [8, 9], 5, -2.999, true],
  ] as const)('stays if too much was let through %s', (_, [from, to], atMs, byMs, expected) => {
    expect(stays(file([atMs, byMs]), [{ reason: over(from, to) }])).toBe(expected)
  })

  it('stays if each of its reasons lies on one side of all steps', () => {
    const steps = file([3, 0.5], [6, 0.5])
    expect(stays(steps, [{ reason: over(4, 5) }])).toBe(true)
    expect(stays(steps, [{ reason: over(4, 7) }])).toBe(false)
    expect(stays(steps, [{ reason: over(0, 1) }, { reason: over(8, 9) }])).toBe(true)
    expect(stays(steps, [{ reason: over(0, 1) }, { reason: over(2, 9) }])).toBe(false)
  })

  it('stays for too little only before the first step', () => {
    const steps = file([5, 1])
    expect(stays(steps, [{ reason: unjustified(3) }])).toBe(true)
    expect(stays(steps, [{ reason: unjustified(4) }])).toBe(false)
    expect(stays(steps, [{ reason: unjustified(8) }])).toBe(false)
    expect(stays(file([6, 0.5], [3, 0.5]), [{ reason: unjustified(4) }])).toBe(false)
    expect(stays(file([6, 0.5], [3, 0.5]), [{ reason: unjustified(2) }])).toBe(true)
  })

  it('does not stay if it was shown by trying orders', () => {
    expect(stays(file([5, 1]), [{ reason: { kind: 'no-order', rows: [0, 1] } }])).toBe(false)
  })

  it('has to lie on one side as a whole where it tells starts of windows, and none of those of first hits', () => {
    const ranged = (...reasons: Reason[]) => reasons.map((reason): Case => ({ startUs: [0, 1], reason }))
    const steps = file([5, 1])
    expect(stays(steps, ranged(over(0, 1), over(2, 3)), 'fixed-window')).toBe(true)
    expect(stays(steps, ranged(over(0, 1), over(8, 9)), 'fixed-window')).toBe(false)
    expect(stays(steps, ranged(over(0, 1)), 'first-hit-window')).toBe(false)
    expect(stays(steps, [{ reason: over(0, 1) }], 'first-hit-window')).toBe(true)
  })
})
