import type { Hypothesis } from '../evidence/hypothesis.ts'
import { type Anchored, anchoredModel, type Counts } from './anchored.ts'
import type { Constraint, DifferenceSystem } from './difference-system.ts'

/** What a limiter can answer to a request, and what would have to be so for it. */
export interface Answer<State = unknown> {
  admits: boolean
  /** What it takes. */
  where: Constraint[]
  /** The state afterwards, where the request is counted and where it is not. */
  counted: State
  uncounted: State
}

/**
 * A limiter model over instants that are not known yet: variables of a difference system. Every way
 * in which the limiter can answer a request is a list of constraints. What it says holds for the
 * models of `limiters`, microsecond for microsecond; the order in which requests are decided is
 * given.
 */
export interface Symbolic<State = unknown> {
  init: State
  /** Where a window starts, for limiters that have an unknown phase. */
  phase: number | undefined
  /** All answers that are possible now to a request of this cost whose instant is variable `at`. */
  answers(state: State, at: number, cost: number): Answer<State>[]
}

/** Makes the symbolic model of a hypothesis. Its phase, where it has one, becomes a variable in a range. */
export function symbolicModel(
  system: DifferenceSystem,
  hypothesis: Hypothesis,
  phaseUs: readonly [from: number, to: number],
): Symbolic {
  const model = anchoredModel(hypothesis)
  return model ? byAnchor(system, model, phaseUs) : log(hypothesis.limit, hypothesis.windowUs)
}

interface CountedSince {
  counts: Counts
  /** The variable of the anchor; `undefined` where there is none. */
  anchor: number | undefined
}

/** A model that goes by how far instants are from its anchor: a variable, the phase or that of a request. */
function byAnchor(
  system: DifferenceSystem,
  { hasPhase, init, answers, isAnchored }: Anchored,
  [fromUs, toUs]: readonly [from: number, to: number],
): Symbolic<CountedSince> {
  const phase = hasPhase ? system.variable(fromUs, toUs) : undefined
  return {
    phase,
    init: { counts: init, anchor: phase },
    answers({ counts, anchor }, at, cost) {
      const [leastUs, mostUs] =
        phase === undefined
          ? [0, Number.POSITIVE_INFINITY]
          : [system.earliest(at) - toUs, system.bound(at) - system.earliest(phase)]
      return answers(counts, leastUs, mostUs, cost).map((given): Answer<CountedSince> => {
        const where: Constraint[] = []
        if (anchor !== undefined) {
          // What is decided later than a request comes no sooner anyway.
          if (hasPhase || given.leastUs > 0) where.push([anchor, at, given.leastUs])
          if (Number.isFinite(given.mostUs)) where.push([at, anchor, -given.mostUs])
        }
        const { admits, counted, uncounted, anew } = given
        return {
          admits,
          where,
          counted: { counts: counted, anchor: anew ? at : anchor },
          uncounted: { counts: uncounted, anchor: isAnchored(uncounted) ? anchor : undefined },
        }
      })
    },
  }
}

interface Logged {
  at: number
  cost: number
}

function log(limit: number, windowUs: number): Symbolic<readonly Logged[]> {
  return {
    phase: undefined,
    init: [],
    answers(entries, at, cost) {
      const counted = [...entries, { at, cost }]
      if (cost > limit) return [{ admits: false, where: [], counted, uncounted: entries }]
      // The newest entry that has to be gone for the request to fit.
      let units = cost
      let k = entries.length - 1
      while (k >= 0 && units + (entries[k] as Logged).cost <= limit) units += (entries[k--] as Logged).cost
      const blocking = entries[k]
      if (!blocking) return [{ admits: true, where: [], counted, uncounted: entries }]
      return [
        { admits: true, where: [[blocking.at, at, windowUs]], counted, uncounted: entries },
        { admits: false, where: [[at, blocking.at, 1 - windowUs]], counted, uncounted: entries },
      ]
    },
  }
}
