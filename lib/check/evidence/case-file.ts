import type { History } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import { allowanceToPlay } from '../forward/allowance-to-play.ts'
import { allowanceToMend } from '../mend/allowance-to-mend.ts'
import { type Allowance, allowanceForZones, createAllowance } from '../order/allowance.ts'
import type { Refutation, Refuted } from '../refute/certificate.ts'
import { condensed } from '../refute/condense.ts'
import { moreThanWindowsHold } from '../refute/first-hit-window.ts'
import { refute, refuteByBounds } from '../refute/refute.ts'
import type { Witness } from '../replay/replay.ts'
import { startsToTry } from '../settle/window-starts.ts'
import { tooManyOrders, verifyCertificate } from '../verify/verify-certificate.ts'
import { type DecisionBounds, decisionBounds } from './bounds.ts'
import { type Cell, cellsOf, componentsOf } from './cell.ts'
import { withoutCostingNothing } from './costing-nothing.ts'
import type { Evidence } from './evidence.ts'
import type { EvidenceIndex } from './evidence-index.ts'
import {
  describeHypothesis,
  type Hypothesis,
  hypotheses,
  roundedDown,
  type Surroundings,
} from './hypothesis.ts'
import { KnownEvidence } from './known-evidence.ts'
import { withoutRefusedElsewhere } from './refused-elsewhere.ts'
import { possibleRefusers, type Refusers } from './refusers.ts'
import { remembered } from './remembered.ts'

/** The first beginning of a long history that is looked at by itself, in requests; and how the next ones grow. */
const firstBeginning = 8_192
const growth = 8

/** A proof about one limiter instance. */
export type Proof = Refuted & { cell: Cell }

/**
 * Everything about one history and one list of limits that the steps of judging share, worked out
 * once. Pure: the same history and limits give the same answers.
 */
export class CaseFile {
  /** As it speaks of these limits: see `withoutRefusedElsewhere` and `withoutCostingNothing`. */
  readonly history: History
  readonly limits: readonly Limit[]
  readonly clockDriftPpm: number
  readonly unconstrained: ReadonlySet<number>
  readonly rules: readonly Limit[]
  readonly bounds: DecisionBounds
  readonly cells: Cell[]
  readonly components: Cell[][]
  readonly refusers: Refusers
  /** The work that may still be done on orders, to refute and to explain. */
  readonly toRefute = createAllowance()
  readonly toExplain = createAllowance()
  readonly toPlay: Allowance
  readonly toMend: Allowance
  readonly toSearchZones = allowanceForZones()
  /** What searches for a witness found, by what was assumed of the limiters. */
  readonly searched = new Map<string, Witness | undefined>()
  /** What a search in zones found that the limiters cannot have been, which nothing else need look at then. */
  readonly impossible = new Set<string>()
  /** Proofs that the search made and the arithmetic did not bear out: a fault of Onset's own. */
  readonly rejectedProofs: string[] = []
  private readonly known: KnownEvidence
  private readonly units = new Map<Cell, number>()
  private readonly starts = new Map<string, Refutation>()
  private readonly around = new Map<number, Surroundings>()
  private readonly excluded = new Map<string, boolean>()
  private readonly proofs = new Map<string, Proof | false>()
  private readonly likely = new Map<string, readonly number[]>()

  /**
   * @param unconstrained limits (by index) that are supposed to refuse whatever they like.
   * @param rules what the limits can still be, by index, where that is known to be less than the spec
   * allows: it tells more about which of several limits can have refused a request.
   */
  constructor(
    history: History,
    limits: readonly Limit[],
    clockDriftPpm: number,
    unconstrained: ReadonlySet<number> = new Set(),
    rules: readonly Limit[] = limits,
  ) {
    const told = withoutCostingNothing(withoutRefusedElsewhere(history, limits))
    this.history = told
    this.limits = limits
    this.clockDriftPpm = clockDriftPpm
    this.unconstrained = unconstrained
    this.rules = rules
    this.bounds = decisionBounds(told, clockDriftPpm, limits)
    this.cells = cellsOf(told, limits)
    this.components = componentsOf(told, this.cells)
    this.toPlay = allowanceToPlay(told.count)
    this.toMend = allowanceToMend(told.count)
    this.refusers = possibleRefusers(told, this.bounds, this.cells, unconstrained, rules)
    this.known = new KnownEvidence(told, this.bounds, this.cells, this.refusers)
  }

