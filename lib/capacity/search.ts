import type { ConditionVerdict } from './judge-share.ts'

/** What a search goes by. */
export interface SearchBounds {
  startPerSecond: number
  /** Never fired above, and never below. */
  mostPerSecond: number
  leastPerSecond: number
  /** How far apart the two ends of the answer may be, as a share of the lower: 0.1 for 10 %. */
  resolution: number
  /** Firings altogether. */
  mostFirings: number
  /** How long may be fired altogether. */
  budgetMs: number
  /** How long one rate may be fired at altogether. */
  longestStepMs: number
  /** No firing is shorter. */
  shortestMs: number
  /** So many requests settle a rate that is far from the turning point, were they independent. */
  requestsNeeded: number
}

/** What is known of a rate that was fired at. */
export interface SearchStep {
  ratePerSecond: number
  verdict: ConditionVerdict
  leaning: 'met' | 'missed'
  /** How long it was fired at altogether. */
  firedMs: number
  /** How long that would have to be for a claim; `undefined` where no length would do. */
  neededMs?: number
  /** Was the client the bottleneck there? */
  byClient: boolean
  firings: number
  /** So many of its requests tell as much as one that depends on no other. */
  correlated: number
}

/** What a search does next. */
export type SearchMove =
  | { kind: 'fire'; ratePerSecond: number; durationMs: number }
  /** Why it has ended: the ends are close enough; or nothing within its bounds would bring them closer. */
  | { kind: 'done'; why: 'found' | 'firings' | 'time' | 'most-rate' | 'least-rate' | 'client' | 'unsettled' }

/** The highest rate that is surely met and the lowest that is surely missed, where there are any. */
export interface Ends {
  met?: number
  missed?: number
}

/**
 * Between which rates the answer lies. Where a rate is missed below one that is met, one of both claims
 * was wrong, or the target is not always the same: then the ends are those that neither contradicts, and
 * what lies between is left open.
 */
export function endsOf(steps: readonly Pick<SearchStep, 'ratePerSecond' | 'verdict'>[]): Ends {
  const rates = (of: ConditionVerdict) =>
    steps.filter(({ verdict }) => verdict === of).map(({ ratePerSecond }) => ratePerSecond)
  const [met, missed] = [rates('met'), rates('missed')]
  return {
    met: most(met.filter((rate) => rate < Math.min(...missed))),
    missed: least(missed.filter((rate) => rate > Math.max(...met))),
  }
}

/** A step is made a little longer than it seems to need: what it needs is itself an estimate. */
const spare = 1.3

/** A step that was too short is made so many times as long at least: what it seemed to need was too little. */
const leastProlonged = 3

/** A first firing gets this share of the time that a step may take at most, unless independent requests need more. */
const firstShare = 1 / 4

/**
 * While the rate is doubled or halved, a firing only steers: it gets so small a share of what a step may take,
 * or the time for so many requests, and what is saved goes to the two ends. A claim that takes no more than
 * some seconds is not saved on: a rate that is surely met is there to fall back on.
 */
const glanceShare = 1 / 12
const glanceRequests = 300
const leastGlanceMs = 5_000

/** What writing two rates with three digits takes from how close they are. */
const rounding = 0.01

/** A rate this close to another, as a share, tells nothing new. */
const closest = 0.02

/**
 * The next step of a search, from all steps so far. It doubles the rate until one looks as if it missed
 * the objective, halves what is between on a logarithmic scale until both sides of the turning point are
 * as close as the answer is to be, and then fires at its two ends for as long as a claim takes. Where an
 * end cannot be claimed in the time that a step may take, one further away is. What is claimed of the lower
 * end from a short step is looked at again at the end. Pure.
 */
export function nextMove(bounds: SearchBounds, steps: readonly SearchStep[]): SearchMove {
  const { mostFirings, budgetMs } = bounds
  if (sum(steps.map(({ firings }) => firings)) >= mostFirings) return { kind: 'done', why: 'firings' }
  const next = soughtMove(bounds, steps)
  const move = next.kind === 'done' ? (confirmation(bounds, steps) ?? next) : next
  const leftMs = budgetMs - sum(steps.map(({ firedMs }) => firedMs))
  if (move.kind === 'fire' && move.durationMs > leftMs) {
    return next.kind === 'done' ? next : { kind: 'done', why: 'time' }
  }
  return move
}

