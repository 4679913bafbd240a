import type { Seen } from '../result/index.ts'
import type { CaseFile } from './evidence/case-file.ts'
import { Demand } from './evidence/evidence.ts'
import { type Hypothesis, hypotheses, refusalsAreFree } from './evidence/hypothesis.ts'
import { windowWords } from './words/words.ts'

/** Windows are told apart to this share of the spec's, and looked at up to so many times it. */
const windowStep = 0.0005
const widest = 4

/** At most so many suggestions are followed, and so many values tried for all of them. */
const mostSuggestions = 10
const mostTries = 160

/** So many steps beside a suggested limit, or window, are tried as well. */
const nearby = { limit: 2, window: 20 }

/** What of one algorithm no reason excludes. */
type SeenAs = NonNullable<Seen['byAlgorithm']>[number]

/**
 * What the history shows instead of a limit: for each algorithm that the spec allows the limits that
 * no reason excludes at the window of the spec, and the windows at its limit; where there are none of
 * either, limits and windows that differ both. Looked for where refusals began and ended, and followed
 * from there for as long as nothing excludes them. Not excluded is not proven: it says what is
 * consistent.
 */
export function whatWasSeen(file: CaseFile, limitIndex: number): Seen | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  for (const [allowed, most] of [
    // The plain rules are tried first.
    [refusalsAreFree, mostTries],
    [() => true, mostTries / 4],
  ] as const) {
    for (const look of [alongBothAxes, offTheAxes]) {
      const byAlgorithm = spec.algorithm.flatMap((algorithm): SeenAs[] => {
        const found = look(file, limitIndex, (h) => h.algorithm === algorithm && allowed(h), most)
        return found ? [{ algorithm, ...found }] : []
      })
      if (byAlgorithm.length > 0) return summedUp(spec.limit, spec.window * 1000, byAlgorithm)
    }
  }
  return undefined
}

/** No spec has a larger limit: what holds up to here holds however large the limit is. */
const largestLimit = 10_000_000

type Found = Omit<SeenAs, 'algorithm'>

/** Is there a hypothesis of the allowed ones that nothing excludes, at this limit and window? Not the spec's own. */
function fitting(file: CaseFile, limitIndex: number, allowed: (h: Hypothesis) => boolean, most: number) {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  let tries = 0
  return (limit: number, us: number): boolean => {
    // That the spec's own numbers are refuted is known, also where bounds do not tell.
    if (limit === spec.limit && us === spec.window * 1000) return false
    if (++tries > most) return false
    return hypotheses(spec, file.surroundings(limitIndex), limit, us).some(
      (h) => allowed(h) && !file.isExcluded(limitIndex, h),
    )
  }
}

function alongBothAxes(
  file: CaseFile,
  limitIndex: number,
  allowed: (h: Hypothesis) => boolean,
  most: number,
): Found | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const windowUs = spec.window * 1000
  const marks = landmarks(file, limitIndex)
  const fitsLimit = fitting(file, limitIndex, allowed, most)
  const limits = followed(few(marks.limits, 1), 1, nearby.limit, [1, Number.POSITIVE_INFINITY], (limit) =>
    fitsLimit(limit, windowUs),
  )
  const stepUs = Math.max(1, Math.round(windowUs * windowStep))
  const fitsWindow = fitting(file, limitIndex, allowed, most)
  const windows = followed(
    few(marks.windowsUs, nearby.window * stepUs),
    stepUs,
    nearby.window,
    [stepUs, widest * windowUs],
    (us) => fitsWindow(spec.limit, us),
  )
  if (limits.length === 0 && windows.length === 0) return undefined
  return {
    ...(limits.length > 0 && { limits: limits.map(asJson) }),
    ...(windows.length > 0 && { windowsSeconds: windows.map(inSeconds) }),
  }
}

