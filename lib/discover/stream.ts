import { type History, Outcome } from '../history/index.ts'
import type { Refusers } from './refusers.ts'

/** When something happened: in between, both ends included. Microseconds on the history's clock. */
export type Between = readonly [fromUs: number, toUs: number]

/** What one limit let through and refused for one value of its scope, in the order of time. */
export interface Stream {
  scopeValue: string
  /** Each request decided between these instants, by their middle; what others refused is not in it. */
  fromUs: Float64Array
  toUs: Float64Array
  /** 1 where it was let through, 0 where this limit refused it. */
  accepted: Uint8Array
  /** The bounds of what was let through, each ascending by itself. */
  acceptedFromUs: Float64Array
  acceptedToUs: Float64Array
  /** The bounds of what was refused, each ascending by itself. */
  refusedFromUs: Float64Array
  refusedToUs: Float64Array
  turns: Turn[]
  /** So many were let through one by one before the first burst, as when keys are tried: long enough ago to be forgotten. */
  beforeBurst: number
}

/** A time in which a limit refused. */
export interface Turn {
  /** Let through since the last recovery, or since the first request. */
  acceptedBefore: number
  /** When the first of what was let through before was decided. */
  opened: Between
  /** The first and the last refusal of it. */
  firstRefused: Between
  lastRefused: Between
  /** Between the last refusal and the first request let through after it; left out where none was. */
  recovered?: Between
}

/**
 * What each value of a scope met. Those that sent nothing are left out.
 * @param refuser whose refusals are meant, where that is not the limit of this scope.
 */
export function streamsOf(
  history: History,
  scope: string,
  refusers: Refusers,
  refuser: string = scope,
): Stream[] {
  const rows = new Map<string, number[]>()
  for (let row = 0; row < history.count; row++) {
    const value = history.descriptors[history.descriptor[row] as number]?.scopes[scope]
    if (value === undefined) continue
    const outcome = history.outcome[row]
    if (outcome !== Outcome.accepted && !(outcome === Outcome.limited && refusers[row] === refuser)) continue
    const known = rows.get(value)
    if (known) known.push(row)
    else rows.set(value, [row])
  }
  return [...rows].map(([value, own]) => streamOf(history, value, own))
}

function streamOf(history: History, scopeValue: string, rows: number[]): Stream {
  const slackUs = history.clockSlackMs * 1000
  const fromOf = (row: number) => (history.sentUs[row] as number) - slackUs
  const toOf = (row: number) => (history.receivedUs[row] as number) + slackUs
  rows.sort((one, other) => fromOf(one) + toOf(one) - fromOf(other) - toOf(other))
  const isAccepted = (row: number) => history.outcome[row] === Outcome.accepted
  const letThrough = rows.filter(isAccepted)
  const refused = rows.filter((row) => !isAccepted(row))
  const stream = {
    scopeValue,
    fromUs: Float64Array.from(rows, fromOf),
    toUs: Float64Array.from(rows, toOf),
    accepted: Uint8Array.from(rows, (row) => (isAccepted(row) ? 1 : 0)),
    acceptedFromUs: Float64Array.from(letThrough, fromOf).sort(),
    acceptedToUs: Float64Array.from(letThrough, toOf).sort(),
    refusedFromUs: Float64Array.from(refused, fromOf).sort(),
    refusedToUs: Float64Array.from(refused, toOf).sort(),
  }
  const turns = turnsOf(stream)
  return { ...stream, turns, beforeBurst: beforeBurstOf(stream, turns) }
}

/** At most so many come before a burst, and a pause so long, as a share of what the burst takes, sets them apart. */
const mostBefore = 5
const pauseShare = 0.25

function beforeBurstOf(
  { acceptedFromUs, acceptedToUs }: Pick<Stream, 'acceptedFromUs' | 'acceptedToUs'>,
  turns: readonly Turn[],
): number {
  const [first] = turns
  if (!first) return 0
  let before = 0
  for (let k = 1; k <= Math.min(mostBefore, first.acceptedBefore - 1); k++) {
    const fromUs = acceptedFromUs[k] as number
    const pauseUs = fromUs - (acceptedToUs[k - 1] as number)
    if (pauseUs > pauseShare * (first.firstRefused[0] - fromUs)) before = k
  }
  return before
}

/** Rough where requests overlap: what was on its way when a limit began to refuse has not seen it recover. */
function turnsOf({ fromUs, toUs, accepted }: Pick<Stream, 'fromUs' | 'toUs' | 'accepted'>): Turn[] {
  const turns: Turn[] = []
  let acceptedSince = 0
  let opened: Between | undefined
  let turn: Turn | undefined
  for (let i = 0; i < accepted.length; i++) {
    const at: Between = [fromUs[i] as number, toUs[i] as number]
    if (accepted[i] === 0) {
      if (turn) turn.lastRefused = at
      else {
        turn = { acceptedBefore: acceptedSince, opened: opened ?? at, firstRefused: at, lastRefused: at }
        turns.push(turn)
      }
      continue
    }
    if (turn && at[0] <= turn.firstRefused[1]) {
      turn.acceptedBefore++
      continue
    }
    if (turn) {
      turn.recovered = [turn.lastRefused[0], at[1]]
      turn = undefined
      acceptedSince = 0
      opened = undefined
    }
    opened ??= at
    acceptedSince++
  }
  return turns
}