function soughtMove(bounds: SearchBounds, steps: readonly SearchStep[]): SearchMove {
  const ends = endsOf(steps)
  const closeEnough = (1 + bounds.resolution) * (1 + rounding)
  if (ends.met && ends.missed && ends.missed / ends.met <= closeEnough) return { kind: 'done', why: 'found' }
  return bracket(bounds, steps) ?? narrow(bounds, steps) ?? claim(bounds, steps, ends)
}

/**
 * A longer firing at the lower end, where that was short: every firing finds the target empty, and close
 * to its capacity queues grow for so long that a short one may see nothing of them.
 */
function confirmation(bounds: SearchBounds, steps: readonly SearchStep[]): SearchMove | undefined {
  const { met } = endsOf(steps)
  const step = steps.find(({ ratePerSecond }) => ratePerSecond === met)
  const missingMs = firstShare * bounds.longestStepMs - (step?.firedMs ?? Number.POSITIVE_INFINITY)
  if (!step || missingMs < 1) return undefined
  const durationMs = Math.max(missingMs, bounds.shortestMs)
  return { kind: 'fire', ratePerSecond: step.ratePerSecond, durationMs }
}

/** Until some rate looks met and some higher one does not. */
function bracket(bounds: SearchBounds, steps: readonly SearchStep[]): SearchMove | undefined {
  const { startPerSecond, mostPerSecond, leastPerSecond } = bounds
  if (steps.length === 0) return glance(bounds, steps, startPerSecond)
  const { looksMet, looksMissed } = leanings(steps)
  if (looksMissed === undefined) {
    const top = looksMet as number
    if (top < mostPerSecond) return glance(bounds, steps, Math.min(2 * top, mostPerSecond))
    return settle(bounds, steps, top) ?? { kind: 'done', why: 'most-rate' }
  }
  if (looksMet === undefined) {
    if (looksMissed > leastPerSecond) return glance(bounds, steps, Math.max(looksMissed / 2, leastPerSecond))
    return settle(bounds, steps, looksMissed) ?? { kind: 'done', why: 'least-rate' }
  }
  return undefined
}

/** Until what looks met and what looks missed are as close as the ends are to be. */
function narrow(bounds: SearchBounds, steps: readonly SearchStep[]): SearchMove | undefined {
  const { looksMet = 0, looksMissed = 0 } = leanings(steps)
  if (looksMissed / looksMet <= (1 + bounds.resolution) * (1 + rounding)) return undefined
  const middle = plain(Math.sqrt(looksMet * looksMissed))
  return isNew(steps, middle) ? start(bounds, steps, middle) : undefined
}

/** Fires at the two ends for as long as a claim takes, the one first that is further from the turning point. */
function claim(bounds: SearchBounds, steps: readonly SearchStep[], ends: Ends): SearchMove {
  const { looksMet = 0, looksMissed = 0 } = leanings(steps)
  const turn = Math.sqrt(looksMet * looksMissed)
  const reach = Math.sqrt(1 + bounds.resolution)
  const lower = claimBelow(bounds, steps, ends.met ?? 0, plain(turn / reach), turn)
  const upper = claimAbove(bounds, steps, ends.missed ?? Number.POSITIVE_INFINITY, plain(turn * reach), turn)
  const isLowerFurther = turn / (ends.met ?? 0) >= (ends.missed ?? Number.POSITIVE_INFINITY) / turn
  const move = isLowerFurther ? (lower ?? upper) : (upper ?? lower)
  if (move) return move
  return { kind: 'done', why: steps.some(({ byClient }) => byClient) ? 'client' : 'unsettled' }
}

/** What would bring the lower end up: a longer step at a rate above it, or one at a rate between. */
function claimBelow(
  bounds: SearchBounds,
  steps: readonly SearchStep[],
  end: number,
  wanted: number,
  turn: number,
): SearchMove | undefined {
  const open = steps.filter(({ ratePerSecond: rate }) => rate > end * (1 + closest) && rate < turn)
  const inOrder = open.toSorted((one, other) => other.ratePerSecond - one.ratePerSecond)
  for (const { ratePerSecond } of inOrder) {
    const move = settle(bounds, steps, ratePerSecond)
    if (move) return move
  }
  if (end >= wanted * (1 - closest)) return undefined
  const lowestOpen = least(open.map(({ ratePerSecond }) => ratePerSecond))
  const next =
    lowestOpen === undefined || lowestOpen > wanted * (1 + closest)
      ? wanted
      : plain(Math.sqrt(Math.max(end, lowestOpen / 2) * lowestOpen))
  // So slow a rate that a step has too few requests, however few are correlated, is of no use.
  const isTooSlow =
    next < bounds.leastPerSecond || (bounds.requestsNeeded * 1000) / next > bounds.longestStepMs
  return isNew(steps, next) && !isTooSlow ? start(bounds, steps, next) : undefined
}

