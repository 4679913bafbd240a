import { firstAbove } from '../evidence/search.ts'
import { type Limiter, type Uses, usersInOrder, usesInOrder } from './settle.ts'
import { lackingAt } from './settle-gcra.ts'
import { shutness } from './settle-sliding-counter.ts'

/**
 * When a limiter refuses a request of some cost, with what is decided up to and including an instant
 * counted. Both searches give the earliest instant in [fromUs, toUs], `undefined` where there is none.
 */
export interface Fullness {
  isFull(us: number, cost: number): boolean
  firstFull(fromUs: number, toUs: number, cost: number): number | undefined
  firstOpen(fromUs: number, toUs: number, cost: number): number | undefined
}

/** When a limiter is full, given when each request is decided (by history row). */
export function fullnessOf(limiter: Limiter, atUs: Float64Array): Fullness {
  switch (limiter.hypothesis.algorithm) {
    case 'fixed-window':
    case 'first-hit-window':
    case 'sliding-log':
      return inSpans(limiter, atUs)
    case 'sliding-counter':
      return byTrying(limiter, atUs, shutness(limiter, usersInOrder(limiter, atUs)))
    case 'token-bucket':
    case 'gcra':
      return byTrying(limiter, atUs, lackingAt(limiter, usersInOrder(limiter, atUs)))
  }
}

/** Spans of time, ascending and apart: from the first instant of each until just before the second. */
interface Spans {
  fromUs: Float64Array
  untilUs: Float64Array
}

/** What costs more than the limit is refused at any time. */
const always: Spans = {
  fromUs: Float64Array.of(Number.NEGATIVE_INFINITY),
  untilUs: Float64Array.of(Number.POSITIVE_INFINITY),
}

/** What only fills up by being used, and opens when something expires, is full in spans that can be listed. */
function inSpans(limiter: Limiter, atUs: Float64Array): Fullness {
  const uses = limiter.settledUses ?? usesInOrder(limiter.evidence, atUs)
  const known = new Map<number, Spans>()
  const spansFor = (cost: number): Spans => {
    let spans = known.get(cost)
    if (!spans) {
      spans =
        limiter.hypothesis.algorithm === 'sliding-log'
          ? ofLog(limiter, uses, cost)
          : ofWindows(limiter, uses, cost)
      known.set(cost, spans)
    }
    return spans
  }
  return {
    isFull(us, cost) {
      const { fromUs, untilUs } = spansFor(cost)
      return us < (untilUs[firstAbove(fromUs, us) - 1] ?? Number.NEGATIVE_INFINITY)
    },
    firstFull(from, to, cost) {
      const { fromUs, untilUs } = spansFor(cost)
      const next = firstAbove(fromUs, from)
      if (from < (untilUs[next - 1] ?? Number.NEGATIVE_INFINITY)) return from
      const us = fromUs[next] ?? Number.POSITIVE_INFINITY
      return us <= to ? us : undefined
    },
    firstOpen(from, to, cost) {
      const { fromUs, untilUs } = spansFor(cost)
      const us = Math.max(from, untilUs[firstAbove(fromUs, from) - 1] ?? Number.NEGATIVE_INFINITY)
      return us <= to ? us : undefined
    },
  }
}

/** A window is full from the use on that leaves too little, until it ends. */
function ofWindows({ hypothesis, startUs }: Limiter, { times, units }: Uses, cost: number): Spans {
  const { limit, windowUs, algorithm } = hypothesis
  if (cost > limit) return always
  const spans = listSpans()
  let endUs = Number.NEGATIVE_INFINITY
  let before = 0
  let full = false
  for (let k = 0; k < times.length; k++) {
    const us = times[k] as number
    if (us >= endUs) {
      const start = algorithm === 'first-hit-window' ? us : windowStart(startUs as number, windowUs, us)
      endUs = start + windowUs
      before = units.before(k)
      full = false
    }
    if (full || units.before(k + 1) - before + cost <= limit) continue
    spans.add(us, endUs)
    full = true
  }
  return spans.done()
}

/** A log is full from the use on that leaves too little, until enough of what it holds has expired. */
function ofLog({ hypothesis }: Limiter, { times, units }: Uses, cost: number): Spans {
  const { limit, windowUs } = hypothesis
  if (cost > limit) return always
  const spans = listSpans()
  /** The first use that may expire without making room. */
  let spare = 0
  for (let k = 0; k < times.length; k++) {
    while (units.before(k + 1) - units.before(spare + 1) + cost > limit) spare++
    if (units.before(k + 1) - units.before(spare) + cost <= limit) continue
    const us = times[k] as number
    const untilUs = (times[spare] as number) + windowUs
    if (untilUs > us) spans.add(us, untilUs)
  }
  return spans.done()
}

function windowStart(startUs: number, windowUs: number, us: number): number {
  return us - ((((us - startUs) % windowUs) + windowUs) % windowUs)
}

/** Collects spans that begin and end in ascending order; those that touch become one. */
function listSpans() {
  const fromUs: number[] = []
  const untilUs: number[] = []
  return {
    add(from: number, until: number) {
      const last = untilUs.length - 1
      if (last >= 0 && from <= (untilUs[last] as number)) untilUs[last] = until
      else {
        fromUs.push(from)
        untilUs.push(until)
      }
    },
    done: (): Spans => ({ fromUs: Float64Array.from(fromUs), untilUs: Float64Array.from(untilUs) }),
  }
}

/**
 * What opens with time as well is tried at the instants at which it is used, the only ones at which it fills
 * up, and between them: neither a window of a sliding counter that starts nor a refill makes it fuller.
 */
function byTrying(limiter: Limiter, atUs: Float64Array, isFull: Fullness['isFull']): Fullness {
  const { times } = usesInOrder(limiter.evidence, atUs)
  const usesWithin = (from: number, to: number) =>
    times.subarray(firstAbove(times, from), firstAbove(times, to))
  return {
    isFull,
    firstFull(from, to, cost) {
      return [from, ...usesWithin(from, to)].find((us) => isFull(us, cost))
    },
    firstOpen(from, to, cost) {
      let lastUs = from
      for (const us of [from, ...usesWithin(from, to), to]) {
        const opensUs = us - 1 > lastUs ? opening((at) => isFull(at, cost), lastUs, us - 1) : undefined
        if (opensUs !== undefined) return opensUs
        if (!isFull(us, cost)) return us
        lastUs = us
      }
      return undefined
    },
  }
}

/** Where a limiter that is full at one instant opens, up to another; nothing is counted in between. */
function opening(isFull: (us: number) => boolean, fullUs: number, untilUs: number): number | undefined {
  if (isFull(untilUs)) return undefined
  let [low, high] = [fullUs, untilUs]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isFull(middle)) low = middle
    else high = middle
  }
  return high
}
