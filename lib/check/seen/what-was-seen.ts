import type { Seen } from '../../result/index.ts'
import { type Algorithm, algorithms } from '../../spec/index.ts'
import type { CaseFile } from '../evidence/case-file.ts'
import { refusalsAreFree } from '../evidence/hypothesis.ts'
import { algorithmsWords, windowWords } from '../words/words.ts'
import { alongBothAxes, hypothesesAs, offTheAxes, type SeenAs, windowStep } from './look.ts'

/** At most so many values are tried for one algorithm along one axis. */
const mostTries = 160

/**
 * What the history shows instead of a limit: for each algorithm that the spec allows the limits that
 * no reason excludes at the window of the spec, and the windows at its limit; where there are none of
 * either, limits and windows that differ both. Looked for where refusals began and ended, and followed
 * from there for as long as nothing excludes them. Not excluded is not proven: it says what is
 * consistent.
 *
 * A platform may keep the very limit in a way that the spec does not allow, a token bucket where it names
 * windows: then that is said as well, and where nothing else fits, so are other limits of such algorithms.
 */
export function whatWasSeen(file: CaseFile, limitIndex: number): Seen | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const windowUs = spec.window * 1000
  const found = lookedFor(file, limitIndex, spec.algorithm)
  const others = algorithms.filter((algorithm) => !spec.algorithm.includes(algorithm))
  // A sliding counter blurs: it only counts where nothing else fits, and fits about anything where numbers are free.
  const sharp = others.filter((algorithm) => algorithm !== 'sliding-counter')
  const asWritten = (found.length > 0 ? sharp : others).filter((algorithm) =>
    hypothesesAs(file, limitIndex, algorithm).some(
      (hypothesis) => refusalsAreFree(hypothesis) && file.refuteLimit(limitIndex, hypothesis) === undefined,
    ),
  )
  if (found.length > 0 || asWritten.length > 0) return summedUp(spec.limit, windowUs, found, asWritten)
  const otherwise = lookedFor(file, limitIndex, sharp)
  return otherwise.length > 0 ? summedUp(spec.limit, windowUs, otherwise, [], true) : undefined
}

function lookedFor(file: CaseFile, limitIndex: number, among: readonly Algorithm[]): SeenAs[] {
  for (const [allowed, most] of [
    // The plain rules are tried first.
    [refusalsAreFree, mostTries],
    [() => true, mostTries / 4],
  ] as const) {
    for (const look of [alongBothAxes, offTheAxes]) {
      const found = among.flatMap(
        (algorithm) => look(file, limitIndex, { algorithm, allowed, mostTries: most }) ?? [],
      )
      if (found.length > 0) return found
    }
  }
  return []
}

/**
 * All algorithms together, in words and as sets; a sliding counter only where no other fits.
 * @param asWritten algorithms that the spec does not allow, and that explain its own numbers.
 * @param isOtherwise whether the others are such algorithms, too.
 */
function summedUp(
  limit: number,
  windowUs: number,
  found: readonly SeenAs[],
  asWritten: readonly Algorithm[],
  isOtherwise = false,
): Seen {
  const sharp = found.filter(({ algorithm }) => algorithm !== 'sliding-counter')
  const counted = sharp.length > 0 ? sharp : found
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
  const own = `${limit} in ${windowWords(windowUs)}`
  const named = (as: readonly Algorithm[]) => `as ${algorithmsWords(as)}, which the spec does not allow`
  const parts = [
    ...(asWritten.length > 0 ? [`consistent with ${own} ${named(asWritten)}`] : []),
    ...(limits.length > 0 ? [`consistent with ${between(limits, String)} in ${windowWords(windowUs)}`] : []),
    ...(windows.length > 0 ? [`consistent with ${limit} in ${between(windows, inWords)}`] : []),
    ...(pair
      ? [`consistent with ${between(pair.limits, String)} in ${between(pair.windowsSeconds, inWords)}`]
      : []),
  ]
  const counts = counted.map(({ algorithm }) => algorithm)
  const otherwise = isOtherwise ? ` ${named(counts)}` : ''
  const end = found.length > 0 ? `${otherwise}, not with ${own}` : ''
  return {
    words: `${parts.join('; ')}${end}`,
    ...(limits.length > 0 && { limits }),
    ...(windows.length > 0 && { windowsSeconds: windows }),
    algorithms: [...asWritten, ...counts],
    byAlgorithm: [
      ...asWritten.map((algorithm): SeenAs => ({ algorithm, limits: [[limit, limit]] })),
      ...found,
    ],
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
