import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { Play } from '../../lib/check/forward/play.ts'
import { type Repair, repairsOf } from '../../lib/check/forward/repairs.ts'
import { playedLimiter, playedRequests } from '../../lib/check/forward/requests.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'

// Plays of a few requests, written by hand, that run into a conflict.

/** `A 0-15 ok 2`: a request of A, sent at 0 and answered at 15, that costs 2; `no`: refused (`no@key`: by that), `?`: nobody knows. */
export type Told = string

export interface Asked {
  of: Partial<Hypothesis>
  /** A limit of the whole organization after it, if there is one. */
  beside?: Partial<Hypothesis>
  told: readonly Told[]
  /** Some that are held back, and until when. */
  heldUs?: Record<number, number>
  /** Some refused ones that wait for something, and for what. */
  waits?: Record<number, number>
}

const outcomes: Record<string, Outcome> = {
  ok: Outcome.accepted,
  no: Outcome.limited,
  '?': Outcome.unknown,
}

export function recordOf(told: Told): RecordInput {
  const [, descriptor, from, to, outcome, limitedBy, cost = '1'] =
    /^(\w) (\d+)-(\d+) (\w+|\?)(?:@(\w+))?(?: (\d))?$/.exec(told) ?? []
  if (descriptor === undefined || outcome === undefined) throw new Error(told)
  return {
    descriptor,
    sentUs: Number(from),
    receivedUs: Number(to),
    outcome: outcomes[outcome] as Outcome,
    status: 500,
    cost: Number(cost),
    ...(limitedBy !== undefined && { limitedBy }),
  }
}

/** A play of what these limiters met, from its beginning as often as need be. */
export function playOf({ of, beside, told, heldUs = {}, waits = {} }: Asked): () => Play {
  const scopes = beside ? ['key', 'organization'] : ['key']
  const descriptors = {
    A: { key: 'A', ...(beside && { organization: 'all' }) },
    B: { key: 'B', ...(beside && { organization: 'all' }) },
  }
  const history = historyFromRecords({ descriptors }, told.map(recordOf))
  const { limits } = specSchema.parse({
    limits: scopes.map((scope) => ({ name: scope, scope, limit: 1, window: '1s' })),
  })
  const { cells, bounds } = new CaseFile(history, limits, 0)
  const rows = Array.from(told.keys())
  const requests = playedRequests(history, bounds, cells, rows)
  const limiters = cells.map((cell) => {
    const told = cell.limit.scope === 'key' ? of : beside
    return playedLimiter(cell, { ...limiter(told?.algorithm ?? 'fixed-window', 1, 10), ...told }, 0)
  })
  return () => {
    const play = new Play(requests, limiters)
    for (const [row, us] of Object.entries(heldUs)) play.notBeforeUs[requests.rows.indexOf(Number(row))] = us
    for (const [row, what] of Object.entries(waits)) play.patient[requests.rows.indexOf(Number(row))] = what
    return play
  }
}

/** What is thought of to put right the conflict that a play runs into. */
export function repairsIn(play: Play, random: () => number): Repair[] {
  const conflict = play.run()
  if (!conflict) throw new Error('there is no conflict')
  return repairsOf(play, conflict, play.requests.meets[conflict.request] as readonly number[], random)
}

export const log = { algorithm: 'sliding-log' } as const
export const firstHit = { algorithm: 'first-hit-window' } as const
export const counter = { algorithm: 'sliding-counter', rounding: 'floor' } as const
export const gcra = { algorithm: 'gcra' } as const
export const counted = { limitedRequests: 'counted' } as const