/** A limit and a window that both differ from the spec's, each followed as far as it holds with the other. */
function offTheAxes(
  file: CaseFile,
  limitIndex: number,
  allowed: (h: Hypothesis) => boolean,
  most: number,
): Found | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const stepUs = Math.max(1, Math.round(spec.window * 1000 * windowStep))
  const marks = landmarks(file, limitIndex)
  const fits = fitting(file, limitIndex, allowed, most)
  for (const us of few(marks.windowsUs, nearby.window * stepUs)) {
    for (const limit of few(marks.limits, 1)) {
      if (!fits(limit, us)) continue
      const onward = fitting(file, limitIndex, allowed, most)
      const limits = followed([limit], 1, 0, [1, Number.POSITIVE_INFINITY], (l) => onward(l, us))
      const windows = followed([us], stepUs, 0, [stepUs, widest * spec.window * 1000], (w) =>
        onward(limit, w),
      )
      return { pair: { limits: limits.map(asJson), windowsSeconds: windows.map(inSeconds) } }
    }
  }
  return undefined
}

function asJson([from, to]: [number, number]): [number, number | null] {
  return [from, to === Number.POSITIVE_INFINITY ? null : to]
}

function inSeconds([from, to]: [number, number]): [number, number | null] {
  return asJson([from / 1e6, to / 1e6])
}

/** All algorithms together, in words and as sets. A sliding counter blurs: it only counts where no other fits. */
function summedUp(limit: number, windowUs: number, byAlgorithm: SeenAs[]): Seen {
  const sharp = byAlgorithm.filter(({ algorithm }) => algorithm !== 'sliding-counter')
  const counted = sharp.length > 0 ? sharp : byAlgorithm
  const limits = joined(
    counted.flatMap((as) => as.limits ?? []),
    1,
  )
  const windows = joined(
    counted.flatMap((as) => as.windowsSeconds ?? []),
    (windowUs * windowStep) / 1e6,
  )
  const pair = limits.length + windows.length > 0 ? undefined : counted.find((as) => as.pair)?.pair
  const inWords = (us: number) => windowWords(us * 1e6)
  const parts = [
    ...(limits.length > 0 ? [`consistent with ${between(limits, String)} in ${windowWords(windowUs)}`] : []),
    ...(windows.length > 0 ? [`consistent with ${limit} in ${between(windows, inWords)}`] : []),
    ...(pair
      ? [`consistent with ${between(pair.limits, String)} in ${between(pair.windowsSeconds, inWords)}`]
      : []),
  ]
  return {
    words: `${parts.join('; ')}, not with ${limit} in ${windowWords(windowUs)}`,
    ...(limits.length > 0 && { limits }),
    ...(windows.length > 0 && { windowsSeconds: windows }),
    algorithms: counted.map(({ algorithm }) => algorithm),
    byAlgorithm,
  }
}

type Interval = [number, number | null]

/** The union of intervals, ascending; those that are no further apart than `gap` are one. */
function joined(intervals: readonly Interval[], gap: number): Interval[] {
  const union: Interval[] = []
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = union.at(-1)
    if (!last || (last[1] !== null && from > last[1] + gap)) union.push([from, to])
    else if (last[1] !== null) last[1] = to === null ? null : Math.max(last[1], to)
  }
  return union
}

function between(intervals: readonly Interval[], words: (value: number) => string): string {
  return intervals
    .map(([from, to]) =>
      to === null ? `${words(from)} or more` : from === to ? words(from) : `${words(from)} to ${words(to)}`,
    )
    .join(' or ')
}

