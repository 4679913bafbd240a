import { type History, Outcome } from '../history/index.ts'
import { isBucket } from '../plan/index.ts'
import type { Limit } from '../spec/index.ts'
import { type Inquiry, isOpen, mostLimitOf } from './inquiry.ts'

/** What is fired at next. */
export interface Experiment {
  /** As they are taken to be. */
  limits: Limit[]
  /** The scopes whose limits are brought to their onset; the others are only respected. */
  only: readonly string[]
  /** Alerts are spread over so many integrations, so that none of them meets a limit of its own. */
  spreadOver?: number
  /** So many windows long, where it must be longer than usual. */
  windows?: number
  /** How fast limits are filled, where it is not to be as usual. */
  alertsPerSecond?: number
  requestsPerSecond?: number
  /** How often limits of alerts are filled at most, where that is to be more often than usual. */
  alertFillings?: number
  /** Recoveries of an integration's limit lie so many windows apart, where some may be those of another. */
  windowsApart?: number
  /** Alerts are sent so slowly that the outer limit never refuses any. */
  isPaced?: true
  /** All that the outer limit lets through goes to one value of the inner one, to meet that at all. */
  isPushed?: true
}

/** Recoveries are probed for so many times as often as a pass takes. */
const sharper = 4

/**
 * The limits of an experiment as it is planned for. They are known more sharply then than a pass takes, so that
 * a run with what was found does not contradict it. Probes would spoil a pace, of a bucket each is followed by a
 * burst, which shows as much, and a limit that has yet to be met is not measured.
 */
export function limitsToPlan({ limits, isPaced, isPushed }: Experiment): Limit[] {
  if (isPaced || isPushed) return limits
  return limits.map((limit) => (isBucket(limit) ? limit : { ...limit, tolerance: limit.tolerance / sharper }))
}

/** Integrations are spread over at least so many, and at most so many. */
const leastSpread = 3
const mostSpread = 100
/** Spread over enough of them, each gets this much less than it was let through by itself. */
const spreadFactor = 2.2

/** A run is so many windows long, and so many longer each time that it did not settle what it was for. */
const usualWindows = 2.2
const moreWindows = 1
/** … and then about as long as one at the limits of the spec, but for guesses that are shorter by far. */
const mostWindows = 11
/** A brief run sees a bucket filled once, and what it lets through for a little while. */
const briefWindows = 0.4

/** A burst that an outer limit ends is so many times as large as that. */
const pushedTimes = 1.1
/** Such bursts follow each other for so many windows of the spec, or until they are so many times the largest limit. */
const pushedFor = 18
const pushedFull = 2
/** Refusals included, so many times in each window of the outer limit. */
const pushedFillings = 2
/** So many windows of an outer limit, and some of the inner one, show an inner one twice that leaves it no room for more. */
const outerWindows = 1.1
/** A bucket that was met shows for so many windows how much it lets through. */
const flowWindows = 0.6
const usualFillings = 3

/** A pace at this share of what a limit lets through all the time, and for so many windows where nobody knows how long it takes. */
const pacedShare = 0.9
const pacedWindows = 4.4

/**
 * What to fire at next. An inner and an outer limit on the same requests are told apart by answers that
 * say who refused; where these do not, the outer one is brought to its onset through so many values of the
 * inner one that none comes near its own, and the inner one only once the outer one is known.
 * @param run counts from 1.
 * @param mostIntegrations no more can be had.
 */
