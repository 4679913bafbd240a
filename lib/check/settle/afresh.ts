import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Limiter } from './settle.ts'

/** So often several limiters begin again. */
const mostTimes = 3

/**
 * Several limiters in turn, of which some open their windows when they are first used. By when a request has to be
 * decided is told by where windows began at the time: once they begin later, as they should, it is no longer
 * true, and nothing fits. So all that is forgotten, first with everything else as it stands by then, and then from
 * the beginning, with the limiters the other way round, so that others choose first.
 */
export class Afresh {
  /** The limiters in the order in which it is their turn. */
  inTurn: Limiter[]
  private times = 0

  constructor(limiters: Iterable<Limiter>) {
    this.inTurn = [...limiters]
  }

  /**
   * Begins again where one of them found no way on. Where windows start at instants that are given, others of
   * these are tried instead.
   * @param rows those that are explained.
   * @returns whether there is anything to try.
   */
  beginAgain(bounds: DecisionBounds, rows: Uint32Array, atUs: Float64Array): boolean {
    const [first] = this.inTurn
    const open = this.inTurn.some(({ hypothesis }) => hypothesis.algorithm === 'first-hit-window')
    const given = this.inTurn.some(({ startUs }) => startUs !== undefined)
    if (!first?.latestUs || !open || given || ++this.times > mostTimes) return false
    // One column for all of them.
    first.latestUs.set(bounds.hiUs)
    if (this.times % 2 === 1) return true
    this.inTurn.reverse()
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number
      if (!Number.isNaN(atUs[row] as number)) atUs[row] = bounds.lo(row)
    }
    return true
  }
}
