import { canBeKept } from '../check/index.ts'
import { type History, Outcome } from '../history/index.ts'
import type { LimitResult } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { roundestWindowMs } from './round-window.ts'
import { type Course, courseOf, type Turn } from './turns.ts'

/** A run that shows a window from end to end is so many times as long as what was seen, at least. */
const longer = 1.5

/** So many candidates are held against so many of the last runs. */
const mostCandidates = 40
const mostHistories = 2

/** What is known of a limit after a run that took it to be something. */
export type Guess =
  /** The run proved it. */
  | { kind: 'known'; limit: Limit }
  /** To be taken as that in the next run. */
  | { kind: 'next'; limit: Limit }
  /** Nothing refused up to here. */
  | { kind: 'above'; acceptedAtMost: number }

/** A limit that nothing has reached is looked for at so many times as much. */
const growth = 4

/** A window that nothing has ended is looked for at so many times as long. */
const stretch = 3

/** What is known of a limit when it is guessed at. */
export interface Clues {
  /** Of all runs so far, the last one last. */
  histories: readonly History[]
  /** What the last run, planned for the limit as it is taken to be, was judged to say of it. */
  result: LimitResult
  /** Larger limits are not looked for. */
  mostLimit: number
  /** The window of the spec. */
  windowMs: number
  clockDriftPpm: number
  /** Limits that it was taken for before, as words. */
  tried: ReadonlySet<string>
}

/** A limit in words by which two are the same. */
export function inWords({ limit, window }: Limit): string {
  return `${limit}/${window}`
}

/** What to take a limit for in the next run. Pure. */
export function nextGuess(limit: Limit, clues: Clues): Guess {
  const { histories, result, mostLimit, windowMs, clockDriftPpm, tried } = clues
  if (result.verdict === 'pass') return { kind: 'known', limit }
  const own = histories.map((history) => withoutOthers(history, limit.scope))
  const courses = own.flatMap((history) => coursesOf(history, limit.scope))
  const reached = courses.filter(({ turns }) => turns.length > 0)
  if (reached.length === 0) {
    // What came within a window of the spec: it says nothing of more in a longer time.
    const acceptedAtMost = Math.max(0, ...courses.map(({ timesUs }) => mostWithin(timesUs, windowMs * 1000)))
    const last = histories.at(-1) as History
    const isBehind = refusedByOthers(last, limit.scope) && tried.size > 1
    if (limit.limit >= mostLimit || isBehind) return { kind: 'above', acceptedAtMost }
    const next = Math.max(growth * limit.limit, 2 * acceptedAtMost)
    return { kind: 'next', limit: { ...limit, limit: Math.min(mostLimit, next) } }
  }
  const refusedMs = Math.max(...reached.map(({ refusedUs }) => refusedUs)) / 1000
  const { between, fromFirst } = windowsOf(reached, refusedMs)
  const candidates = candidatesOf(limit, reached, [...between, ...fromFirst])
  const explains = candidates.find((candidate) =>
    own.slice(-mostHistories).every((history) => canBeKept(history, { limits: [candidate], clockDriftPpm })),
  )
  if (between.length > 0) {
    const untried = candidates.find((candidate) => !tried.has(inWords(candidate)))
    return { kind: 'next', limit: explains ?? (result.verdict === 'fail' ? untried : undefined) ?? limit }
  }
  if (explains && !tried.has(inWords(explains))) return { kind: 'next', limit: explains }
  // A window from end to end takes a longer run than those so far.
  const seenMs = Math.max(limit.window, refusedMs)
  const window = roundestWindowMs(longer * seenMs, stretch * seenMs)
  // Of several first bursts, that which the edge of a window has cut least.
  const least = Math.max(1, Math.min(...firstCounts(reached)))
  return { kind: 'next', limit: { ...limit, limit: least, window } }
}

function candidatesOf(limit: Limit, reached: readonly Course[], windows: readonly Span[]): Limit[] {
  const all = windows.flatMap(([from, to]) => {
    const window = roundestWindowMs(from, to)
    return limitsOf(reached, window).map((most): Limit => ({ ...limit, limit: most, window }))
  })
  return [...new Map(all.map((one) => [inWords(one), one])).values()].slice(0, mostCandidates)
}

/** Was something of this scope refused, and said to be refused by another limit? */
function refusedByOthers(history: History, scope: string): boolean {
  for (let row = 0; row < history.count; row++) {
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    const descriptor = history.descriptors[history.descriptor[row] as number]
    if (blamed !== undefined && blamed !== scope && descriptor?.scopes[scope] !== undefined) return true
  }
  return false
}

