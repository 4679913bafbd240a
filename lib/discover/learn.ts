import type { History } from '../history/index.ts'
import type { LimitResult } from '../result/index.ts'
import { type Algorithm, isSurelyBucket, type Limit } from '../spec/index.ts'
import { isMetByBurst } from './behind-outer.ts'
import { cluesOf, contradictedIn, known, metBy, togetherWithOther } from './clues.ts'
import type { Experiment, Nested } from './experiment.ts'
import { type Inquiry, isKnown, isOpen, type Run, timesFired } from './inquiry.ts'
import { isRefusedByOthers, type Met } from './met.ts'
import { inWords, nextGuess } from './next-guess.ts'
import { canHaveRefused } from './refusers.ts'
import type { ExplainedBy } from './windows-left.ts'

/** An outer limit that all of an inner one's requests share is fired at so many times in all. */
const mostTimesShut = 5

/**
 * Takes in what the last run says of each limit.
 * @param runs all so far. @param results what the last one was judged to say.
 */
export function learn(
  inquiries: readonly Inquiry[],
  runs: readonly Run[],
  results: readonly LimitResult[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): void {
  const { experiment, history } = runs.at(-1) as Run
  const fired = inquiries.filter(
    (inquiry) => isOpen(inquiry) && experiment.only.includes(inquiry.documented.scope),
  )
  const isWithoutMeaning = isVoid(inquiries, nested, experiment, history)
  noteResults(inquiries, fired, experiment, isWithoutMeaning ? [] : results, nested)
  // Once the outer limit is known, it shows what the inner one refused.
  const isOuter = ({ documented }: Inquiry) => (documented.scope === nested?.outer ? 0 : 1)
  for (const inquiry of inquiries.filter(isOpen).sort((one, other) => isOuter(one) - isOuter(other))) {
    const { scope } = inquiry.documented
    const met = metBy(inquiry, inquiries, runs, nested)
    const isReached = met.some(({ streams }) => streams.some(({ turns }) => turns.length > 0))
    // A run that was not about it may have made clear who refused before.
    if (!fired.includes(inquiry) && !isReached) continue
    const isInner = scope === nested?.inner
    const isAlone = isInner && !experiment.only.includes(nested.outer)
    const canBePaced = inquiries.some((one) => isKnown(one) && one.documented.scope === nested?.outer)
    const isShut = scope === nested?.outer && inquiries.some((one) => one.isShared)
    const isTried = isShut || (canBePaced ? experiment.isPaced === true : isAlone)
    const wasPushed = isAlone && experiment.isPushed === true
    const outer = isInner
      ? inquiries.find((one) => isKnown(one) && one.documented.scope === nested?.outer)
      : undefined
    const isTogether = togetherWithOther(inquiry, inquiries, runs, nested, clockDriftPpm)
    // What nobody names may be another's, unless that is known for sure.
    const isBesideLikely = outer !== undefined && !outer.proven && nested?.saysWho !== true
    guessAgain(inquiry, met, { isReached, isTried, isTogether, outer, isBesideLikely }, clockDriftPpm)
    inquiry.isPushed ||= wasPushed
    inquiry.isPushedLate ||= wasPushed && experiment.waitsMs !== undefined
    const reaching = met.filter(({ streams }) => streams.some(({ turns }) => turns.length > 0))
    inquiry.isAtEdges = reaching.length > 0 && reaching.every((one) => one.experiment.waitsMs !== undefined)
    // Met so seldom, many windows explain it, and one that is a part of the time between may pass.
    if (inquiry.isAtEdges) {
      inquiry.proven = false
      inquiry.isLikely = false
      inquiry.unproven = true
    }
    // Behind a limit that all share there is mostly too little to see, and judging that takes long.
    if (isShut && isOpen(inquiry) && timesFired(inquiry) >= mostTimesShut) inquiry.unproven = true
  }
}

/** Notes what became of each limit as it was taken to be. */
function noteResults(
  inquiries: readonly Inquiry[],
  fired: readonly Inquiry[],
  experiment: Experiment,
  results: readonly LimitResult[],
  nested: Nested | undefined,
): void {
  const contradicted = results.filter(
    ({ verdict, reason }) => verdict === 'fail' || reason === 'several-limits',
  )
  // With another limit known, it is this one that is not as it was taken to be.
  const isKnownContradicted = inquiries.some(
    ({ proven, documented }) => proven && contradicted.some(({ name }) => name === documented.name),
  )
  for (const { documented, tried } of fired) {
    const result = results.find(({ name }) => name === documented.name)
    const limit = experiment.limits.find(({ name }) => name === documented.name)
    if (!limit) continue
    const before = tried.get(inWords(limit))
    const passed =
      result?.verdict === 'pass' && isToBeBelieved(documented, inquiries, nested, experiment)
        ? windowsOf(result, limit)
        : undefined
    const canBeat = documented.scope === nested?.inner && !experiment.refill
    const isBeat = canBeat && isBeatOfOuter(limit, passed ?? [], inquiries, nested)
    const isAlert = documented.scope === nested?.inner || documented.scope === nested?.outer
    tried.set(inWords(limit), {
      limit,
      times: (before?.times ?? 0) + 1,
      failed:
        before?.failed === true ||
        result?.verdict === 'fail' ||
        (isKnownContradicted && isAlert && result?.verdict !== 'pass'),
      passed: isBeat ? before?.passed : (passed ?? before?.passed),
    })
  }
}

/** What runs have shown of a limit. */
interface Seen {
  /** It has refused. */
  isReached: boolean
  /** All was tried that could reach it behind another. */
  isTried: boolean
  isTogether: (limit: Limit) => boolean
  /** The limit, where it is known, that all values of its scope share. */
  outer: Inquiry | undefined
  /** It is told from another by that, which is only likely: so nothing of it can be proven. */
  isBesideLikely: boolean
}

function guessAgain(
  inquiry: Inquiry,
  met: readonly Met[],
  { isReached, isTried, isTogether, outer, isBesideLikely }: Seen,
  clockDriftPpm: number,
): void {
  const { scope } = inquiry.documented
  const isBehind = met.some((one) => {
    const { only, isPaced } = one.experiment
    return only.includes(scope) && !isPaced && isRefusedByOthers(one, scope)
  })
  const clues = cluesOf(inquiry, met, clockDriftPpm)
  const canBeTogether = (limit: Limit) => clues.canBe(limit) && isTogether(limit)
  const guess = nextGuess(inquiry.current, {
    ...clues,
    isBehind,
    isTried,
    canBeTogether,
    isMetByBurst: !outer || isMetByBurst(inquiry.current, outer.current),
  })
  inquiry.isBehind = isBehind && !isReached
  inquiry.proven = guess.kind === 'proven' && !isBesideLikely
  inquiry.unproven = guess.kind === 'unproven' || (guess.kind === 'proven' && isBesideLikely)
  inquiry.isLikely = inquiry.unproven && guess.kind !== 'above' && guess.limit !== undefined
  inquiry.timesUnsettled = guess.kind === 'next' ? guess.timesTried : 0
  inquiry.isBrief = guess.kind === 'next' && guess.isBrief === true
  if (guess.kind === 'above') inquiry.above = contradictedIn(inquiry, met, clockDriftPpm)
  else if (guess.limit) inquiry.current = guess.limit
}

/** Was a run made as if a known outer limit were not there, and may that have refused all the same? */
function isVoid(
  inquiries: readonly Inquiry[],
  nested: Nested | undefined,
  { limits }: Experiment,
  history: History,
): boolean {
  return inquiries.some(
    (inquiry) =>
      isKnown(inquiry) &&
      inquiry.documented.scope === nested?.outer &&
      !limits.some(({ name }) => name === inquiry.documented.name) &&
      canHaveRefused(history, known(inquiry)),
  )
}

/** The windows with which each algorithm explains a run as well as with the one that it passed with, in ms. */
function windowsOf({ explainedBy = [] }: LimitResult, { window, algorithm }: Limit): ExplainedBy[] {
  return algorithm.flatMap((one) => {
    const explaining = explainedBy.filter((by) => by.algorithm === one)
    const known = explaining.flatMap(({ windowSeconds }) => (windowSeconds ? [windowSeconds] : []))
    if (known.length === 0) return explaining.length > 0 ? [{ algorithm: one, span: [window, window] }] : []
    const from = Math.min(...known.map(([seconds]) => Math.ceil(seconds * 1000)))
    const to = Math.max(...known.map(([, seconds]) => Math.floor(seconds * 1000)))
    return [{ algorithm: one, span: from <= to ? [from, to] : [window, window] }]
  })
}

/** Where an outer limit lets a burst through in each of its windows, so near to a part of that is its beat. */
const beatShare = 0.03

/**
 * An outer limit that has no room for two bursts in one window lets the inner one be met once in each of its own:
 * seen so far apart, any limit looks like one of fixed windows that are a half, a third … of that.
 */
export function isBeatOfOuter(
  { limit, window }: Limit,
  passed: readonly ExplainedBy[],
  inquiries: readonly Inquiry[],
  nested: Nested,
): boolean {
  const outer = inquiries.find(({ documented }) => documented.scope === nested.outer)
  if (!outer || isSurelyBucket(outer.current) || 2 * limit <= outer.current.limit) return false
  // All others tell how long they refuse by one onset.
  if (passed.some(({ algorithm }) => !byEdges.includes(algorithm))) return false
  const times = outer.current.window / window
  const nearest = Math.round(times)
  // In one as long as the outer one's, what was let through after the first recovery would be missing at the second.
  return nearest >= 2 && Math.abs(times / nearest - 1) <= beatShare
}

const byEdges: readonly Algorithm[] = ['fixed-window', 'sliding-counter']

/**
 * Is a limit that passed the one that refused? Where answers do not say which of two did, the outer one is
 * to be met alone, and the inner one beside an outer one that is known.
 */
function isToBeBelieved(
  { scope }: Limit,
  inquiries: readonly Inquiry[],
  nested: Nested | undefined,
  { only }: Experiment,
): boolean {
  if (!nested || nested.saysWho) return true
  const isSettled = (other: string) =>
    inquiries.every((one) => one.documented.scope !== other || isKnown(one) || one.above !== undefined)
  if (scope === nested.outer) return !only.includes(nested.inner)
  return scope !== nested.inner || isSettled(nested.outer)
}