  /** The limiter instances of one limit. */
  cellsOfLimit(limitIndex: number): Cell[] {
    return this.cells.filter((cell) => cell.limitIndex === limitIndex)
  }

  /** What a limit stands in: which others share requests with it, and what its requests cost. */
  surroundings(limitIndex: number): Surroundings {
    return remembered(this.around, limitIndex, () => this.lookAround(limitIndex))
  }

  private lookAround(limitIndex: number): Surroundings {
    const beside = this.components
      .filter((component) => component.some((cell) => cell.limitIndex === limitIndex))
      .flatMap((component) => component.map((cell) => cell.limitIndex))
    return {
      earlier: beside.some((other) => other < limitIndex),
      later: beside.some((other) => other > limitIndex),
      equalCosts: this.cellsOfLimit(limitIndex).every((cell) => costsAreEqual(this.history, cell)),
    }
  }

  /** What a limiter has to explain under a hypothesis. */
  evidence(cell: Cell, hypothesis: Hypothesis): Evidence {
    return this.index(cell, hypothesis).evidence
  }

  /**
   * The same, ready to be asked.
   * @param count only the first so many requests, see `demandedOf`.
   */
  index(cell: Cell, hypothesis: Hypothesis, count?: number): EvidenceIndex {
    return this.known.index(cell, hypothesis, this.surroundings(cell.limitIndex), count)
  }

  /** Lets go of what only refuting asks for, before something else takes much memory: it is soon worked out again. */
  slim(): void {
    this.known.slim()
  }

  /**
   * Beginnings of what a limiter has to explain, as numbers of requests, each longer than the last, up to all
   * of it. What is wrong mostly shows early, and what speaks against a hypothesis in a beginning does so in
   * the whole.
   */
  *beginnings(cell: Cell): Generator<number> {
    for (let count = firstBeginning; count * growth <= cell.rows.length; count *= growth) yield count
    yield cell.rows.length
  }

  /** What bounds say of every window start of one limiter. */
  refutedStarts(cell: Cell, hypothesis: Hypothesis): Refutation {
    return remembered(this.starts, this.keyOf(cell, roundedDown(hypothesis)), () =>
      refuteByBounds(this.index(cell, hypothesis), hypothesis, false),
    )
  }

  /** The window starts of one limiter that no reason excludes; none where it is refuted. */
  openStarts(cell: Cell, hypothesis: Hypothesis): readonly [from: number, to: number][] {
    const refutation = this.refutedStarts(cell, hypothesis)
    return refutation.refuted ? [] : refutation.openUs
  }

  /** A few of the window starts of one limiter that are open, the likeliest first: where to start a search. */
  likelyStarts(cell: Cell, hypothesis: Hypothesis): readonly number[] {
    return remembered(this.likely, this.keyOf(cell, hypothesis), () => startsToTry(this, cell, hypothesis))
  }

  /**
   * Whether one limiter refused nothing, and has room for all that it met at once: then nothing speaks against it,
   * whatever else is supposed of it. So it is with most of thousands of callers who have limits of their own.
   */
  holdsAll(cell: Cell, { limit }: Hypothesis): boolean {
    const units = remembered(this.units, cell, () =>
      cell.rows.reduce((sum, row) => sum + (this.history.cost[row] as number), 0),
    )
    return units <= limit && this.refusers.refusedNone(cell)
  }

  private keyOf(cell: Cell, hypothesis: Hypothesis): string {
    return `${this.cells.indexOf(cell)} ${describeHypothesis(hypothesis)}`
  }

