import { type History, Outcome } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'

/**
 * The history as it speaks of these limits alone: a request that is answered as refused by a limit of its own that
 * is none of them may have been counted or not, and says nothing else. The same history where there is no such.
 */
export function withoutRefusedElsewhere(history: History, limits: readonly Limit[]): History {
  const { descriptors, scopeNames, outcome, limitedBy, descriptor, count } = history
  const isElsewhere = scopeNames.map((name) => limits.every(({ scope }) => scope !== name))
  if (!isElsewhere.includes(true)) return history
  let known: Uint8Array | undefined
  for (let row = 0; row < count; row++) {
    const by = limitedBy[row] as number
    if (outcome[row] !== Outcome.limited || isElsewhere[by] !== true) continue
    const { scopes = {} } = descriptors[descriptor[row] as number] ?? {}
    if (!Object.hasOwn(scopes, scopeNames[by] as string)) continue
    known ??= Uint8Array.from(outcome)
    known[row] = Outcome.unknown
  }
  return known ? { ...history, outcome: known } : history
}
