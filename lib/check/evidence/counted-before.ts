import { Demand, Use } from './evidence.ts'
import type { EvidenceIndex } from './evidence-index.ts'
import type { Hypothesis } from './hypothesis.ts'

/** A range of instants, both ends included. */
type Range = readonly [fromUs: number, toUs: number]

/**
 * Where one window may start. From `sureFromUs` on what is counted surely belongs to it, or to a later
 * one: it is the end of the range, or earlier where the window before is known to have ended.
 */
interface Window {
  range: Range
  sureFromUs: number
}

/** Where the windows of a limiter may start, as far as that is known. */
export interface Starts {
  /** Those of fixed windows and sliding counters stand for all that are whole windows apart. */
  windows: readonly Window[]
  /** From here on a window may start anywhere; `-Infinity` where nothing is known. */
  unknownFromUs: number
}

/** What weighed on a limiter when a request came. `possibly` may be infinite. */
export interface CountedBefore {
  surely: number
  possibly: number
  /** Where the window started that it fell into, where only one range is possible. */
  windowStartUs?: Range
}

/**
 * Units that were surely, and that were possibly, counted when request `i` of the evidence was
 * decided, itself left out: those of its window, of the last window's length, or what a bucket has
 * not made up for. Bounds hold whatever instants the requests had, and for every start in `starts`.
 */
export function countedBefore(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  i: number,
  starts: Starts,
): CountedBefore {
  switch (hypothesis.algorithm) {
    case 'sliding-log':
      return inLastWindow(index, hypothesis, i)
    case 'token-bucket':
    case 'gcra':
      return inBucket(index, hypothesis, i)
    default:
      return inItsWindow(index, hypothesis, i, starts)
  }
}

function inLastWindow(index: EvidenceIndex, { windowUs }: Hypothesis, i: number): CountedBefore {
  const lo = index.evidence.loUs[i] as number
  const hi = index.evidence.hiUs[i] as number
  return {
    surely: index.used.surelyWithin(hi - windowUs + 1, lo - 1),
    possibly: index.possibleBeside(i, lo - windowUs + 1, hi),
  }
}

function inItsWindow(index: EvidenceIndex, hypothesis: Hypothesis, i: number, starts: Starts): CountedBefore {
  const { algorithm, windowUs } = hypothesis
  const lo = index.evidence.loUs[i] as number
  const hi = index.evidence.hiUs[i] as number
  const periodic = algorithm !== 'first-hit-window'
  const windows = starts.windows
    .flatMap((window) => (periodic ? repeated(window.range, windowUs, lo, hi) : [window]))
    .filter(({ range: [from, to] }) => from <= hi && to + windowUs - 1 >= lo)
  const ofWindow = algorithm === 'sliding-counter' ? weighted : plain
  const [only] = windows
  if (only && windows.length === 1 && only.range[1] <= lo && hi <= only.range[0] + windowUs - 1) {
    return { ...ofWindow(index, hypothesis, i, only), windowStartUs: only.range }
  }
  const bounds = windows.map((window) => ofWindow(index, hypothesis, i, window))
  if (hi >= starts.unknownFromUs || windows.length === 0) bounds.push(anywhere(index, hypothesis, i))
  // Between two first-hit windows nothing is counted; only what is let through opens the next one.
  else if (!periodic && index.evidence.demand[i] !== Demand.admit) bounds.push({ surely: 0, possibly: 0 })
  return {
    surely: Math.min(...bounds.map(({ surely }) => surely)),
    possibly: Math.max(...bounds.map(({ possibly }) => possibly)),
  }
}

/** The starts of all windows that an instant in [lo, hi] can lie in, given where one starts. */
function repeated([from, to]: Range, windowUs: number, lo: number, hi: number): Window[] {
  const first = Math.ceil((lo - windowUs + 1 - to) / windowUs)
  const last = Math.floor((hi - from) / windowUs)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k): Window => {
    const by = (first + k) * windowUs
    return { range: [from + by, to + by], sureFromUs: to + by }
  })
}

function plain(index: EvidenceIndex, { windowUs }: Hypothesis, i: number, window: Window): CountedBefore {
  const [from, to] = window.range
  const lo = index.evidence.loUs[i] as number
  const hi = index.evidence.hiUs[i] as number
  return {
    surely: index.used.surelyWithin(window.sureFromUs, lo - 1),
    possibly: index.possibleBeside(i, from, Math.min(hi, to + windowUs - 1)),
  }
}

