import { canBeKept } from '../check/index.ts'
import type { History } from '../history/index.ts'
import type { LimitResult } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { roundestWindowMs } from './round-window.ts'
import { type Course, courseOf } from './turns.ts'

/** What is known of a limit after a run that took it to be something. */
export type Guess =
  /** The run proved it. */
  | { kind: 'known'; limit: Limit }
  /** To be taken as that in the next run. */
  | { kind: 'next'; limit: Limit }
  /** Nothing refused up to here. */
  | { kind: 'above'; limit: Limit; acceptedAtMost: number }

/** A limit that nothing has reached is looked for at so many times as much. */
const growth = 4

/** A window that nothing has ended is looked for at so many times as long. */
const stretch = 3

/** So much of a window of the plan has to have gone by before a limit that still refuses has a longer one. */
const nearlyAll = 0.9

/**
 * What to take a limit for in the next run. Pure.
 * @param result what the last run, planned for `limit`, was judged to say of it.
 * @param mostLimit larger limits are not looked for.
 */
export function nextGuess(
  history: History,
  limit: Limit,
  result: LimitResult,
  { mostLimit, clockDriftPpm }: { mostLimit: number; clockDriftPpm: number },
): Guess {
  if (result.verdict === 'pass') return { kind: 'known', limit }
  const courses = coursesOf(history, limit.scope)
  const reached = courses.filter(({ turns }) => turns.length > 0)
  if (reached.length === 0) {
    const acceptedAtMost = Math.max(0, ...courses.map(({ acceptedSince }) => acceptedSince))
    const next = Math.max(growth * limit.limit, 2 * acceptedAtMost)
    if (limit.limit >= mostLimit) return { kind: 'above', limit, acceptedAtMost }
    return { kind: 'next', limit: { ...limit, limit: Math.min(mostLimit, next) } }
  }
  const limits = limitsOf(reached)
  const windows = windowsOf(reached)
  if (windows.length === 0) {
    const sawAll = reached.some(
      ({ lastUs, firstUs }) => lastUs - (firstUs?.[0] ?? 0) >= nearlyAll * limit.window * 1000,
    )
    return {
      kind: 'next',
      limit: {
        ...limit,
        limit: limits[0] ?? limit.limit,
        window: sawAll ? stretch * limit.window : limit.window,
      },
    }
  }
  const candidates = limits.flatMap((most) =>
    windows.map(([from, to]): Limit => ({ ...limit, limit: most, window: roundestWindowMs(from, to) })),
  )
  const explains = candidates.find((candidate) => canBeKept(history, { limits: [candidate], clockDriftPpm }))
  return { kind: 'next', limit: explains ?? (candidates[0] as Limit) }
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

/** Numbers that a limit may be: what was let through between a recovery and the next onset first. */
function limitsOf(courses: readonly Course[]): number[] {
  const later = courses.flatMap(({ turns }) => turns.slice(1).map(({ acceptedBefore }) => acceptedBefore))
  const first = courses.flatMap(({ turns }) => turns.slice(0, 1).map(({ acceptedBefore }) => acceptedBefore))
  return [...new Set([...later.sort((a, b) => b - a), ...first])].filter((count) => count > 0)
}

/** Windows that may be, in milliseconds: between two recoveries first, then from the first request to one. */
function windowsOf(courses: readonly Course[]): [from: number, to: number][] {
  const windows: [number, number][] = []
  for (const { turns } of courses) {
    const recoveries = turns.flatMap(({ recoveredUs }) => (recoveredUs ? [recoveredUs] : []))
    recoveries.slice(1).forEach(([from, to], k) => {
      const [earlierFrom, earlierTo] = recoveries[k] as readonly [number, number]
      windows.push([from - earlierTo, to - earlierFrom])
    })
  }
  for (const { turns, firstUs } of courses) {
    const recovered = turns[0]?.recoveredUs
    if (recovered && firstUs) windows.push([recovered[0] - firstUs[1], recovered[1] - firstUs[0]])
  }
  return windows.filter(([, to]) => to >= 1000).map(([from, to]) => [Math.max(1, from / 1000), to / 1000])
}
