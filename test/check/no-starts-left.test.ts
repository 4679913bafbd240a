import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import { findWitness } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { limitSchema } from '../../lib/spec/index.ts'

it.each(['fixed-window', 'sliding-counter'] as const)(
  'a %s whose windows can start nowhere that is left has no witness',
  (algorithm) => {
    const limit = limitSchema.parse({
      name: 'per key',
      scope: 'apiKey',
      limit: 2,
      window: '1s',
      algorithm: [algorithm],
    })
    const history = historyFromRecords(
      { descriptors: { K: { apiKey: 'K' } } },
      [0, 100, 200].map((ms, k) => ({
        descriptor: 'K',
        sentUs: ms * 1000,
        receivedUs: ms * 1000 + 5_000,
        outcome: k < 2 ? Outcome.accepted : Outcome.limited,
      })),
    )
    const file = new CaseFile(history, [limit], 0)
    const [cell] = file.cells
    const [hypothesis] = hypotheses(limit, file.surroundings(0))
    if (!cell || !hypothesis) throw new Error('the limit has a cell and a hypothesis')
    const search = (startsUs: readonly number[]) => {
      const assumed = [{ cell, hypothesis, evidence: file.evidence(cell, hypothesis), startsUs }]
      return findWitness(history, [limit], file.bounds, assumed, file.refusers)
    }
    expect(search([-1_000])).toBeDefined()
    expect(search([])).toBeUndefined()
  },
)
