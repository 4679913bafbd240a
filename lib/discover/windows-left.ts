import { type Algorithm, isSurelyBucket, type Limit } from '../spec/index.ts'
import { roundestWindowMs } from './round-window.ts'

/** Windows are told apart down to this share of them. */
const finest = 1 / 5_000

/** Windows from one to the other, in whole ms. */
export type Span = readonly [fromMs: number, toMs: number]

/** The windows with which one algorithm explains a run. */
export interface ExplainedBy {
  algorithm: Algorithm
  span: Span
}

type CanBe = (limit: Limit) => boolean

/**
 * The windows with which nothing contradicts a limit: those around the first of some in which nothing does,
 * within a span. `undefined` where something contradicts all of these.
 */
function windowsLeft(
  limit: Limit,
  canBe: CanBe,
  [from, to]: Span,
  tried: readonly number[],
): Span | undefined {
  const isLeft = (window: number) => canBe({ ...limit, window })
  const one = tried
    .map(Math.round)
    .find((window, k, all) => window >= from && window <= to && all.indexOf(window) === k && isLeft(window))
  if (one === undefined) return undefined
  const edge = (end: number) => {
    if (isLeft(end)) return end
    let [left, contradicted] = [one, end]
    while (Math.abs(contradicted - left) > Math.max(1, limit.window * finest)) {
      const middle = Math.round((left + contradicted) / 2)
      if (isLeft(middle)) left = middle
      else contradicted = middle
    }
    return left
  }
  return [edge(from), edge(to)]
}

/** An algorithm that did not explain a run with the very window that was fired at may do so with one so near. */
const nearShare = 0.005
/** So many windows of a span are tried. */
const samples = 40

/**
 * The limit with the likeliest window, and with the algorithms that no run contradicts then; the same where
 * none is left.
 * @param passed the windows with which a run has passed it, where one has.
 */
export function sharpened(limit: Limit, canBe: CanBe, passed: readonly ExplainedBy[]): Limit {
  const whole = passed.length > 0 ? around(passed.map(({ span }) => span)) : nearby(limit, limit.tolerance)
  const known = limit.algorithm.flatMap((algorithm): Span[] => {
    const within = passed.find((one) => one.algorithm === algorithm)?.span ?? whole
    const tried = [limit.window, written(limit.window), ...over(within)]
    const span = windowsLeft({ ...limit, algorithm: [algorithm] }, canBe, within, tried)
    return span ? [span] : []
  })
  if (known.length === 0) return limit
  const window = likeliestWindow(known)
  const algorithm = limit.algorithm.filter((one) => canBe({ ...limit, window, algorithm: [one] }))
  return algorithm.length > 0 ? { ...limit, window, algorithm } : limit
}

/** The same limit with a window near its own that nothing contradicts, if there is one and its own is. */
export function refined(limit: Limit, canBe: CanBe): Limit {
  if (canBe(limit)) return limit
  const within = nearby(limit, limit.tolerance / 2)
  const span = windowsLeft(limit, canBe, within, over(within))
  return span ? { ...limit, window: roundestWindowMs(...span) } : limit
}

/** All of these, and a little more at both ends. */
function around(spans: readonly Span[]): Span {
  const from = Math.min(...spans.map((span) => span[0]))
  const to = Math.max(...spans.map((span) => span[1]))
  return [Math.round(from * (1 - nearShare)), Math.round(to * (1 + nearShare))]
}

function nearby({ window }: Limit, share: number): Span {
  return [Math.round(window * (1 - share)), Math.round(window * (1 + share))]
}

/** Windows all over a span, those in the middle of it first. */
function over([from, to]: Span): number[] {
  const middle = (from + to) / 2
  return Array.from({ length: samples + 1 }, (_, k) => {
    const away = (k % 2 === 0 ? 1 : -1) * Math.ceil(k / 2)
    return middle + (away * (to - from)) / samples
  })
}

/**
 * A window that people write, where all of these spans have one, or else one of them does; else the middle of
 * what they have in common.
 */
