import type { History } from '../history/history.ts'
import type { Limit } from '../spec/index.ts'
import { type DecisionBounds, decisionBounds } from './bounds.ts'
import { type Cell, cellsOf, componentsOf } from './cell.ts'
import type { Refutation, Refuted } from './certificate.ts'
import { type Evidence, evidenceFor } from './evidence.ts'
import { EvidenceIndex } from './evidence-index.ts'
import { describeHypothesis, type Hypothesis, type Neighbours, saturates } from './hypothesis.ts'
import { possibleRefusers, type Refusers } from './refusers.ts'
import { refute } from './refute.ts'
import { verifyCertificate } from './verify-certificate.ts'

/** A proof about one limiter instance. */
export type Proof = Refuted & { cell: Cell }

/**
 * Everything about one history and one list of limits that the steps of judging share, worked out
 * once. Pure: the same history and limits give the same answers.
 */
export class CaseFile {
  readonly history: History
  readonly limits: readonly Limit[]
  readonly clockDriftPpm: number
  readonly unconstrained: ReadonlySet<number>
  readonly bounds: DecisionBounds
  readonly cells: Cell[]
  readonly components: Cell[][]
  readonly refusers: Refusers
  /** Proofs that the search made and the arithmetic did not bear out: a fault of Onset's own. */
  readonly rejectedProofs: string[] = []
  private readonly indices = new Map<string, EvidenceIndex>()

  /** @param unconstrained limits (by index) that are supposed to refuse whatever they like. */
  constructor(
    history: History,
    limits: readonly Limit[],
    clockDriftPpm: number,
    unconstrained: ReadonlySet<number> = new Set(),
  ) {
    this.history = history
    this.limits = limits
    this.clockDriftPpm = clockDriftPpm
    this.unconstrained = unconstrained
    this.bounds = decisionBounds(history, clockDriftPpm)
    this.cells = cellsOf(history, limits)
    this.components = componentsOf(history, this.cells)
    this.refusers = possibleRefusers(history, this.bounds, this.cells, unconstrained)
  }

  /** The limiter instances of one limit. */
  cellsOfLimit(limitIndex: number): Cell[] {
    return this.cells.filter((cell) => cell.limitIndex === limitIndex)
  }

  /** Whether other limits, before or after this one in the list, share requests with it. */
  neighbours(limitIndex: number): Neighbours {
    const beside = this.components
      .filter((component) => component.some((cell) => cell.limitIndex === limitIndex))
      .flatMap((component) => component.map((cell) => cell.limitIndex))
    return {
      earlier: beside.some((other) => other < limitIndex),
      later: beside.some((other) => other > limitIndex),
    }
  }

  /** What a limiter has to explain under a hypothesis. */
  evidence(cell: Cell, hypothesis: Hypothesis): Evidence {
    return this.index(cell, hypothesis).evidence
  }

  /** The same, ready to be asked. */
  index(cell: Cell, hypothesis: Hypothesis): EvidenceIndex {
    const key = [
      this.cells.indexOf(cell),
      saturates(hypothesis.algorithm),
      hypothesis.limitedRequests,
      hypothesis.chargedWhenRefused,
      dependsOnNumbers(cell, hypothesis) ? `${hypothesis.limit}/${hypothesis.windowUs}` : '',
    ].join()
    let index = this.indices.get(key)
    if (!index) {
      index = new EvidenceIndex(evidenceFor(this.history, this.bounds, cell, hypothesis, this.refusers))
      this.indices.set(key, index)
    }
    return index
  }

  /** Tries to prove that one limiter instance is not what the hypothesis says. */
  refuteCell(cell: Cell, hypothesis: Hypothesis, stopAtOpen = true): Refutation {
    return refute(this.index(cell, hypothesis), hypothesis, stopAtOpen)
  }

  /**
   * A proof that a limit is not what the hypothesis says: one of its instances shows it. Every
   * proof is checked again by arithmetic alone; one that does not add up counts for nothing.
   */
  refuteLimit(limitIndex: number, hypothesis: Hypothesis): Proof | undefined {
    for (const cell of this.cellsOfLimit(limitIndex)) {
      const refutation = this.refuteCell(cell, hypothesis)
      if (!refutation.refuted) continue
      const wrong = verifyCertificate(this.evidence(cell, hypothesis), refutation)
      if (wrong === undefined) return { ...refutation, cell }
      this.rejectedProofs.push(
        `${describeHypothesis(hypothesis)} for ${cell.limit.scope} ${cell.scopeValue}: ${wrong}`,
      )
    }
    return undefined
  }
}

/** Whether what a request uses up, or what may be hidden, differs with the limit or the window. */
function dependsOnNumbers(
  cell: Cell,
  { algorithm, limitedRequests, chargedWhenRefused }: Hypothesis,
): boolean {
  const free = limitedRequests === 'free' && chargedWhenRefused === 'free'
  return !cell.limit.startsEmpty || !(free || saturates(algorithm))
}