/** The same for the upper end. */
function claimAbove(
  bounds: SearchBounds,
  steps: readonly SearchStep[],
  end: number,
  wanted: number,
  turn: number,
): SearchMove | undefined {
  const open = steps.filter(({ ratePerSecond: rate }) => rate < end / (1 + closest) && rate > turn)
  const inOrder = open.toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
  for (const { ratePerSecond } of inOrder) {
    const move = settle(bounds, steps, ratePerSecond)
    if (move) return move
  }
  if (end <= wanted * (1 + closest) || open.some(({ byClient }) => byClient)) return undefined
  const highestOpen = most(open.map(({ ratePerSecond }) => ratePerSecond))
  const next =
    highestOpen === undefined || highestOpen < wanted * (1 - closest)
      ? wanted
      : plain(Math.sqrt(Math.min(end, highestOpen * 2) * highestOpen))
  return isNew(steps, next) && next <= bounds.mostPerSecond ? start(bounds, steps, next) : undefined
}

/** A rate as people write it: what is fired is what a report says. */
function plain(ratePerSecond: number): number {
  return Number(ratePerSecond.toPrecision(3))
}

/**
 * A longer step at a rate, if that would settle it within the time that a step may take. How long that is says
 * little after a short firing close to the turning point: then it is fired at for longer, whatever it seems to need.
 */
export function settle(
  { longestStepMs }: SearchBounds,
  steps: readonly SearchStep[],
  ratePerSecond: number,
): Extract<SearchMove, { kind: 'fire' }> | undefined {
  const step = steps.find((each) => each.ratePerSecond === ratePerSecond)
  if (step?.verdict !== 'cannot tell' || step.neededMs === undefined) return undefined
  const firstMs = firstShare * longestStepMs
  const isTooLong = step.neededMs > longestStepMs
  if (isTooLong && leastProlonged * step.firedMs > firstMs) return undefined
  const wantedMs = isTooLong ? firstMs : Math.max(spare * step.neededMs, leastProlonged * step.firedMs)
  const durationMs = Math.min(longestStepMs, wantedMs) - step.firedMs
  return durationMs >= step.firedMs / 4 ? { kind: 'fire', ratePerSecond, durationMs } : undefined
}

/** The turning point by what it looks like: where that is contradictory, the wider way around it. */
function leanings(steps: readonly SearchStep[]): { looksMet?: number; looksMissed?: number } {
  const rates = (of: 'met' | 'missed') =>
    steps.filter(({ leaning }) => leaning === of).map(({ ratePerSecond }) => ratePerSecond)
  const [met, missed] = [rates('met'), rates('missed')]
  return {
    looksMet: most(met.filter((rate) => rate < Math.min(...missed))),
    looksMissed: least(missed.filter((rate) => rate > Math.max(...met))),
  }
}

/**
 * A first firing at a rate: so long that the requests would do, were they correlated as they were at
 * lower rates; at higher ones they are so more strongly.
 */
export function start(
  bounds: SearchBounds,
  steps: readonly SearchStep[],
  ratePerSecond: number,
): Extract<SearchMove, { kind: 'fire' }> {
  const { shortestMs, longestStepMs, requestsNeeded } = bounds
  const lower = steps.filter((step) => step.ratePerSecond < ratePerSecond && step.leaning === 'met')
  const correlated = Math.max(1, ...lower.map((step) => step.correlated))
  const independentMs = (spare * requestsNeeded * 1000) / ratePerSecond
  const mostMs = Math.min(longestStepMs, Math.max(independentMs, firstShare * longestStepMs))
  const durationMs = Math.max(shortestMs, Math.min(correlated * independentMs, mostMs))
  return { kind: 'fire', ratePerSecond, durationMs }
}

/** A first firing that is to steer alone. */
function glance(bounds: SearchBounds, steps: readonly SearchStep[], ratePerSecond: number): SearchMove {
  const move = start(bounds, steps, ratePerSecond)
  const enoughMs = Math.max(
    leastGlanceMs,
    glanceShare * bounds.longestStepMs,
    (glanceRequests * 1000) / ratePerSecond,
  )
  return { ...move, durationMs: Math.max(bounds.shortestMs, Math.min(move.durationMs, enoughMs)) }
}

function isNew(steps: readonly SearchStep[], rate: number): boolean {
  return steps.every(({ ratePerSecond }) => Math.abs(rate / ratePerSecond - 1) > closest)
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values)
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
