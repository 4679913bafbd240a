import { type Algorithm, isSurelyBucket, type Limit } from '../spec/index.ts'
import type { Experiment } from './experiment.ts'
import { type Inquiry, mostLimitOf } from './inquiry.ts'
import { explainedBy } from './next-guess.ts'

/** A burst that an outer limit ends is so many times as large as that. */
const pushedTimes = 1.1
/** Such bursts follow each other for so many windows of the spec, or until they are so many times the largest limit. */
const pushedFor = 18
const pushedFull = 2
/** Refusals included, so many times in each window of the outer limit. */
const pushedFillings = 2
/** So many windows of an outer limit, and some of the inner one, show an inner one twice that leaves it no room for more. */
const outerWindows = 1.1
/** Filling before an edge takes so much of a window where it is not too fast, and is over by so much of one. */
const edgeFill = 0.02
const spareShare = 0.03
/** So many windows of an outer limit show what is met only at its edges. */
const edgeWindows = 5.3
/** A bucket that was met shows for so many windows how much it lets through. */
const flowWindows = 0.6
const usualFillings = 3

/** A pace at this share of what a limit lets through all the time, and for so many windows where nobody knows how long it takes. */
const pacedShare = 0.9
const pacedWindows = 4.4

/** A limit is filled no faster than that, but for one that lets nearly as much through all the time. */
export const mostPerSecond = 2_000
/** How much of a window filling takes at most, where nobody says otherwise. */
export const usualFill = 0.1
/** How long a run is where nobody says otherwise. */
export const usualWindows = 2.2

/** A pace at which a limit refuses nothing, a second. */
export function pacedPerSecond({ limit, window }: Limit): number {
  return Math.max(1, Math.floor((pacedShare * limit * 1000) / window))
}

/** Does an inner limit refuse what comes so fast, before an outer one does? */
export function isMetAt(perSecond: number, inner: Limit, outer: Limit): boolean {
  const flow = (limit: Limit) => (isSurelyBucket(limit) ? limit.limit / limit.window : 0)
  const perMs = perSecond / 1000
  if (perMs <= flow(inner)) return false
  const afterMs = inner.limit / (perMs - flow(inner))
  if (flow(inner) === 0 && afterMs > inner.window) return false
  const isUnderOuter = perMs * outer.window <= outer.limit
  return isUnderOuter || perMs * afterMs < outer.limit + flow(outer) * afterMs
}

/** The same for a burst as fast as usual. */
export function isMetByBurst(inner: Limit, outer: Limit): boolean {
  return isMetAt((inner.limit * 1000) / (usualFill * inner.window), inner, outer)
}

/**
 * All that the outer limit lets through at once, and again as soon as it lets more through, goes to one value of
 * the inner one: several values that share it leave none of them as much. That goes on for as long as may show
 * in the longest window, or fill the largest limit, that is looked for.
 */
export function pushed(
  { documented, current }: Inquiry,
  outer: Limit,
  limits: readonly Limit[],
  saysWho: boolean,
): Experiment {
  const { limit, window } = outer
  const windows = Math.max(usualWindows, pushedMs(documented, { limit, window }) / window)
  const most = { ...current, limit: Math.ceil(pushedTimes * limit), window }
  return {
    limits: limits.map((one) => (one === current ? most : one)),
    only: [documented.scope],
    windows,
    alertFillings: Math.ceil(pushedFillings * windows),
    isPushed: true,
    // A bucket that refills fast is emptied only by what comes faster still.
    ...(isSurelyBucket(outer) && { alertsPerSecond: fastest(outer) }),
    ...(!saysWho && { windowsApart: windows }),
  }
}

/** The same, with all that the outer limit lets through in some of its windows at the end of these. */
export function pushedLate(inner: Inquiry, outer: Limit, limits: readonly Limit[]): Experiment {
  const early = pushed(inner, outer, limits, true)
  const alertsPerSecond = fastest(outer)
  return {
    ...early,
    windows: Math.max(edgeWindows, early.windows ?? 0),
    alertsPerSecond,
    waitsMs: waitsBefore(outer, alertsPerSecond),
  }
}

/** How fast a limit is filled so that this is over soon, a second. */
function fastest({ limit, window }: Limit): number {
  return Math.min(mostPerSecond, Math.ceil((1000 * limit) / (edgeFill * window)))
}

/** Does a limit count in windows that follow each other, so that all of two of them may pass at once at an edge? */
export function hasEdges({ current, tried }: Inquiry): boolean {
  const explaining = explainedBy(current, tried)
  return explaining.length > 0 && explaining.every(({ algorithm }) => byEdges.includes(algorithm))
}

const byEdges: readonly Algorithm[] = ['fixed-window', 'first-hit-window']

/**
 * Waits by which what an outer limit lets through in one of its windows comes at its end, right before all of the
 * next. Over all of them, windows of an inner limit that are up to five times as long see one burst more than they do
 * where each comes as soon as it can.
 */
