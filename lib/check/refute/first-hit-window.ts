import { Demand } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Reason, Refutation } from './certificate.ts'
import { instantsLeft, maxChain } from './first-hit-instants.ts'
import { type FirstHit, nextStart, orphaned, reasonAgainst, type StartRange } from './first-hit-next.ts'
import { type FoundReason, rowsWithin } from './window-reason.ts'

/** How many ranges of starts are looked at before the search gives up, and how many where they are not cut to the end. */
const maxRanges = 20_000
const maxCoarseRanges = 1_000

/** Spans that touch more windows than this are not looked at. */
const maxTouched = 4

/** A case as it is found: what closes it is only told where all are closed. */
interface FoundCase {
  startUs?: [from: number, to: number]
  reason?: FoundReason
  next?: FoundCase[]
}

interface Search extends FirstHit {
  /** Ranges of starts no wider than this are not cut any further. */
  narrowestUs: number
  tried: number
  /** How many windows come before the one that is looked at. */
  depth: number
  /** Whether not everything was looked at. */
  cutShort: boolean
  open: StartRange | undefined
}

/**
 * Tries to show that no first-hit window can have given these answers.
 *
 * The first window starts at the first request that is counted; each later one at the first
 * request counted after the last window's end. So the range of one start bounds the range of the
 * next. A range is done when its window has a reason, or when every start that can follow it is
 * done; otherwise it is cut in two at a request's bound, down to where there is nothing to cut.
 * @param narrowestUs ranges of starts no wider than this are not cut any further, whatever lies inside.
 */
export function refuteFirstHitWindow(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  narrowestUs = 0,
): Refutation {
  const search: Search = {
    index,
    hypothesis,
    narrowestUs,
    tried: 0,
    depth: 0,
    cutShort: false,
    open: undefined,
  }
  // A hit that the history does not show may have opened a window at any time.
  const isHidden = index.evidence.hiddenUseUntilUs > Number.NEGATIVE_INFINITY
  const left = isHidden ? undefined : instantsLeft(search)
  const cases = isHidden || left ? undefined : refuteNext(search, undefined)
  if (cases) return { refuted: true, hypothesis, cases: cases.map(told) }
  const reason = moreThanWindowsHold(index, hypothesis)
  if (reason) return { refuted: true, hypothesis, cases: [{ reason }] }
  const open = left ?? search.open
  return { refuted: false, openUs: open ? [[...open]] : [], exhausted: search.cutShort }
}

/**
 * More let through in a span than all the windows hold that it can touch, wherever they start: windows
 * do not overlap, so a span as long as m of them touches m + 1 at most.
 */
export function moreThanWindowsHold(
  index: EvidenceIndex,
  { limit, windowUs }: Hypothesis,
): Reason | undefined {
  const { admitted } = index
  admitted.measureOverfull(Array.from({ length: maxTouched - 1 }, (_, k) => (k + 2) * limit))
  for (let windows = 2; windows <= maxTouched; windows++) {
    const spanUs = (windows - 1) * windowUs
    const fromUs = admitted.firstOverfull(spanUs, windows * limit)
    if (fromUs === undefined) continue
    return {
      kind: 'over-admission',
      windows,
      rows: rowsWithin(index, fromUs, fromUs + spanUs - 1, windows * limit, Demand.admit),
    }
  }
  return undefined
}

function told({ reason, next, ...found }: FoundCase): Case {
  return { ...found, ...(reason && { reason: reason() }), ...(next && { next: next.map(told) }) }
}

/** Cases that cover every way in which the windows can go on after a start in `parent`. */
function refuteNext(search: Search, parent: StartRange | undefined): FoundCase[] | undefined {
  const { index } = search
  const next = nextStart(search, parent)
  if (next?.sure) return refuteRange(search, next.from, next.to, parent)
  // No window need follow: refuted only if a refusal after the last one's end needs a window.
  const orphan = orphaned(search, parent)
  if (!orphan) {
    search.open ??= parent ?? [index.firstUs, index.lastUs]
    return undefined
  }
  const rest = next ? refuteRange(search, next.from, next.to, parent) : []
  return rest && [{ reason: () => orphan }, ...rest]
}

function refuteRange(
  search: Search,
  from: number,
  to: number,
  parent: StartRange | undefined,
): FoundCase[] | undefined {
  const mostRanges = search.narrowestUs > 0 ? maxCoarseRanges : maxRanges
  if (++search.tried > mostRanges || search.depth > maxChain) {
    search.cutShort = true
    search.open ??= [from, to]
    return undefined
  }
  const reason = reasonAgainst(search, [from, to], parent)
  if (reason) return [{ startUs: [from, to], reason }]
  search.depth++
  const next = refuteNext(search, [from, to])
  search.depth--
  if (next) return [{ startUs: [from, to], next }]
  // What follows is open, and with it this range where it is not cut.
  const cut = to - from > search.narrowestUs ? middleCut(search, from, to) : undefined
  if (cut === undefined) return undefined
  const left = refuteRange(search, from, cut - 1, parent)
  const right = left && refuteRange(search, cut, to, parent)
  return left && right && [...left, ...right]
}

/** A request's bound inside the range of starts, or inside the range of ends, to cut it at. */
function middleCut({ index, hypothesis }: Search, from: number, to: number): number | undefined {
  const { windowUs } = hypothesis
  const atStart = index.boundsWithin(from, to)
  const atEnd = index.boundsWithin(from + windowUs, to + windowUs)
  const [more, shiftUs] = atStart.count >= atEnd.count ? [atStart, 0] : [atEnd, windowUs]
  // One whose bound is here changes sides with the microsecond after it.
  return more.middleUs === undefined ? undefined : more.middleUs + 1 - shiftUs
}
