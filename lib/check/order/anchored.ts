import { divideProduct } from '../../limiters/exact.ts'
import { slidingCounterOpensUs } from '../../limiters/sliding-counter.ts'
import { type TokenBucketState, tokenBucket } from '../../limiters/token-bucket.ts'
import { type Hypothesis, hasRefillTicks } from '../evidence/hypothesis.ts'

/** What a limiter has counted, as far as it matters, but for instants. */
export type Counts = readonly number[]

/** What a limiter can answer to a request, and when. */
export interface AnchoredAnswer {
  admits: boolean
  /** So long after the anchor it is decided, at least and at most. Where there is no anchor, at any time. */
  leastUs: number
  mostUs: number
  /** The counts afterwards, where the request is counted and where it is not. */
  counted: Counts
  uncounted: Counts
  /** Whether the request becomes the new anchor where it is counted; where it is not, there is none any more. */
  anew: boolean
}

/**
 * A limiter model over instants that are not known yet. All that it ever asks of an instant is how far it is
 * from one other, the anchor: a start of its windows, the request that opened its window, or the one since
 * which a bucket was never full. What it says holds for the models of `limiters`, microsecond for microsecond.
 */
export interface Anchored {
  /** Whether the anchor is there from the beginning: a start of windows, or a refill, nobody knows when. */
  hasPhase: boolean
  /** Before anything is counted. */
  init: Counts
  /** Whether there is an anchor, given these counts. */
  isAnchored(counts: Counts): boolean
  /** The counts, but for what follows from how many units the requests cost that the limiter has met. */
  memory(counts: Counts, metUnits: number): string
  /** All answers that are possible to a request of this cost, so long after the anchor. */
  answers(counts: Counts, fromUs: number, toUs: number, cost: number): AnchoredAnswer[]
}

/** The model of a hypothesis; `undefined` for a sliding log, which asks how far an instant is from many others. */
export function anchoredModel(hypothesis: Hypothesis): Anchored | undefined {
  const { algorithm, limit, windowUs } = hypothesis
  switch (algorithm) {
    case 'fixed-window':
      return aligned(windowUs, (_, used, cost) => (used + cost <= limit ? 0 : undefined))
    case 'sliding-counter':
      return aligned(windowUs, (before, used, cost) =>
        slidingCounterOpensUs(before, limit - used - cost, windowUs, hypothesis.rounding ?? 'floor'),
      )
    case 'first-hit-window':
      return firstHit(limit, windowUs)
    case 'sliding-log':
      return undefined
    case 'token-bucket':
    case 'gcra':
      return hasRefillTicks(hypothesis) ? refilled(hypothesis) : virtualSchedule(limit, windowUs)
  }
}

const none: Counts = []

/**
 * Windows that follow one another from a phase. Counted are the window of the last request (a number from
 * the phase on), what it has counted, and what the window before it had. `opensUs` says from when on, since
 * the window's start, a request is let through, given the counts of the window before and of this one;
 * `undefined` where it never is.
 */
function aligned(
  windowUs: number,
  opensUs: (previous: number, current: number, cost: number) => number | undefined,
): Anchored {
  return {
    hasPhase: true,
    init: none,
    isAnchored: () => true,
    memory: ([window, used = 0, before], metUnits) => `${window} ${used - metUnits} ${before}`,
    answers([last, current = 0, previous = 0], fromUs, toUs, cost) {
      const answers: AnchoredAnswer[] = []
      const first = Math.floor(fromUs / windowUs)
      for (let window = Math.max(first, last ?? first); window * windowUs <= toUs; window++) {
        const used = window === last ? current : 0
        const before = window === last ? previous : window - 1 === last ? current : 0
        const common = {
          counted: [window, used + cost, before],
          uncounted: [window, used, before],
          anew: false,
        }
        const opens = Math.min(windowUs, opensUs(before, used, cost) ?? windowUs)
        const startUs = window * windowUs
        const endUs = startUs + windowUs - 1
        if (opens < windowUs)
          answers.push({ admits: true, leastUs: startUs + opens, mostUs: endUs, ...common })
        if (opens > 0)
          answers.push({ admits: false, leastUs: startUs, mostUs: startUs + opens - 1, ...common })
      }
      return answers
    },
  }
}

