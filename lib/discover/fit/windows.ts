import { roundestWindowMs } from '../round-window.ts'
import type { Stream } from '../stream.ts'
import { type Fit, type Limits, type LimitsAt, weightOf } from './fit.ts'

/** A window lies in between, in microseconds. */
export type Span = readonly [fromUs: number, toUs: number]

/** So many windows of a span are tried, beside round ones. */
const samples = 12

/**
 * Windows to be tried: the round ones of each span first, then some of all over it. @param leastUs shorter
 * ones are left out.
 */
export function windowsIn(spans: readonly Span[], leastUs: number): number[] {
  const tried = new Set<number>()
  for (const [from, to] of spans) {
    const low = Math.max(from, leastUs)
    if (low > to) continue
    const roundUs = 1000 * roundestWindowMs(low / 1000, to / 1000)
    if (roundUs >= low - 500 && roundUs <= to + 500) tried.add(roundUs)
    const secondsFrom = Math.ceil(low / 1e6)
    for (let s = secondsFrom; s <= to / 1e6 && s < secondsFrom + samples; s++) tried.add(s * 1e6)
    for (let k = 0; k <= samples; k++) tried.add(Math.round((low + ((to - low) * k) / samples) / 1000) * 1000)
  }
  return [...tried].filter((us) => us >= leastUs)
}

/**
 * The best of these windows: the one by which most of the streams are explained by one limit; of those the
 * roundest.
 */
export function bestWindow(
  algorithm: Fit['algorithm'],
  streams: readonly Stream[],
  windowsUs: readonly number[],
  limitsAt: LimitsAt,
): Fit | undefined {
  let best: Fit[] = []
  for (const windowUs of windowsUs) {
    const fit = explainedBy(streams, windowUs, limitsAt)
    if (!fit || fit.explained < (best[0]?.explained ?? 1)) continue
    if (best[0] && fit.explained > best[0].explained) best = []
    best.push({ algorithm, windowUs, ...fit })
  }
  if (best.length === 0) return undefined
  const of = new Map(best.map((fit) => [fit.windowUs, fit]))
  const roundest = [...of.keys()].sort((one, other) => roundness(one) - roundness(other))[0] as number
  return of.get(roundest)
}

/** The less, the rounder: how many digits of milliseconds it takes. */
export function roundness(windowUs: number): number {
  let digits = 8
  for (let unit = 1e9; unit > 1 && windowUs % unit !== 0; unit /= 10) digits++
  return digits
}

/** The limit that explains most of the streams, the last ones before the first ones. */
function explainedBy(
  streams: readonly Stream[],
  windowUs: number,
  limitsAt: LimitsAt,
): { limit: number; explained: number } | undefined {
  const each = streams.map((stream) => ({
    allowed: limitsAt(stream, windowUs),
    weight: weightOf(stream),
  }))
  const reached = each.filter(({ weight }) => weight > 0)
  let best: { limit: number; explained: number } | undefined
  for (const {
    allowed: [limitAtLeast, limitAtMost],
  } of reached) {
    const limit = Number.isFinite(limitAtMost) ? limitAtMost : limitAtLeast
    const allows = ({ allowed: [least, most] }: { allowed: Limits }) => least <= limit && limit <= most
    // Those that were never refused say what it is at least.
    if (each.some(({ weight, allowed: [least, most] }) => weight === 0 && least <= most && least > limit))
      continue
    const explained = reached.filter(allows).reduce((sum, { weight }) => sum + weight, 0)
    if (limit > 0 && explained > (best?.explained ?? 0)) best = { limit, explained }
  }
  return best
}
