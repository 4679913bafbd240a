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

/** The history in which nobody knows of what others refused whether this limit counted it. */
export function withoutOthers({ history, refusers }: Met, scope: string): History {
  const outcome = history.outcome.slice()
  for (let row = 0; row < history.count; row++) {
    if (outcome[row] === Outcome.limited && refusers[row] !== scope) outcome[row] = Outcome.unknown
  }
  return { ...history, outcome }
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
