import { decisionBounds } from '../check/evidence/bounds.ts'
import { bucketRoom } from '../check/evidence/bucket-room.ts'
import { tallyOf } from '../check/evidence/tally.ts'
import { type History, Outcome } from '../history/index.ts'
import { isSurelyBucket, type Limit } from '../spec/index.ts'
import { countUpTo } from './fit/fit.ts'

/** For each row of a history the scope whose limit refused it; undefined where none did, or that cannot be told. */
export type Refusers = readonly (string | undefined)[]

/** What is known of who can have refused. */
export interface Suspects {
  /** The scopes of limits that there may be. */
  scopes: readonly string[]
  /** Those of them that were brought to their onset; the others were only respected. */
  only: readonly string[]
  /** Limits that are known for sure. */
  proven: readonly Limit[]
}

/**
 * Who refused: by what answers say. Where they do not, it was the one limit that was brought to its onset,
 * unless one that is known can have been full then. Rough: it is to guess by, and proves nothing.
 */
export function refusersOf(history: History, { scopes, only, proven }: Suspects): Refusers {
  const refusers: (string | undefined)[] = new Array(history.count)
  const mayBeFull = new Map<string, (row: number) => boolean>()
  for (let row = 0; row < history.count; row++) {
    if (history.outcome[row] !== Outcome.limited) continue
    const named = history.scopeNames[history.limitedBy[row] as number]
    if (named !== undefined) {
      refusers[row] = named
      continue
    }
    const applying = scopes.filter((scope) => scopeValue(history, row, scope) !== undefined)
    const asked = applying.filter(
      (scope) => only.includes(scope) && !proven.some((limit) => limit.scope === scope),
    )
    const suspected = applying.length === 1 ? applying[0] : asked.length === 1 ? asked[0] : undefined
    const isOther = proven
      .filter(({ scope }) => scope !== suspected && applying.includes(scope))
      .some((limit) => {
        const isFull = mayBeFull.get(limit.name) ?? fullness(history, limit, mayBeCounted)
        mayBeFull.set(limit.name, isFull)
        return isFull(row)
      })
    if (!isOther) refusers[row] = suspected
  }
  return refusers
}

/** Can a known limit have refused any request, even if it counts those that it or others refuse? */
export function canHaveRefused(history: History, limit: Limit): boolean {
  const isFull = fullness(history, limit, () => true)
  for (let row = 0; row < history.count; row++) {
    const isItsOwn = scopeValue(history, row, limit.scope) !== undefined
    if (isItsOwn && history.outcome[row] === Outcome.limited && isFull(row)) return true
  }
  return false
}

/** What is unknown may have been let through. */
const mayBeCounted = (outcome: Outcome) => outcome !== Outcome.limited

/** Can a limit have been full when a request was decided? In doubt it can. @param counts which requests use it up. */
function fullness(
  history: History,
  limit: Limit,
  counts: (outcome: Outcome) => boolean,
): (row: number) => boolean {
  const usersOf = new Map<string, number[]>()
  for (let row = 0; row < history.count; row++) {
    const value = scopeValue(history, row, limit.scope)
    if (value === undefined || !counts(history.outcome[row] as Outcome)) continue
    const own = usersOf.get(value)
    if (own) own.push(row)
    else usersOf.set(value, [row])
  }
  const fullnessOf = isSurelyBucket(limit) ? bucketFullness : windowFullness
  const isFullOf = new Map([...usersOf].map(([value, users]) => [value, fullnessOf(history, limit, users)]))
  return (row) => isFullOf.get(scopeValue(history, row, limit.scope) as string)?.(row) ?? false
}

/** Windows are known roughly: this long at most. */
function longestWindowUs({ window, tolerance }: Limit): number {
  return Math.ceil(1000 * window * (1 + tolerance))
}

/** Can a bucket have been empty? @param users rows that use it up, those that it refuses among them or not. */
function bucketFullness(history: History, limit: Limit, users: readonly number[]): (row: number) => boolean {
  // By how much the clocks differ is far less than by how much the window may be longer.
  const bounds = decisionBounds(history, 0)
  const tally = tallyOf(users, bounds.loUs, bounds.hiUs, history.cost)
  const counted = new Set(users)
  const mayOwe = users.some((row) => history.outcome[row] === Outcome.limited)
  const hasRoom = bucketRoom({ users, tally, bounds, cost: history.cost, mayOwe }, limit)
  const windowUs = longestWindowUs(limit)
  return (row) => {
    const itself = counted.has(row) ? (history.cost[row] as number) : 0
    return !hasRoom(row, itself, limit.limit, windowUs)
  }
}

/** Can a limit that counts in windows, whichever its algorithm, have been full? @param users rows that use it up. */
function windowFullness(history: History, limit: Limit, users: readonly number[]): (row: number) => boolean {
  const sentUs = users.map((row) => history.sentUs[row] as number).sort((one, other) => one - other)
  const receivedUs = users.map((row) => history.receivedUs[row] as number).sort((one, other) => one - other)
  const windowUs = longestWindowUs(limit)
  const isCounter = limit.algorithm.includes('sliding-counter')
  return (row) => {
    const [from, to] = [history.sentUs[row] as number, history.receivedUs[row] as number]
    const before = countUpTo(sentUs, to)
    if (before - countUpTo(receivedUs, from - windowUs) >= limit.limit) return true
    // Looking back two windows, it counts no more than all that is in them.
    if (!isCounter || before - countUpTo(receivedUs, from - 2 * windowUs) < limit.limit) return false
    return weightedMost({ sentUs, receivedUs }, [from, to], windowUs) >= limit.limit
  }
}

/** A sliding counter's window may have begun at any of so many instants. */
const starts = 100

/**
 * The most that a sliding counter can have counted when something was decided, wherever its window began:
 * what is in the window, and of what was in the one before as much as is still to come of this one.
 */
function weightedMost(
  { sentUs, receivedUs }: { sentUs: readonly number[]; receivedUs: readonly number[] },
  [from, to]: readonly [fromUs: number, toUs: number],
  windowUs: number,
): number {
  const within = (startUs: number, endUs: number) => countUpTo(sentUs, endUs) - countUpTo(receivedUs, startUs)
  let most = 0
  for (let k = 0; k < starts; k++) {
    const [least, longest] = [(k * windowUs) / starts, ((k + 1) * windowUs) / starts]
    const previous = within(from - longest - windowUs, to - least)
    const counted = within(from - longest, to) + Math.ceil((1 - k / starts) * previous)
    most = Math.max(most, counted)
  }
  return most
}

function scopeValue(history: History, row: number, scope: string): string | undefined {
  return history.descriptors[history.descriptor[row] as number]?.scopes[scope]
}