export function nextExperiment(
  inquiries: readonly Inquiry[],
  nested: Nested | undefined,
  run: number,
  mostIntegrations = mostSpread,
): Experiment {
  const there = inquiries.filter(({ above }) => above === undefined)
  const limits = there.map(({ current }) => current)
  const open = askedBySelf(inquiries.filter(isOpen), nested, run)
  const scopes = [...new Set(open.map(({ documented }) => documented.scope))]
  const unsettled = Math.max(0, ...open.map(({ timesUnsettled }) => timesUnsettled))
  const outer = open.find(({ documented }) => documented.scope === nested?.outer)
  const inner = open.find(({ documented }) => documented.scope === nested?.inner)
  const known = inquiries.find(({ documented, proven }) => proven && documented.scope === nested?.outer)
  const likely = known ?? there.find(({ documented }) => documented.scope === nested?.outer)
  const isBrief =
    open.some((one) => one.isBrief) && (!inner || !likely || isMetByBurst(inner.current, likely.current))
  // The longer a run, the more the clock strays, which is what buckets are told apart by.
  const isLonger = unsettled > 0 && !open.every(({ current }) => isBucket(current))
  const longer = isLonger ? { windows: windowsOf(open, unsettled) } : {}
  const windows = isBrief ? { windows: briefWindows } : longer
  const rates = isBrief ? {} : slower(open)
  if (!nested || !outer) {
    if (!inner || !known) return { limits, only: scopes, ...windows, ...rates }
    const { saysWho = true } = nested ?? {}
    const pace = pacedPerSecond(known.current)
    const isTurn = inner.timesUnsettled % 2 === 1 && !isBrief
    // A bucket that is emptied all the time can have refused anything.
    const canBePushed = saysWho || !isBucket(known.current)
    if (inner.isBehind && !inner.isPushed && canBePushed) return pushed(inner, known.current, limits, saysWho)
    const isPaced = inner.isBehind || (isTurn && isMetAt(pace, inner.current, known.current))
    if (!isPaced) {
      const isSlow = isMetAt(rates.alertsPerSecond ?? 0, inner.current, known.current)
      const twice = isBrief ? windows : longEnoughForTwo(inner.current, known.current, windows, saysWho)
      return { limits, only: scopes, ...twice, ...(isSlow || inner.timesUnsettled === 0 ? rates : {}) }
    }
    // Beside an outer limit that nothing names nobody could say for sure which of them refused.
    const judged = saysWho ? limits : limits.filter((limit) => limit !== known.current)
    return {
      limits: judged,
      only: scopes,
      ...windows,
      ...rates,
      ...paced(inner, known.current, judged, canBePushed),
    }
  }
  // One integration shows all of a limit that they share.
  if (inner?.isShared)
    return { limits, only: scopes.filter((one) => one !== nested.outer), ...windows, ...rates }
  if (nested.saysWho && inner && !inner.isBehind && outer.timesUnsettled === 0)
    return { limits, only: scopes, ...windows, ...rates }
  // Another number each time: what only looks like one limit, as many times that of each, is another then.
  const enough = Math.ceil((spreadFactor * outer.current.limit) / Math.max(1, nested.innerBurst))
  return {
    limits,
    only: scopes.filter((scope) => scope !== nested.inner),
    spreadOver: Math.min(mostIntegrations, Math.max(leastSpread, enough) + run),
    ...windows,
    ...(isBrief ? {} : slower(open.filter((one) => one !== inner))),
  }
}

/**
 * How many windows a run is long that others have left open. What looks like a short window may be the end of a
 * longer one, which shows only where the run lasts long enough; if it is as short as that, the run ends early.
 */
function windowsOf(open: readonly Inquiry[], timesUnsettled: number): number {
  const longestMs = Math.max(...open.map(({ current }) => current.window))
  const documentedMs = Math.max(...open.map(({ documented }) => documented.window))
  const asDocumented = Math.min(mostWindows, (usualWindows * documentedMs) / longestMs)
  return Math.max(usualWindows + moreWindows * timesUnsettled, asDocumented)
}

/**
 * What a run has left open is asked for without the limits of other requests: a run for less is shorter, and
 * the clock strays less meanwhile, which is what tells buckets apart that differ by one. Those of other requests
 * have every other run.
 */
function askedBySelf(open: readonly Inquiry[], nested: Nested | undefined, run: number): readonly Inquiry[] {
  if (open.every(({ isBrief, timesUnsettled }) => !isBrief && timesUnsettled === 0)) return open
  const isAlert = ({ documented: { scope } }: Inquiry) => scope === nested?.inner || scope === nested?.outer
  const groups = [open.filter(isAlert), open.filter((one) => !isAlert(one))].filter(
    ({ length }) => length > 0,
  )
  const group = groups[run % groups.length] as Inquiry[]
  const brief = group.find((one) => one.isBrief)
  return brief ? [brief] : group
}

/** Filling takes this share of a window once a faster one has left open how requests were decided. */
const slowFill = 0.35

/** A limit is filled no faster than that, but for one that lets nearly as much through all the time. */
const mostPerSecond = 2_000
const fasterThanLimit = 1.5
/** How much of a window filling takes at most, where nobody says otherwise. */
const usualFill = 0.1