function likeliestWindow(spans: readonly Span[]): number {
  const from = Math.max(...spans.map((span) => span[0]))
  const to = Math.min(...spans.map((span) => span[1]))
  const common: Span[] = from <= to ? [[from, to]] : []
  for (const [low, high] of [...common, ...spans]) {
    const round = roundestWindowMs(low, high)
    if (round === written(round)) return round
  }
  const [low, high] = common[0] ?? (spans[0] as Span)
  return Math.round((low + high) / 2)
}

/** The nearest window that people write: in whole seconds, short ones in halves and tenths. */
function written(windowMs: number): number {
  const unitMs = unitOf(windowMs)
  return Math.round(windowMs / unitMs) * unitMs
}

function unitOf(windowMs: number): number {
  return windowMs >= 10_000 ? 1_000 : windowMs >= 2_000 ? 500 : 100
}

/** Shorter windows are not told from the time that requests take. */
const shortestMs = 500

/** All windows that people write, up to the longest. */
export function writtenWindows(longestMs: number): number[] {
  const windows: number[] = []
  for (let ms = shortestMs; ms <= longestMs; ms += unitOf(ms)) windows.push(ms)
  return windows
}

/** The roundest window of those with which a run passed, of as many algorithms as have one in common. */
export function roundestOf(passed: readonly ExplainedBy[]): number {
  const from = Math.max(...passed.map(({ span }) => span[0]))
  const to = Math.min(...passed.map(({ span }) => span[1]))
  return from <= to ? roundestWindowMs(from, to) : roundestWindowMs(...(passed[0] as ExplainedBy).span)
}

/** Windows of a bucket are looked for up to so far away. */
const farShare = 0.005

/**
 * A limit one lower or higher with which nothing contradicts a bucket: what flows in while it is filled can
 * make up for the difference. `undefined` where there is none, or it is no bucket.
 */
export function bucketBeside(limit: Limit, canBe: CanBe): Limit | undefined {
  return bucketOf(limit, limit.limit - 1, canBe) ?? bucketOf(limit, limit.limit + 1, canBe)
}

/** A bucket of another size that refills as fast, with which nothing contradicts it; `undefined` if it is no bucket. */
function bucketOf(limit: Limit, size: number, canBe: CanBe): Limit | undefined {
  if (!isSurelyBucket(limit) || size <= 0) return undefined
  const span = nearby({ ...limit, window: (limit.window * size) / limit.limit }, farShare)
  const left = windowsLeft({ ...limit, limit: size }, canBe, span, over(span))
  return left && { ...limit, limit: size, window: roundestWindowMs(...left) }
}

/** Buckets are looked for among those that are larger or smaller by up to so much, as a share. */
const mostBeside = 0.02

/**
 * A bucket with a window that people write: the given one, or the nearest that refills as fast, of those between which
 * and the given one nothing contradicts any. The given one where there is none.
 */
export function writtenBucket(limit: Limit, canBe: CanBe): Limit {
  if (limit.window === written(limit.window)) return limit
  let open = [-1, 1]
  for (let away = 1; away <= mostBeside * limit.limit && open.length > 0; away++) {
    const beside = open.flatMap((side) => bucketOf(limit, limit.limit + side * away, canBe) ?? [])
    const found = beside.find(({ window }) => window === written(window))
    if (found) return found
    open = open.filter((side) => beside.some((one) => one.limit === limit.limit + side * away))
  }
  return limit
}

/** A pass has excluded windows that are less than so many times as long. */
const excludedTimes = 4

/**
 * A window so many times as long with which nothing contradicts a limit: where fixed windows have each been met once in
 * a while, one that is a part of them explains the same edges. `undefined` where there is none up to the longest.
 */
export function multipleBeside(
  limit: Limit,
  canBe: CanBe,
  passed: readonly ExplainedBy[],
  longestMs: number,
): Limit | undefined {
  if (passed.length === 0 || !passed.every(({ algorithm }) => byEdges.includes(algorithm))) return undefined
  const [from, to] = around(passed.map(({ span }) => span))
  for (let times = excludedTimes; times * from <= longestMs; times++) {
    const span: Span = [times * from, times * to]
    const left = windowsLeft(limit, canBe, span, [times * limit.window, ...over(span)])
    if (left) return { ...limit, window: roundestWindowMs(...left) }
  }
  return undefined
}

/** How long these refuse does not show how long their windows are. */
const byEdges: readonly Algorithm[] = ['fixed-window', 'sliding-counter']