/** Limits and windows that the beginnings and ends of refusals suggest. */
function landmarks(file: CaseFile, limitIndex: number): { limits: Set<number>; windowsUs: Set<number> } {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const [hypothesis] = hypotheses(spec, file.surroundings(limitIndex))
  const limits = new Set<number>()
  const windowsUs = new Set<number>()
  if (!hypothesis) return { limits, windowsUs }
  for (const cell of file.cellsOfLimit(limitIndex)) {
    const { loUs, demand } = file.evidence(cell, hypothesis)
    const { admitted } = file.index(cell, hypothesis)
    const turns: number[] = []
    let sinceTurn = 0
    let refusing = false
    for (let i = 0; i < loUs.length; i++) {
      const us = loUs[i] as number
      if (demand[i] === Demand.refuse && !refusing) {
        limits.add(sinceTurn)
        limits.add(admitted.possiblyWithin(us - hypothesis.windowUs + 1, us))
        refusing = true
      } else if (demand[i] === Demand.admit || demand[i] === Demand.vacant) {
        if (refusing) {
          turns.push(us)
          sinceTurn = 0
        }
        refusing = false
        if (demand[i] === Demand.admit) sinceTurn++
      }
    }
    // Never refused again: as many is what a limit can be at least.
    if (!refusing) limits.add(sinceTurn)
    if (loUs.length > 0) turns.unshift(loUs[0] as number)
    // Entries of a log expire one by one: neighbouring turns say nothing new.
    const apart = turns.filter((us, k) => k === 0 || us - (turns[k - 1] as number) > hypothesis.windowUs / 20)
    for (const [k, from] of apart.entries()) {
      for (const to of apart.slice(k + 1)) {
        if (to - from > hypothesis.windowUs / 4 && to - from < widest * hypothesis.windowUs)
          windowsUs.add(to - from)
      }
    }
  }
  limits.delete(0)
  return { limits, windowsUs }
}

/**
 * A few suggestions, apart from one another: the first ones, which come from the first onset and say
 * most, and some spread over all the others.
 */
function few(values: ReadonlySet<number>, apart: number): number[] {
  const first = [...values].slice(0, mostSuggestions / 2)
  const others: number[] = []
  for (const value of [...values].sort((a, b) => a - b)) {
    const last = others.at(-1)
    if (last === undefined || value - last >= apart) others.push(value)
  }
  const room = Math.min(others.length, mostSuggestions - first.length)
  const step = room > 1 ? (others.length - 1) / (room - 1) : 0
  const spread = Array.from({ length: room }, (_, k) => others[Math.round(k * step)] as number)
  return [...new Set([...first, ...spread])]
}

/** From each value that holds, or holds a few steps beside it, as far as it goes on holding. */
function followed(
  from: readonly number[],
  step: number,
  beside: number,
  [least, most]: readonly [number, number],
  holds: (value: number) => boolean,
): [number, number][] {
  const found: [number, number][] = []
  const inside = (value: number) => found.some(([low, high]) => value >= low - step && value <= high + step)
  for (const value of from) {
    const candidates = Array.from({ length: 2 * beside + 1 }, (_, k) => value + nearest(k) * step)
    const start = candidates.find((v) => v >= least && v <= most && !inside(v) && holds(v))
    if (start === undefined) continue
    const low = edge(start, -step, least, holds)
    found.push([low, upperEdge(start, step, most, holds)])
  }
  return found.sort((a, b) => a[0] - b[0])
}

/** The last value that holds upwards; infinite where all seem to. */
function upperEdge(start: number, step: number, most: number, holds: (value: number) => boolean): number {
  if (!Number.isFinite(most)) {
    const last = edge(start, step, largestLimit, holds)
    return last + step > largestLimit ? Number.POSITIVE_INFINITY : last
  }
  return openUpwards(start, most, holds) ? Number.POSITIVE_INFINITY : edge(start, step, most, holds)
}

/** The last value that holds in one direction: in growing steps as far as it goes, then narrowed down. */
function edge(start: number, step: number, end: number, holds: (value: number) => boolean): number {
  const inRange = (value: number) => (step > 0 ? value <= end : value >= end)
  let good = start
  let reach = step
  while (inRange(good + reach) && holds(good + reach)) {
    good += reach
    reach *= 2
  }
  while (Math.abs(reach) > Math.abs(step)) {
    reach /= 2
    if (inRange(good + reach) && holds(good + reach)) good += reach
  }
  return good
}

/** 0, 1, -1, 2, -2 … */
function nearest(k: number): number {
  return k % 2 === 1 ? (k + 1) / 2 : -k / 2
}

/** Does everything up to the largest value that is looked at hold, as far as a few samples tell? */
function openUpwards(from: number, most: number, holds: (value: number) => boolean): boolean {
  const samples = 12
  for (let k = samples; k > 0; k--) if (!holds(Math.round(from + ((most - from) * k) / samples))) return false
  return true
}
