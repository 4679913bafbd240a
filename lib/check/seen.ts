import type { Seen } from '../result/index.ts'
import type { Algorithm } from '../spec/index.ts'
import type { CaseFile } from './case-file.ts'
import { Demand } from './evidence.ts'
import { type Hypothesis, hypotheses } from './hypothesis.ts'
import { windowWords } from './words.ts'

/** Windows are told apart to this share of the spec's, and looked at up to so many times it. */
const windowStep = 0.0005
const widest = 4

/** At most so many suggestions are followed, and so many values tried for all of them. */
const mostSuggestions = 10
const mostTries = 160

/** So many steps beside a suggested limit, or window, are tried as well. */
const nearby = { limit: 2, window: 20 }

/**
 * What the history shows instead of a limit: the limits that no reason excludes at the window of
 * the spec, and the windows at its limit. Looked for where refusals began and ended, and followed
 * from there for as long as nothing excludes them. Not excluded is not proven: it says what is
 * consistent.
 */
export function whatWasSeen(file: CaseFile, limitIndex: number): Seen | undefined {
  return (
    seenUnder(file, limitIndex, isPlain, mostTries) ?? seenUnder(file, limitIndex, () => true, mostTries / 4)
  )
}

/** The plain rules are tried first: refused requests use nothing up. */
function isPlain({ limitedRequests, chargedWhenRefused }: Hypothesis): boolean {
  return limitedRequests === 'free' && chargedWhenRefused === 'free'
}

function seenUnder(
  file: CaseFile,
  limitIndex: number,
  allowed: (h: Hypothesis) => boolean,
  most: number,
): Seen | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const neighbours = file.neighbours(limitIndex)
  const windowUs = spec.window * 1000
  const algorithms = new Set<Algorithm>()
  let tries = 0
  const fits = (limit: number, us: number) => {
    if (++tries > most) return false
    const open = hypotheses(spec, neighbours, limit, us).filter(
      // A sliding counter is only ever excluded here, never shown: it would blur what is seen.
      (h) => h.algorithm !== 'sliding-counter' && allowed(h) && file.refuteLimit(limitIndex, h) === undefined,
    )
    for (const { algorithm } of open) algorithms.add(algorithm)
    return open.length > 0
  }
  const marks = landmarks(file, limitIndex)
  const limits = followed(few(marks.limits, 1), 1, nearby.limit, [1, Number.POSITIVE_INFINITY], (limit) =>
    fits(limit, windowUs),
  )
  const stepUs = Math.max(1, Math.round(windowUs * windowStep))
  tries = 0
  const windows = followed(
    few(marks.windowsUs, nearby.window * stepUs),
    stepUs,
    nearby.window,
    [stepUs, widest * windowUs],
    (us) => fits(spec.limit, us),
  )
  if (limits.length === 0 && windows.length === 0) return undefined
  const between = (ranges: [number, number][], words: (value: number) => string) =>
    ranges
      .map(([a, b]) =>
        a === b
          ? words(a)
          : b === Number.POSITIVE_INFINITY
            ? `${words(a)} or more`
            : `${words(a)} to ${words(b)}`,
      )
      .join(' or ')
  const parts = [
    ...(limits.length > 0 ? [`consistent with ${between(limits, String)} in ${windowWords(windowUs)}`] : []),
    ...(windows.length > 0 ? [`consistent with ${spec.limit} in ${between(windows, windowWords)}`] : []),
  ]
  return {
    words: `${parts.join('; ')}, not with ${spec.limit} in ${windowWords(windowUs)}`,
    ...(limits.length > 0 && { limits }),
    ...(windows.length > 0 && {
      windowsSeconds: windows.map(([a, b]): [number, number | null] => [
        a / 1e6,
        b === Number.POSITIVE_INFINITY ? null : b / 1e6,
      ]),
    }),
    algorithms: [...algorithms],
  }
}

/** Limits and windows that the beginnings and ends of refusals suggest. */
function landmarks(file: CaseFile, limitIndex: number): { limits: Set<number>; windowsUs: Set<number> } {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const [hypothesis] = hypotheses(spec, file.neighbours(limitIndex))
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

/** A few suggestions, ascending and apart from one another, spread over all there are. */
function few(values: ReadonlySet<number>, apart: number): number[] {
  const sorted: number[] = []
  for (const value of [...values].sort((a, b) => a - b)) {
    const last = sorted.at(-1)
    if (last === undefined || value - last >= apart) sorted.push(value)
  }
  if (sorted.length <= mostSuggestions) return sorted
  const step = (sorted.length - 1) / (mostSuggestions - 1)
  return Array.from({ length: mostSuggestions }, (_, k) => sorted[Math.round(k * step)] as number)
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
    const high =
      Number.isFinite(most) && openUpwards(start, most, holds)
        ? Number.POSITIVE_INFINITY
        : edge(start, step, most, holds)
    found.push([low, high])
  }
  return found.sort((a, b) => a[0] - b[0])
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