/** A sliding counter adds what the window before counted, weighted with what is left of its span. */
function weighted(index: EvidenceIndex, hypothesis: Hypothesis, i: number, window: Window): CountedBefore {
  const { windowUs, rounding } = hypothesis
  const [from, to] = window.range
  const elapsedAtMost = Math.min(windowUs, (index.evidence.hiUs[i] as number) - from)
  const elapsedAtLeast = Math.max(0, (index.evidence.loUs[i] as number) - to)
  const round = rounding === 'ceil' ? Math.ceil : Math.floor
  const left = (units: number, elapsedUs: number) => round((units * (windowUs - elapsedUs)) / windowUs)
  const now = plain(index, hypothesis, i, window)
  const before = index.possibleBeside(i, from - windowUs, to - 1)
  return {
    surely: now.surely + left(index.used.surelyWithin(to - windowUs, from - 1), elapsedAtMost),
    possibly: Number.isFinite(before) ? now.possibly + left(before, elapsedAtLeast) : before,
  }
}

/** Where a window may start at any instant: it may have started with the request itself. */
function anywhere(index: EvidenceIndex, hypothesis: Hypothesis, i: number): CountedBefore {
  const lo = index.evidence.loUs[i] as number
  const hi = index.evidence.hiUs[i] as number
  const { algorithm, windowUs } = hypothesis
  const back = algorithm === 'sliding-counter' ? 2 * windowUs : windowUs
  return { surely: 0, possibly: index.possibleBeside(i, lo - back + 1, hi) }
}

/**
 * What a bucket lacks: over all instants s before, the most of the units counted since s less what has
 * flowed in since then. The least of it takes what surely lies in between and the longest time to
 * flow, the most of it the opposite.
 */
function inBucket(
  index: EvidenceIndex,
  { limit, windowUs, refillTickUs = 1 }: Hypothesis,
  i: number,
): CountedBefore {
  const { loUs, hiUs } = index.evidence
  const lo = loUs[i] as number
  const hi = hiUs[i] as number
  // Of refills at intervals, one more or less may lie within a span than whole intervals fit into it.
  const spare = refillTickUs - 1
  const flowed = (us: number) =>
    (Math.floor(Math.max(0, us) / refillTickUs) * refillTickUs * limit) / windowUs
  let surely = 0
  let possibly = index.possibleBeside(i, lo, hi)
  for (let j = 0; j < loUs.length && (loUs[j] as number) < lo; j++) {
    const since = loUs[j] as number
    surely = Math.max(surely, index.used.surelyWithin(since, lo - 1) - flowed(hi - since + spare))
    const end = hiUs[j] as number
    if (end < lo) possibly = Math.max(possibly, index.possibleBeside(i, end, hi) - flowed(lo - end))
  }
  return { surely: hundredths(surely, Math.floor), possibly: hundredths(possibly, Math.ceil) }
}

/** Rounded outwards, so that a bound stays one. */
function hundredths(units: number, round: (value: number) => number): number {
  return Number.isFinite(units) ? round(units * 100) / 100 : units
}

/**
 * Where the first-hit windows of some evidence can start: the first at the first request that is
 * counted, each other one at the first that is counted after the last one's end. The chain ends where
 * no window need follow, and never begins where something unseen may have been counted.
 */
export function firstHitStarts({ evidence }: EvidenceIndex, windowUs: number): Starts {
  const windows: Window[] = []
  const { loUs, hiUs, use, hiddenUseUntilUs } = evidence
  if (hiddenUseUntilUs > Number.NEGATIVE_INFINITY) return { windows, unknownFromUs: Number.NEGATIVE_INFINITY }
  let endFrom = Number.NEGATIVE_INFINITY
  let endTo = Number.NEGATIVE_INFINITY
  for (;;) {
    let from = Number.POSITIVE_INFINITY
    let to = Number.POSITIVE_INFINITY
    for (let i = 0; i < loUs.length; i++) {
      const lo = loUs[i] as number
      const hi = hiUs[i] as number
      if (use[i] === Use.never || hi < endFrom) continue
      from = Math.min(from, Math.max(lo, endFrom))
      if (use[i] === Use.surely && lo >= endTo) to = Math.min(to, hi)
    }
    if (to === Number.POSITIVE_INFINITY) return { windows, unknownFromUs: endFrom }
    windows.push({ range: [from, to], sureFromUs: Math.min(to, endTo) })
    endFrom = from + windowUs
    endTo = to + windowUs
  }
}
