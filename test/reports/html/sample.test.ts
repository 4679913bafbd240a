import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleRows } from '../../../reports/html/sample.ts'

const outcomes = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 300 })

/** Rows at which a run of equal outcomes begins or ends, worked out the slow way. */
function edgesOf(outcome: readonly number[], rows: readonly number[]): number[] {
  return rows.filter((row, k) => {
    const before = rows[k - 1]
    const after = rows[k + 1]
    return (
      before === undefined ||
      after === undefined ||
      outcome[before] !== outcome[row] ||
      outcome[after] !== outcome[row]
    )
  })
}

describe('thinning out requests', () => {
  it('keeps the first and the last of each run of outcomes in each sequence, whatever the budget', () => {
    fc.assert(
      fc.property(
        outcomes,
        fc.nat({ max: 100 }),
        fc.integer({ min: 1, max: 4 }),
        (outcome, budget, parts) => {
          const rows = outcome.map((_, row) => row)
          const sequences = Array.from({ length: parts }, (_, part) =>
            rows.filter((row) => row % parts === part),
          )
          const kept = new Set(
            sampleRows(
              outcome.length,
              sequences.map((part) => ({ rows: part, outcome })),
              budget,
            ),
          )
          for (const part of sequences)
            for (const edge of edgesOf(outcome, part)) expect(kept.has(edge)).toBe(true)
        },
      ),
    )
  })

  it('keeps ascending rows, no more than the budget beside the edges, and all of them where they fit', () => {
    fc.assert(
      fc.property(outcomes, fc.nat({ max: 400 }), (outcome, budget) => {
        const rows = outcome.map((_, row) => row)
        const kept = [...sampleRows(outcome.length, [{ rows, outcome }], budget)]
        expect(kept).toEqual([...new Set(kept)].sort((one, other) => one - other))
        if (outcome.length <= budget) expect(kept).toEqual(rows)
        else expect(kept.length).toBeLessThanOrEqual(Math.max(budget, edgesOf(outcome, rows).length) + 1)
      }),
    )
  })

  it('leaves out what is within a long run', () => {
    const outcome = new Uint8Array(1000)
    outcome[500] = 1
    const rows = Uint32Array.from(outcome.keys())
    const kept = [...sampleRows(1000, [{ rows, outcome }], 50)]
    expect(kept.length).toBeLessThan(60)
    expect(kept).toEqual(expect.arrayContaining([0, 499, 500, 501, 999]))
  })
})
