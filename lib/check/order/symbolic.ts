import { divideProduct } from '../../limiters/exact.ts'
import { slidingCounterOpensUs } from '../../limiters/sliding-counter.ts'
import { type TokenBucketState, tokenBucket } from '../../limiters/token-bucket.ts'
import { type Hypothesis, hasRefillTicks } from '../evidence/hypothesis.ts'
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
  const { algorithm, limit, windowUs } = hypothesis
  switch (algorithm) {
    case 'fixed-window':
      return aligned(system, windowUs, phaseUs, (_, used, cost) => (used + cost <= limit ? 0 : undefined))
    case 'sliding-counter':
      return aligned(system, windowUs, phaseUs, (before, used, cost) =>
        slidingCounterOpensUs(before, limit - used - cost, windowUs, hypothesis.rounding ?? 'floor'),
      )
    case 'first-hit-window':
      return firstHit(limit, windowUs)
    case 'sliding-log':
      return log(limit, windowUs)
    case 'token-bucket':
    case 'gcra':
      return hasRefillTicks(hypothesis)
        ? refilled(system, hypothesis, phaseUs)
        : virtualSchedule(limit, windowUs)
  }
}

interface Aligned {
  /** The window of the last request, counted from the phase; `undefined` before the first. */
  window: number | undefined
  current: number
  previous: number
}

/**
 * Windows that follow one another from a phase. `opensUs` says from when on, since the window's
 * start, a request is let through, given the counts of the window before and of this one;
 * `undefined` where it never is.
 */
function aligned(
  system: DifferenceSystem,
  windowUs: number,
  [fromUs, toUs]: readonly [from: number, to: number],
  opensUs: (previous: number, current: number, cost: number) => number | undefined,
): Symbolic<Aligned> {
  const phase = system.variable(fromUs, toUs)
  const moveTo = ({ window, current, previous }: Aligned, to: number): Aligned => {
    if (window === to) return { window, current, previous }
    return { window: to, current: 0, previous: window === to - 1 ? current : 0 }
  }
  return {
    phase,
    init: { window: undefined, current: 0, previous: 0 },
    answers(state, at, cost) {
      const answers: Answer<Aligned>[] = []
      const first = Math.floor((system.earliest(at) - toUs) / windowUs)
      const last = Math.floor((system.bound(at) - system.earliest(phase)) / windowUs)
      for (let window = Math.max(first, state.window ?? first); window <= last; window++) {
        const now = moveTo(state, window)
        const counted = { ...now, current: now.current + cost }
        const inside: Constraint[] = [
          [phase, at, window * windowUs],
          [at, phase, 1 - (window + 1) * windowUs],
        ]
        const opens = opensUs(now.previous, now.current, cost)
        if (opens !== undefined && opens < windowUs) {
          const where = opens > 0 ? [...inside, [phase, at, window * windowUs + opens] as const] : inside
          answers.push({ admits: true, where, counted, uncounted: now })
        }
        if (opens === undefined || opens > 0) {
          const shut = Math.min(opens ?? windowUs, windowUs)
          const where: Constraint[] = [...inside, [at, phase, 1 - window * windowUs - shut]]
          answers.push({ admits: false, where, counted, uncounted: now })
        }
      }
      return answers
    },
  }
}

interface FirstHit {
  /** The instant of the request that opened the window. */
  opener: number | undefined
  count: number
}

function firstHit(limit: number, windowUs: number): Symbolic<FirstHit> {
  const shut: FirstHit = { opener: undefined, count: 0 }
  return {
    phase: undefined,
    init: shut,
    answers({ opener, count }, at, cost) {
      const anew = {
        admits: cost <= limit,
        where: opener === undefined ? [] : [[opener, at, windowUs] as const],
        counted: { opener: at, count: cost },
        uncounted: shut,
      }
      if (opener === undefined) return [anew]
      const within = {
        admits: count + cost <= limit,
        where: [[at, opener, 1 - windowUs] as const],
        counted: { opener, count: count + cost },
        uncounted: { opener, count },
      }
      return [within, anew]
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

interface VirtualSchedule {
  /** The request since which the bucket was never full; `undefined` while it is. */
  base: number | undefined
  /** Units counted since then: the theoretical arrival time is so many intervals after the base. */
  units: number
}

/** GCRA, and the token bucket that decides as it does: full at the start, refilled all the time. */
function virtualSchedule(limit: number, windowUs: number): Symbolic<VirtualSchedule> {
  const full: VirtualSchedule = { base: undefined, units: 0 }
  return {
    phase: undefined,
    init: full,
    answers({ base, units }, at, cost) {
      const fresh = {
        admits: cost <= limit,
        where: base === undefined ? [] : [[base, at, wholeUs(units, windowUs, limit) + 1] as const],
        counted: { base: at, units: cost },
        uncounted: full,
      }
      if (base === undefined) return [fresh]
      const behind = [at, base, -wholeUs(units, windowUs, limit)] as const
      const counted = { base, units: units + cost }
      const uncounted = { base, units }
      const opensUs = ceilUs(units + cost - limit, windowUs, limit)
      const refused = { admits: false, counted, uncounted }
      if (cost > limit) return [{ ...refused, where: [behind] }, fresh]
      return [
        { admits: true, where: [behind, [base, at, opensUs] as const], counted, uncounted },
        { ...refused, where: [behind, [at, base, 1 - opensUs] as const] },
        fresh,
      ]
    },
  }
}

interface Refilled {
  /** The refill before the last request, counted from the phase; `undefined` before the first. */
  refill: number | undefined
  /** The bucket, on a clock that starts at the phase. */
  bucket: TokenBucketState
}

/** A token bucket that is refilled at intervals: which refill a request comes after is all that matters of its instant. */
function refilled(
  system: DifferenceSystem,
  { limit, windowUs, refillTickUs }: Hypothesis & { refillTickUs: number },
  [fromUs, toUs]: readonly [from: number, to: number],
): Symbolic<Refilled> {
  const phase = system.variable(fromUs, toUs)
  const model = tokenBucket({ limit, windowUs })
  return {
    phase,
    init: { refill: undefined, bucket: model.init() },
    answers(state, at, cost) {
      const answers: Answer<Refilled>[] = []
      const first = Math.floor((system.earliest(at) - toUs) / refillTickUs)
      const last = Math.floor((system.bound(at) - system.earliest(phase)) / refillTickUs)
      for (let refill = Math.max(first, state.refill ?? first); refill <= last; refill++) {
        const us = refill * refillTickUs
        answers.push({
          admits: model.admits(state.bucket, us, cost),
          where: [
            [phase, at, us],
            [at, phase, 1 - us - refillTickUs],
          ],
          counted: { refill, bucket: model.charge(state.bucket, us, cost) },
          uncounted: { refill, bucket: state.bucket },
        })
      }
      return answers
    },
  }
}

/** `units` emission intervals of `windowUs / limit`, rounded down to whole microseconds. */
function wholeUs(units: number, windowUs: number, limit: number): number {
  return divideProduct(units, windowUs, 0, limit).quotient
}

function ceilUs(units: number, windowUs: number, limit: number): number {
  const { quotient, remainder } = divideProduct(units, windowUs, 0, limit)
  return remainder === 0 ? quotient : quotient + 1
}