/** A window that the first request after the last one opens: the anchor. */
function firstHit(limit: number, windowUs: number): Anchored {
  return {
    hasPhase: false,
    init: none,
    isAnchored: (counts) => counts.length > 0,
    memory: ([units], metUnits) => (units === undefined ? '' : `${units - metUnits}`),
    answers([count], _, __, cost) {
      const anew = { admits: cost <= limit, counted: [cost], uncounted: none, anew: true }
      if (count === undefined)
        return [{ ...anew, leastUs: Number.NEGATIVE_INFINITY, mostUs: Number.POSITIVE_INFINITY }]
      return [
        {
          admits: count + cost <= limit,
          leastUs: 0,
          mostUs: windowUs - 1,
          counted: [count + cost],
          uncounted: [count],
          anew: false,
        },
        { ...anew, leastUs: windowUs, mostUs: Number.POSITIVE_INFINITY },
      ]
    },
  }
}

/**
 * GCRA, and the token bucket that decides as it does: full at the start, refilled all the time. The anchor is
 * the request since which it was never full, and counted is what was since then: the theoretical arrival time
 * is so many intervals after the anchor.
 */
function virtualSchedule(limit: number, windowUs: number): Anchored {
  return {
    hasPhase: false,
    init: none,
    isAnchored: (counts) => counts.length > 0,
    memory: ([units], metUnits) => (units === undefined ? '' : `${units - metUnits}`),
    answers([units], _, __, cost) {
      const fresh = {
        admits: cost <= limit,
        mostUs: Number.POSITIVE_INFINITY,
        counted: [cost],
        uncounted: none,
        anew: true,
      }
      if (units === undefined) return [{ ...fresh, leastUs: Number.NEGATIVE_INFINITY }]
      const fullUs = wholeUs(units, windowUs, limit)
      const since = { counted: [units + cost], uncounted: [units], anew: false }
      const opensUs = cost > limit ? fullUs + 1 : ceilUs(units + cost - limit, windowUs, limit)
      const answers = [
        { admits: true, leastUs: Math.max(0, opensUs), mostUs: fullUs, ...since },
        { admits: false, leastUs: 0, mostUs: Math.min(fullUs, opensUs - 1), ...since },
        { ...fresh, leastUs: fullUs + 1 },
      ]
      return answers.filter(({ leastUs, mostUs }) => leastUs <= mostUs)
    },
  }
}

/**
 * A token bucket that is refilled at intervals: which refill a request comes after is all that matters of its
 * instant. Counted are that refill (a number from the phase on) and the bucket, on a clock that starts there.
 */
function refilled({ limit, windowUs, refillTickUs }: Hypothesis & { refillTickUs: number }): Anchored {
  const model = tokenBucket({ limit, windowUs })
  const countsOf = (refill: number, { atUs, whole, fraction }: TokenBucketState) => [
    refill,
    atUs,
    whole,
    fraction,
  ]
  return {
    hasPhase: true,
    init: none,
    isAnchored: () => true,
    memory: ([refill, , whole = 0, fraction], metUnits) => `${refill} ${whole + metUnits} ${fraction}`,
    answers(counts, fromUs, toUs, cost) {
      const answers: AnchoredAnswer[] = []
      const [last, atUs, whole, fraction] = counts
      const bucket = last === undefined ? model.init() : ({ atUs, whole, fraction } as TokenBucketState)
      const first = Math.floor(fromUs / refillTickUs)
      for (let refill = Math.max(first, last ?? first); refill * refillTickUs <= toUs; refill++) {
        const us = refill * refillTickUs
        answers.push({
          admits: model.admits(bucket, us, cost),
          leastUs: us,
          mostUs: us + refillTickUs - 1,
          counted: countsOf(refill, model.charge(bucket, us, cost)),
          uncounted: countsOf(refill, bucket),
          anew: false,
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
