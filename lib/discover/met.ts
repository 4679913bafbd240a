import { type History, Outcome } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Experiment } from './experiment.ts'
import type { Run } from './inquiry.ts'
import { inWords } from './next-guess.ts'
import { type Refusers, refusersOf } from './refusers.ts'
import { type Stream, streamsOf } from './stream.ts'

/** What one limit met in a run. */
export interface Met {
  experiment: Experiment
  history: History
  refusers: Refusers
  streams: Stream[]
}

/**
 * What a limit met in a run: read off once, and again where limits were proven since by which it is told who
 * refused. @param valuesOf the scope by whose values it counts, where that is not its own.
 */
export function metIn(
  run: Run,
  scope: string,
  scopes: readonly string[],
  proven: readonly Limit[],
  valuesOf = scope,
): Met {
  const { experiment, history, read } = run
  const key = JSON.stringify([scope, valuesOf, scopes, proven.map((limit) => [limit.scope, inWords(limit)])])
  const known = read.get(key)
  if (known) return known
  const refusers = refusersOf(history, { scopes, only: experiment.only, proven })
  const met = { experiment, history, refusers, streams: streamsOf(history, valuesOf, refusers, scope) }
  read.set(key, met)
  return met
}

const withoutOthersOf = new WeakMap<Met, History>()

/**
 * What came to one limit: the requests that it counts, and of those that others refused nobody knows whether it
 * counted them.
 * @param scope the same for a `Met` each time.
 */
export function withoutOthers(met: Met, scope: string): History {
  const known = withoutOthersOf.get(met)
  if (known) return known
  const { history, refusers } = met
  const isOwn = history.descriptors.map(({ scopes }) => scope in scopes)
  const rows: number[] = []
  for (let row = 0; row < history.count; row++) if (isOwn[history.descriptor[row] as number]) rows.push(row)
  const outcomeOf = (row: number) =>
    history.outcome[row] === Outcome.limited && refusers[row] !== scope
      ? Outcome.unknown
      : (history.outcome[row] as number)
  const own: History = {
    ...history,
    count: rows.length,
    descriptor: Uint32Array.from(rows, (row) => history.descriptor[row] as number),
    sentUs: Float64Array.from(rows, (row) => history.sentUs[row] as number),
    receivedUs: Float64Array.from(rows, (row) => history.receivedUs[row] as number),
    outcome: Uint8Array.from(rows, outcomeOf),
    status: Uint16Array.from(rows, (row) => history.status[row] as number),
    cost: Float64Array.from(rows, (row) => history.cost[row] as number),
    limitedBy: Int16Array.from(rows, (row) => history.limitedBy[row] as number),
    looks: Int8Array.from(rows, (row) => history.looks[row] as number),
    durationUs: Float64Array.from(rows, (row) => history.durationUs[row] as number),
    line: Uint32Array.from(rows, (row) => history.line[row] as number),
  }
  withoutOthersOf.set(met, own)
  return own
}

/** Did another limit refuse requests of the value that was let through most? */
export function isRefusedByOthers({ history, refusers }: Met, scope: string): boolean {
  const values = new Map<string, { accepted: number; refused: number }>()
  for (let row = 0; row < history.count; row++) {
    const value = history.descriptors[history.descriptor[row] as number]?.scopes[scope]
    if (value === undefined) continue
    const counts = values.get(value) ?? { accepted: 0, refused: 0 }
    values.set(value, counts)
    if (history.outcome[row] === Outcome.accepted) counts.accepted++
    else if (history.outcome[row] === Outcome.limited && refusers[row] !== scope) counts.refused++
  }
  const [most] = [...values.values()].sort((one, other) => other.accepted - one.accepted)
  return most !== undefined && most.refused > 0
}

/** Was something refused before anything was let through? No limit of its own does that. */
export function isRefusedAtOnce({ turns }: Stream): boolean {
  return turns[0]?.acceptedBefore === 0
}
