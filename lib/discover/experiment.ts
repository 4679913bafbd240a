import { type History, Outcome } from '../history/index.ts'
import type { PlanOptions } from '../plan/index.ts'
import { isSurelyBucket, type Limit } from '../spec/index.ts'
import {
  filledApart,
  hasEdges,
  isMetAt,
  isMetByBurst,
  longEnoughForTwo,
  mostPerSecond,
  paced,
  pacedPerSecond,
  pushed,
  pushedLate,
  usualFill,
  usualWindows,
} from './behind-outer.ts'
import { type Inquiry, isKnown, isOpen, timesFired } from './inquiry.ts'

/** What is fired at next, and where that is not planned for as usual. */
export interface Experiment
  extends Pick<
    PlanOptions,
    | 'spreadOver'
    | 'windows'
    | 'alertsPerSecond'
    | 'requestsPerSecond'
    | 'alertFillings'
    | 'windowsApart'
    | 'waitsMs'
    | 'refill'
  > {
  /** As they are taken to be. */
  limits: Limit[]
  /** The scopes whose limits are brought to their onset; the others are only respected. */
  only: readonly string[]
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
export function limitsToPlan({ limits, isPaced, isPushed, refill }: Experiment): Limit[] {
  if (isPaced || isPushed || refill) return limits
  return limits.map((limit) =>
    isSurelyBucket(limit) ? limit : { ...limit, tolerance: limit.tolerance / sharper },
  )
}

/** Integrations are spread over at least so many, and at most so many. */
const leastSpread = 3
const mostSpread = 100
/** Spread over enough of them, each gets this much less than it was let through by itself. */
const spreadFactor = 2.2

/** A run is so many windows longer each time that it did not settle what it was for. */
const moreWindows = 1
/** … and then about as long as one at the limits of the spec, but for guesses that are shorter by far. */
const mostWindows = 11
/** A brief run sees a bucket filled once, and what it lets through for a little while. */
const briefWindows = 0.4

/** Where nobody says who refused, runs in which the outer limit may have are made so often; others take longer. */
const timesTogether = 2

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
  const known = inquiries.find((one) => isKnown(one) && one.documented.scope === nested?.outer)
  const likely = known ?? there.find(({ documented }) => documented.scope === nested?.outer)
  const isBrief =
    open.some((one) => one.isBrief) && (!inner || !likely || isMetByBurst(inner.current, likely.current))
  // The longer a run, the more the clock strays, which is what buckets are told apart by.
  const isLonger = unsettled > 0 && !open.every(({ current }) => isSurelyBucket(current))
  const longer = isLonger ? { windows: windowsOf(open, unsettled) } : {}
  const windows = isBrief ? { windows: briefWindows } : longer
  const rates = isBrief ? {} : slower(open)
  if (!nested || !outer) {
    if (!inner || !known) return { limits, only: scopes, ...windows, ...rates }
    const { saysWho = true } = nested ?? {}
    const pace = pacedPerSecond(known.current)
    const isTurn = inner.timesUnsettled % 2 === 1 && !isBrief
    // A bucket that is emptied all the time can have refused anything.
    const canBePushed = saysWho || !isSurelyBucket(known.current)
    if (inner.isBehind && !inner.isPushed && canBePushed) return pushed(inner, known.current, limits, saysWho)
    if (inner.isBehind && !inner.isPushedLate && saysWho && hasEdges(known))
      return pushedLate(inner, known.current, limits)
    const isPaced = inner.isBehind || (isTurn && isMetAt(pace, inner.current, known.current))
    if (!isPaced) {
      const isOpenStill = saysWho ? inner.timesUnsettled > 0 : timesFired(inner) > timesTogether
      const apart = isOpenStill && !isBrief && filledApart(inner.current, known.current)
      if (apart) return { limits, only: scopes, ...apart, ...(inner.timesUnsettled === 0 ? {} : rates) }
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

/** A limit that is filled as fast as may be is filled faster than it lets through all the time. */
const fasterThanLimit = 1.5

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
