import type { History } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Refusers } from '../evidence/refusers.ts'
import { replay, type Witness } from '../replay/replay.ts'
import type { Conflict } from './conflict.ts'
import { type PlayedRequests, playedRequests } from './requests.ts'

/** A component that is to be played: what it has to explain, under one hypothesis for each of its limiters. */
export class PlayedComponent {
  readonly requests: PlayedRequests
  private readonly history: History
  private readonly limits: readonly Limit[]
  private readonly bounds: DecisionBounds
  private readonly refusers: Refusers
  private readonly assumed: readonly { cell: Cell; hypothesis: Hypothesis }[]
  private readonly rows: readonly number[]
  private readonly cells: readonly Cell[]

  constructor(
    history: History,
    limits: readonly Limit[],
    bounds: DecisionBounds,
    refusers: Refusers,
    assumed: readonly { cell: Cell; hypothesis: Hypothesis }[],
    rows: readonly number[],
  ) {
    this.history = history
    this.limits = limits
    this.bounds = bounds
    this.refusers = refusers
    this.assumed = assumed
    this.rows = rows
    this.cells = assumed.map(({ cell }) => cell)
    this.requests = playedRequests(history, bounds, this.cells, rows)
  }

  /** The limiters that may have refused the request of a conflict. */
  refusersOf({ request, limiter }: Conflict): readonly number[] {
    if (limiter >= 0) return [limiter]
    const known = this.refusers
      .of(this.requests.rows[request] as number)
      .map((cell) => this.cells.indexOf(cell))
    const found = known.filter((k) => k >= 0)
    return found.length > 0 ? found : (this.requests.meets[request] as readonly number[])
  }

  /**
   * What was decided, as a witness; `undefined` where the plain models, replayed, say otherwise.
   * @param order the requests in the order in which they were decided, and `playedUs` when each was.
   * @param startsUs where a window of each limiter starts, if it has such.
   */
  witness(
    order: readonly number[],
    playedUs: Float64Array,
    startsUs: readonly (number | undefined)[],
  ): Witness | undefined {
    const { history, limits, bounds, assumed, rows, requests } = this
    const atUs = new Float64Array(history.count).fill(Number.NaN)
    for (const i of order) atUs[requests.rows[i] as number] = playedUs[i] as number
    const startOf = new Map(
      assumed.map(({ cell }, k) => [`${cell.limitIndex} ${cell.scopeValue}`, startsUs[k]]),
    )
    const witness: Witness = {
      atUs,
      order: order.map((i) => requests.rows[i] as number),
      hypotheses: new Map(assumed.map(({ cell, hypothesis }) => [cell.limitIndex, hypothesis])),
      startUs: (limitIndex, scopeValue) => startOf.get(`${limitIndex} ${scopeValue}`),
    }
    return replay(history, limits, bounds, rows, witness) === undefined ? witness : undefined
  }
}