/** The history in which nobody knows of what other limits refused whether this one counted it. */
function withoutOthers(history: History, scope: string): History {
  const outcome = history.outcome.slice()
  for (let row = 0; row < history.count; row++) {
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    if (outcome[row] === Outcome.limited && blamed !== undefined && blamed !== scope) {
      outcome[row] = Outcome.unknown
    }
  }
  return { ...history, outcome }
}

function coursesOf(history: History, scope: string): Course[] {
  const values = new Set(
    history.descriptors.flatMap(({ scopes }) => (scopes[scope] === undefined ? [] : [scopes[scope]])),
  )
  const names = history.descriptors
    .filter(({ scopes }) => scopes[scope] !== undefined)
    .map(({ name }) => name)
  return [...values].map((value) => {
    // Where several share it, the first has a limit of its own that refuses it first.
    const isItsOwn = (descriptor: string) => names.length === values.size || descriptor !== names[0]
    return courseOf(history, scope, value, isItsOwn)
  })
}

/** What was let through before each first onset. */
function firstCounts(courses: readonly Course[]): number[] {
  return courses.flatMap(({ turns }) => turns.slice(0, 1).map(({ acceptedBefore }) => acceptedBefore))
}

/**
 * Numbers that a limit may be, given its window: what was let through between a recovery and the next onset,
 * before the first onset, and within any window.
 */
function limitsOf(courses: readonly Course[], windowMs: number): number[] {
  const first = Math.max(...firstCounts(courses))
  const later = courses.flatMap(({ turns }) =>
    longTurns(turns)
      .slice(1)
      .map(({ acceptedBefore }) => acceptedBefore),
  )
  const within = Math.max(...courses.map(({ timesUs }) => mostWithin(timesUs, windowMs * 1000)))
  return [...new Set([...later.sort((a, b) => b - a), first, within])].filter((count) => count > 0)
}

/** The most instants within any span of this length. */
function mostWithin(ascendingUs: readonly number[], spanUs: number): number {
  let most = 0
  let from = 0
  for (let to = 0; to < ascendingUs.length; to++) {
    while ((ascendingUs[to] as number) - (ascendingUs[from] as number) >= spanUs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

/** A log makes room bit by bit: turns in which little was let through belong to the one before. */
const longTurn = 0.1

function longTurns(turns: readonly Turn[]): Turn[] {
  const least = longTurn * (turns[0]?.acceptedBefore ?? 0)
  return turns.filter(({ acceptedBefore }, k) => k === 0 || acceptedBefore >= least)
}

/** Shorter windows are not told from the time that requests take. */
const shortestUs = 500_000

type Span = [fromMs: number, toMs: number]

/**
 * Windows that may be: between recoveries that led to as much as before, whatever the way to count; and from
 * the first request to the first recovery, where windows do not follow a clock. A limit that refuses all the
 * time does so for a window at most, so shorter ones are left out. The sharpest first.
 */
function windowsOf(courses: readonly Course[], refusedMs: number): { between: Span[]; fromFirst: Span[] } {
  const apart = (earlier: readonly [number, number], later: readonly [number, number]): Span => [
    (later[0] - earlier[1]) / 1000,
    (later[1] - earlier[0]) / 1000,
  ]
  const between: Span[] = []
  const fromFirst: Span[] = []
  for (const { turns, firstUs } of courses) {
    const long = longTurns(turns)
    // The recovery that opened a turn is that of the turn before.
    const openings = turns.flatMap(({ recoveredUs }, k) => {
      const next = turns[k + 1]
      return recoveredUs && (next === undefined || long.includes(next)) ? [recoveredUs] : []
    })
    for (let k = 1; k < openings.length; k++) {
      between.push(
        apart(openings[k - 1] as readonly [number, number], openings[k] as readonly [number, number]),
      )
    }
    const recovered = turns[0]?.recoveredUs
    if (recovered && firstUs) fromFirst.push(apart(firstUs, recovered))
  }
  // Between two recoveries that were seen there may have been others.
  const parts = between.flatMap(([from, to]) => [2, 3].map((k): Span => [from / k, to / k]))
  const kept = (spans: Span[]) =>
    spans
      .filter(([, to]) => to * 1000 >= shortestUs && to >= refusedMs)
      .sort((one, other) => one[1] - one[0] - (other[1] - other[0]))
      .map(([from, to]): Span => [Math.max(1, from), to])
  return { between: [...kept(between), ...kept(parts)], fromFirst: kept(fromFirst) }
}