  /**
   * A proof that a limit is not what the hypothesis says: one of its instances shows it. Every
   * proof is checked again by arithmetic alone; one that does not add up counts for nothing.
   */
  refuteLimit(limitIndex: number, hypothesis: Hypothesis): Proof | undefined {
    const key = `${limitIndex} ${describeHypothesis(hypothesis)}`
    return remembered(this.proofs, key, () => this.lookForProof(limitIndex, hypothesis)) || undefined
  }

  /**
   * Whether bounds alone exclude a hypothesis: a quick look, for where many limits and windows are tried.
   * @param narrowestUs ranges of window starts no wider than this are not cut any further.
   */
  isExcluded(limitIndex: number, hypothesis: Hypothesis, narrowestUs = 0): boolean {
    const key = `${limitIndex} ${narrowestUs} ${describeHypothesis(hypothesis)}`
    return remembered(this.excluded, key, () =>
      this.cellsToRefute(limitIndex, hypothesis).some((cell) => {
        for (const count of this.beginnings(cell)) {
          const index = this.index(cell, hypothesis, count)
          const refutation = refuteByBounds(index, hypothesis, true, narrowestUs)
          if (refutation.refuted && verifyCertificate(index.evidence, refutation) === undefined) return true
        }
        return false
      }),
    )
  }

  /**
   * A proof against a first-hit window that says nothing of where windows start, and so rests on no
   * request but those it names.
   */
  refuteWhereverItStarts(limitIndex: number, hypothesis: Hypothesis): Proof | undefined {
    if (hypothesis.algorithm !== 'first-hit-window') return undefined
    for (const cell of this.cellsToRefute(limitIndex, hypothesis)) {
      const reason = moreThanWindowsHold(this.index(cell, hypothesis), hypothesis)
      if (!reason) continue
      const proof: Refuted = { refuted: true, hypothesis, cases: [{ reason }] }
      if (verifyCertificate(this.evidence(cell, hypothesis), proof) === undefined) return { ...proof, cell }
    }
    return undefined
  }

  /** The hypotheses about a limit that nothing refutes. */
  openHypotheses(limitIndex: number): readonly Hypothesis[] {
    const spec = this.limits[limitIndex] as Limit
    return hypotheses(spec, this.surroundings(limitIndex)).filter(
      (hypothesis) => this.refuteLimit(limitIndex, hypothesis) === undefined,
    )
  }

  private cellsToRefute(limitIndex: number, hypothesis: Hypothesis): Cell[] {
    return this.cellsOfLimit(limitIndex).filter((cell) => !this.holdsAll(cell, hypothesis))
  }

  private lookForProof(limitIndex: number, hypothesis: Hypothesis): Proof | false {
    const twin = roundedDown(hypothesis)
    const ofTwin = twin === hypothesis ? undefined : this.refuteLimit(limitIndex, twin)
    if (ofTwin) {
      const proof = { ...ofTwin, hypothesis }
      if (verifyCertificate(this.evidence(proof.cell, hypothesis), proof) === undefined) return proof
    }
    for (const cell of this.cellsToRefute(limitIndex, hypothesis)) {
      for (const count of this.beginnings(cell)) {
        const index = this.index(cell, hypothesis, count)
        const refutation = refute(index, hypothesis, this.toRefute)
        if (!refutation.refuted) continue
        const proof = condensed(index.evidence, refutation)
        const wrong = verifyCertificate(index.evidence, proof)
        if (wrong === undefined) return { ...proof, cell }
        if (wrong === tooManyOrders) continue
        this.rejectedProofs.push(
          `${describeHypothesis(hypothesis)} for ${cell.limit.scope} ${cell.scopeValue}: ${wrong}`,
        )
      }
    }
    return false
  }
}

function costsAreEqual({ cost }: History, { rows }: Cell): boolean {
  return rows.every((row) => cost[row] === cost[rows[0] as number])
}
