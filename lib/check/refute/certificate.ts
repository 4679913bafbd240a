import type { Hypothesis } from '../evidence/hypothesis.ts'

/**
 * Why a limiter cannot have given these answers, for every start of its window in one range.
 * Rows are those of the history. Each can be checked again with the bounds of the rows and
 * additions alone.
 */
export type Reason =
  | {
      /** More was let through, surely within so many windows, than they hold. */
      kind: 'over-admission'
      windows: number
      rows: number[]
      /**
       * A refusal surely in the window before: what was surely let through after it cannot have
       * been let through in that window, so it belongs to this one.
       */
      afterRefused?: number
    }
  | {
      /** More was let through, surely within one span, than a bucket holds and what flows in meanwhile. */
      kind: 'over-refill'
      rows: number[]
    }
  | {
      /** `admitted` was let through although the limit was surely used up before it. */
      kind: 'admitted-when-full'
      admitted: number
      rows: number[]
      /** What the previous window's count added at least (sliding counter only). */
      carriedUnits?: number
    }
  | {
      /** Refused, and after it let through, surely within the same window. */
      kind: 'refusal-before-admission'
      refused: number
      admitted: number
      /** Not within one window, but with no refill of a bucket in between. */
      betweenRefills?: true
    }
  | {
      /** Refused although at most `unitsAtMost` can have been counted. */
      kind: 'unjustified-refusal'
      refused: number
      /** More that were refused: whichever came first of them and the other, no more was counted before that. */
      alike?: number[]
      unitsAtMost: number
    }
  | {
      /**
       * In no order, with no instants and no phase, are these the answers; whatever the outcomes of
       * the other requests were. Shown by trying all of them; no row can be taken away.
       */
      kind: 'no-order'
      rows: number[]
    }

/**
 * One case of a proof. `startUs` is the range of instants at which the window in question may
 * start, or a bucket be refilled, that this case covers; `undefined` where the algorithm has no such instant. A case is
 * closed by a reason, or by cases that cover every start that the next window can then have.
 */
export interface Case {
  startUs?: [from: number, to: number]
  reason?: Reason
  next?: Case[]
}

/** A proof that one limiter (one value of a scope) is none of one hypothesis. */
export interface Refuted {
  refuted: true
  hypothesis: Hypothesis
  cases: Case[]
}

/** No proof was found. `openUs` are the window starts, or refills, that remain possible, where there are any. */
export interface Open {
  refuted: false
  openUs: [from: number, to: number][]
  /** The search stopped at its bound before it had tried everything. */
  exhausted: boolean
}

export type Refutation = Refuted | Open