function waitsBefore({ limit, window }: Limit, perSecond: number): number[] {
  const leadMs = (1000 * limit) / perSecond + spareShare * window
  const late = Math.max(0, Math.floor(window - leadMs))
  return [late, 0, late, 0, 0]
}

/** For so long all that an outer limit lets through goes to one value of an inner one. */
function pushedMs(inner: Limit, { limit, window }: Pick<Limit, 'limit' | 'window'>): number {
  return Math.min(pushedFor * inner.window, (pushedFull * mostLimitOf(inner) * window) / limit)
}

/** As long as it takes to meet an inner limit twice, where the outer one lets it be met only in its next window, or later. */
export function longEnoughForTwo(
  inner: Limit,
  outer: Limit,
  { windows = usualWindows }: Pick<Experiment, 'windows'>,
  saysWho: boolean,
): Pick<Experiment, 'windows' | 'alertFillings' | 'windowsApart'> {
  if (isSurelyBucket(outer)) {
    const ms = fullAfterMs(inner, outer)
    const times = Math.max(windows, ms / inner.window + flowWindows)
    if (times <= usualWindows) return {}
    // All that flows in meanwhile passes through.
    const perWindow = (outer.limit * inner.window) / outer.window / inner.limit
    return { windows: times, alertFillings: Math.ceil(pushedFillings * perWindow * times) + usualFillings }
  }
  if (2 * inner.limit <= outer.limit) return windows === usualWindows ? {} : { windows }
  const times = Math.max(windows, usualWindows + (outerWindows * outer.window) / inner.window)
  return { windows: times, ...(!saysWho && { windowsApart: times - usualWindows / 2 }) }
}

/**
 * The inner limit is filled so seldom that the outer one always has room for that, so that whatever is refused, the
 * inner one refuses, be it said or not, and the edges of the outer one's windows are in nobody's way. `undefined`
 * where it has room for more than one filling anyway, or not even for one.
 */
export function filledApart(
  inner: Limit,
  outer: Limit,
): Pick<Experiment, 'windows' | 'windowsApart' | 'alertsPerSecond' | 'alertFillings' | 'refill'> | undefined {
  const room = outer.limit - inner.limit - probesApart
  if (isSurelyBucket(inner) || isSurelyBucket(outer) || room > inner.limit || room < leastAtOnce)
    return undefined
  const restMs = Math.ceil(apartShare * outer.window)
  const longerMs = Math.min(inner.window, outer.window)
  const restsMs = laterShares.map((share) => Math.ceil(restMs + share * longerMs))
  const inWindows = (ms: number) => ms / inner.window
  const fillingsMs = restsMs.reduce((sum, ms) => sum + ms, 0)
  return {
    refill: { atOnce: Math.min(room, Math.ceil(atOnceShare * inner.limit)), restsMs },
    windows: usualWindows + inWindows(fillingsMs) + restsMs.length,
    windowsApart: inWindows(fillingsMs),
    alertFillings: restsMs.length + 1,
    alertsPerSecond: fastest({ ...outer, limit: inner.limit }),
  }
}

/** After so many windows of the outer limit it has forgotten all, whichever its algorithm. */
const apartShare = 2.05
/**
 * Later fillings wait longer by so much of an inner window. Less than one is no whole number of any that refuses as
 * long, and more than one comes to another edge of fixed windows, so that no longer ones have edges at all of these.
 */
const laterShares = [0, 0.6, 1.3]
/** As many as a window is probed with, for where the outer limit counts what the inner one refuses. */
const probesApart = 110
/** So much of the inner limit shows that it came back at once, and no fewer than these. */
const atOnceShare = 0.1
const leastAtOnce = 12

/** When all that a bucket lets through has filled an inner one that lets less through all the time. 0 where it never does. */
function fullAfterMs(inner: Limit, outer: Limit): number {
  const perMs = outer.limit / outer.window - (isSurelyBucket(inner) ? inner.limit / inner.window : 0)
  return perMs > 0 ? Math.max(0, inner.limit - outer.limit) / perMs : 0
}

/**
 * The inner limit met at a pace at which the outer one refuses nothing: whatever is refused, it refuses.
 * @param wasPushed so it need not be long: bursts have shown it more.
 */
export function paced(
  inner: Inquiry,
  outer: Limit,
  limits: readonly Limit[],
  wasPushed: boolean,
): Partial<Experiment> {
  const alertsPerSecond = pacedPerSecond(outer)
  if (!inner.isBehind) return { alertsPerSecond, isPaced: true }
  const longestMs = wasPushed ? pacedWindows * inner.current.window : pushedMs(inner.documented, outer)
  const windows = Math.max(pacedWindows, longestMs / inner.current.window)
  // As many as come in that time, since nobody knows where it begins to refuse.
  const limit = Math.ceil((alertsPerSecond * windows * inner.current.window) / 1000)
  const aimed = limits.map((one) => (one === inner.current ? { ...one, limit } : one))
  return { limits: aimed, alertsPerSecond, isPaced: true, windows }
}
