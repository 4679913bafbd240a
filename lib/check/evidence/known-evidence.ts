import type { History } from '../../history/history.ts'
import { isBucket } from '../../spec/bucket.ts'
import { saturates } from '../../spec/saturates.ts'
import { forgetPlaces } from '../verify/told.ts'
import type { DecisionBounds } from './bounds.ts'
import type { Cell } from './cell.ts'
import { type Demanded, demandedOf, evidenceFor, type Requests, requestsOf } from './evidence.ts'
import { EvidenceIndex, endsInOrder } from './evidence-index.ts'
import { type Hypothesis, refusalsAreFree, type Surroundings } from './hypothesis.ts'
import type { Refusers } from './refusers.ts'
import { remembered } from './remembered.ts'

/** How many indices are kept that only one limit and window need: as many as a proof goes back to. */
const mostPassing = 16

/**
 * What each limiter has to explain under each hypothesis, worked out when it is asked for, and kept. Hypotheses
 * under which that is the same share it, and all of one limiter share what does not depend on them: its requests,
 * and what is demanded of it.
 */
export class KnownEvidence {
  private readonly history: History
  private readonly bounds: DecisionBounds
  private readonly cells: readonly Cell[]
  private readonly refusers: Refusers
  private readonly requests = new Map<Cell, Requests>()
  private readonly demanded = new Map<string, Demanded>()
  private readonly ends = new Map<Cell, Uint32Array>()
  private readonly indices = new Map<string, EvidenceIndex>()
  /** Those that only one limit and window need, which are many: the last few are kept. */
  private readonly passingIndices = new Map<string, EvidenceIndex>()

  constructor(history: History, bounds: DecisionBounds, cells: readonly Cell[], refusers: Refusers) {
    this.history = history
    this.bounds = bounds
    this.cells = cells
    this.refusers = refusers
  }

  /** The evidence about one limiter, ready to be asked: of its first so many requests, see `demandedOf`. */
  index(
    cell: Cell,
    hypothesis: Hypothesis,
    { earlier, later, equalCosts }: Surroundings,
    count = cell.rows.length,
  ): EvidenceIndex {
    const alone = !earlier && !later
    const ownNumbers = dependsOnNumbers(cell, hypothesis, alone, equalCosts)
    const key = [
      this.cells.indexOf(cell),
      count,
      alone && cell.limit.startsEmpty ? '' : evidenceKind(hypothesis, cell.limit.startsEmpty),
      hypothesis.limitedRequests,
      hypothesis.chargedWhenRefused,
      ownNumbers ? `${hypothesis.limit}/${hypothesis.windowUs}` : '',
    ].join()
    const known = ownNumbers ? this.passingIndices : this.indices
    const oldest = ownNumbers && known.size > mostPassing ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    return remembered(known, key, () => {
      const { history, bounds, refusers } = this
      const evidence = evidenceFor(history, bounds, cell, hypothesis, refusers, this.demandedOf(cell, count))
      const isWhole = count === cell.rows.length
      return new EvidenceIndex(
        evidence,
        isWhole ? remembered(this.ends, cell, () => endsInOrder(evidence)) : undefined,
      )
    })
  }

  private demandedOf(cell: Cell, count: number): Demanded {
    return remembered(this.demanded, `${this.cells.indexOf(cell)} ${count}`, () => {
      const { history, bounds, refusers } = this
      const all = remembered(this.requests, cell, () => requestsOf(history, bounds, cell))
      return demandedOf(history, cell, refusers, all, count)
    })
  }

  /** Lets go of what only refuting asks for, before something else takes much memory: it is soon worked out again. */
  slim(): void {
    for (const index of [...this.indices.values(), ...this.passingIndices.values()]) {
      index.slim()
      forgetPlaces(index.evidence)
    }
  }
}

/** Algorithms of one kind have the same evidence, where the rules for refused requests are the same. */
function evidenceKind(hypothesis: Hypothesis, startsEmpty: boolean): string {
  const { algorithm } = hypothesis
  if (saturates(algorithm)) return 'window'
  // What a bucket lacks from before the history it may lack for long.
  if (isBucket(algorithm) && !startsEmpty) return 'bucket'
  // Only of a sliding log can a later admission say that it had room, and so did not count a refusal.
  if (refusalsAreFree(hypothesis)) return ''
  return isBucket(algorithm) ? 'bucket' : algorithm
}

/** Whether what a request uses up, or what may be hidden, differs with the limit or the window. */
function dependsOnNumbers(
  cell: Cell,
  { algorithm, limitedRequests, chargedWhenRefused }: Hypothesis,
  alone: boolean,
  equalCosts: boolean,
): boolean {
  const free = limitedRequests === 'free' && chargedWhenRefused === 'free'
  const invisible = equalCosts && limitedRequests === 'free' && saturates(algorithm)
  return !cell.limit.startsEmpty || !(alone || free || invisible)
}