/** Rates at which fewer requests are unanswered at once, where limits were fired at and not settled. */
function slower(asked: readonly Inquiry[]): Partial<Experiment> {
  const perSecond = (scopes: readonly string[]) => {
    const those = asked.filter(({ documented }) => scopes.includes(documented.scope))
    const rates = those.flatMap(({ timesUnsettled, current: { limit, window } }) => {
      const pace = (limit * 1000) / window
      if (timesUnsettled > 0) return [Math.ceil(pace / slowFill)]
      const isTooFast = those.length === 1 && pace / usualFill > mostPerSecond
      return isTooFast ? [Math.ceil(Math.max(mostPerSecond, fasterThanLimit * pace))] : []
    })
    return rates.length > 0 ? Math.max(...rates) : undefined
  }
  const alertsPerSecond = perSecond([innerScope, outerScope])
  const requestsPerSecond = perSecond(['apiKey'])
  return { ...(alertsPerSecond && { alertsPerSecond }), ...(requestsPerSecond && { requestsPerSecond }) }
}

function pacedPerSecond({ limit, window }: Limit): number {
  return Math.max(1, Math.floor((pacedShare * limit * 1000) / window))
}

/** Does an inner limit refuse what comes so fast, before an outer one does? */
function isMetAt(perSecond: number, inner: Limit, outer: Limit): boolean {
  const flow = (limit: Limit) => (isBucket(limit) ? limit.limit / limit.window : 0)
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
function pushed(
  inner: Inquiry,
  { limit, window }: Limit,
  limits: readonly Limit[],
  saysWho: boolean,
): Experiment {
  const { documented, current } = inner
  const windows = Math.max(usualWindows, pushedMs(documented, { limit, window }) / window)
  const most = { ...current, limit: Math.ceil(pushedTimes * limit), window }
  return {
    limits: limits.map((one) => (one === current ? most : one)),
    only: [documented.scope],
    windows,
    alertFillings: Math.ceil(pushedFillings * windows),
    isPushed: true,
    ...(!saysWho && { windowsApart: windows }),
  }
}

/** For so long all that an outer limit lets through goes to one value of an inner one. */
function pushedMs(inner: Limit, { limit, window }: Pick<Limit, 'limit' | 'window'>): number {
  return Math.min(pushedFor * inner.window, (pushedFull * mostLimitOf(inner) * window) / limit)
}

/** As long as it takes to meet an inner limit twice, where the outer one lets it be met only in its next window, or later. */
function longEnoughForTwo(
  inner: Limit,
  outer: Limit,
  { windows = usualWindows }: Pick<Experiment, 'windows'>,
  saysWho: boolean,
): Pick<Experiment, 'windows' | 'alertFillings' | 'windowsApart'> {
  if (isBucket(outer)) {
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

/** When all that a bucket lets through has filled an inner one that lets less through all the time. 0 where it never does. */
function fullAfterMs(inner: Limit, outer: Limit): number {
  const perMs = outer.limit / outer.window - (isBucket(inner) ? inner.limit / inner.window : 0)
  return perMs > 0 ? Math.max(0, inner.limit - outer.limit) / perMs : 0
}

/**
 * The inner limit met at a pace at which the outer one refuses nothing: whatever is refused, it refuses.
 * @param wasPushed so it need not be long: bursts have shown it more.
 */
function paced(
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

/** Two limits that count the same requests: the outer one all of what several values of the inner one share. */
export interface Nested {
  inner: string
  outer: string
  /** Do answers say which of them refused? */
  saysWho: boolean
  /** So much was let through at once for one value of the inner one. */
  innerBurst: number
}

/** The limits of alerts, as far as runs show them; undefined where no request has both scopes. */
export function nestedIn(runs: readonly { experiment: Experiment; history: History }[]): Nested | undefined {
  let found = false
  let saysWho = true
  let leastRefused = Number.POSITIVE_INFINITY
  let mostLetThrough = 0
  for (const { experiment, history } of runs) {
    const both = history.descriptors.map(({ scopes }) => innerScope in scopes && outerScope in scopes)
    const first = both.indexOf(true)
    if (first < 0) continue
    found = true
    let burst = 0
    let isRefused = false
    for (let row = 0; row < history.count; row++) {
      const descriptor = history.descriptor[row] as number
      if (!both[descriptor]) continue
      const isFirst = descriptor === first
      if (history.outcome[row] === Outcome.limited) {
        if ((history.limitedBy[row] as number) < 0) saysWho = false
        if (isFirst) isRefused = true
      } else if (history.outcome[row] === Outcome.accepted && isFirst && !isRefused) burst++
    }
    if (experiment.spreadOver !== undefined) continue
    if (isRefused) leastRefused = Math.min(leastRefused, burst)
    mostLetThrough = Math.max(mostLetThrough, burst)
  }
  if (!found) return undefined
  const innerBurst = Number.isFinite(leastRefused) ? leastRefused : mostLetThrough
  return { inner: innerScope, outer: outerScope, saysWho, innerBurst }
}

const innerScope = 'integration'
const outerScope = 'organization'
