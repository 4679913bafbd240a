/** What rows are sampled from: their outcomes, in the order in which they are looked at. */
export interface Sequence {
  /** The rows that belong together, such as those that met one limit, in order of time. */
  rows: ArrayLike<number>
  /** The outcome of each row, by its number. */
  outcome: ArrayLike<number>
}

/**
 * Chooses about `budget` of `count` rows, evenly, and never loses an edge: of each run of equal outcomes
 * in each sequence the first and the last row are kept, whatever the budget is. Rows that are in no
 * sequence are chosen evenly as well. Pure.
 * @returns the rows that are kept, ascending.
 */
export function sampleRows(count: number, sequences: readonly Sequence[], budget: number): Uint32Array {
  if (count <= budget) return Uint32Array.from({ length: count }, (_, row) => row)
  const kept = new Uint8Array(count)
  for (const { rows, outcome } of sequences) {
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number
      const own = outcome[row]
      const begins = k === 0 || outcome[rows[k - 1] as number] !== own
      const ends = k === rows.length - 1 || outcome[rows[k + 1] as number] !== own
      if (begins || ends) kept[row] = 1
    }
  }
  const edges = kept.reduce((sum, one) => sum + one, 0)
  const step = count / Math.max(1, budget - edges)
  for (let at = 0; edges < budget && at < count; at += step) kept[Math.floor(at)] = 1
  return Uint32Array.from(indicesOf(kept))
}

function* indicesOf(mask: Uint8Array): Generator<number> {
  for (let row = 0; row < mask.length; row++) if (mask[row] === 1) yield row
}
