import type { LimitResult } from '../result/index.ts'

type Interval = readonly [number, number | null]

/** By what a run explains a limit, in words: as narrow as the run shows it, and no narrower. */
export function explainedWords(limit: LimitResult): string {
  const { verdict, explainedBy = [], seen, reason, windowSeconds } = limit
  if (verdict === 'pass') {
    const windows = explainedWindows(limit)
    const lasting = windows.every(([from, to]) => from === windowSeconds && to === windowSeconds)
      ? `${windowSeconds}`
      : intervals(windows)
    return `${limit.limit} in ${lasting} s${as(explainedBy.map(({ algorithm }) => algorithm))}`
  }
  if (verdict === 'inconclusive') return `not settled${reason ? ` (${reason})` : ''}`
  return seen ? seen.words : `not ${limit.limit} in ${windowSeconds} s`
}

/** The windows with which the limit explains a run that passes. */
export function explainedWindows({ explainedBy = [], windowSeconds }: LimitResult): Interval[] {
  const known = explainedBy.flatMap(({ windowSeconds: window }) => (window ? [window] : []))
  return known.length === 0 ? [[windowSeconds, windowSeconds]] : known
}

/**
 * Windows that explain a run that passes and that nothing excludes, with the same limit, in one that
 * fails. Where there are some, one and the same limiter may stand behind both runs.
 */
export function sharedWindows(passes: LimitResult, fails: LimitResult): Interval[] {
  const seen = fails.limit === passes.limit ? (fails.seen?.windowsSeconds ?? []) : []
  return explainedWindows(passes).flatMap(([from, to]) =>
    seen.flatMap(([least, most]): Interval[] => {
      const shared = [Math.max(from, least), Math.min(to ?? Infinity, most ?? Infinity)] as const
      return shared[0] <= shared[1] ? [shared] : []
    }),
  )
}

/** `1 to 3 or 5`. */
export function intervals(list: readonly Interval[]): string {
  const words = list.map(([from, to]) =>
    to === null || to === Infinity
      ? `${number(from)} or more`
      : number(from) === number(to)
        ? number(from)
        : `${number(from)} to ${number(to)}`,
  )
  return [...new Set(words)].join(' or ')
}

function number(value: number): string {
  return String(Number(value.toFixed(3)))
}

function as(algorithms: readonly string[]): string {
  const distinct = [...new Set(algorithms)]
  return distinct.length === 0 ? '' : ` as ${distinct.join(' or ')}`
}
