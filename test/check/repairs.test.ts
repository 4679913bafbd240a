import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import type { Conflict } from '../../lib/check/forward/conflict.ts'
import { Play } from '../../lib/check/forward/play.ts'
import { type Repair, repairsOf } from '../../lib/check/forward/repairs.ts'
import { playedLimiter, playedRequests } from '../../lib/check/forward/requests.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'

// Small conflicts that a certain change puts right: it has to be among the first that are thought of, where
// nothing is left to chance.

/** `A 0-15 ok 2`: a request of A, sent at 0 and answered at 15, that costs 2; `no`: refused (`no@key`: by that), `?`: nobody knows. */
type Told = string

interface Asked {
  of: Partial<Hypothesis>
  /** A limit of the whole organization after it, if there is one. */
  beside?: Partial<Hypothesis>
  told: readonly Told[]
  /** Some that are held back, and until when. */
  heldUs?: Record<number, number>
}

const outcomes: Record<string, Outcome> = {
  ok: Outcome.accepted,
  no: Outcome.limited,
  '?': Outcome.unknown,
}

function recordOf(told: Told): RecordInput {
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
function playOf({ of, beside, told, heldUs = {} }: Asked): () => Play {
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
    return play
  }
}

function changed(play: Play, repair: Repair): Conflict | undefined {
  for (const { request, notBeforeUs, patient } of repair) {
    play.notBeforeUs[request] = notBeforeUs
    if (patient !== undefined) play.patient[request] = patient
  }
  return play.run()
}

/** The first of the changes that puts the conflict right; -1 where none does. */
function rightIs(asked: Asked): number {
  const start = playOf(asked)
  const play = start()
  const conflict = play.run()
  if (!conflict) throw new Error('there is no conflict')
  const meets = play.requests.meets[conflict.request] as readonly number[]
  const repairs = repairsOf(play, conflict, meets, () => 0)
  return repairs.findIndex((repair) => changed(start(), repair) === undefined)
}

const log = { algorithm: 'sliding-log' } as const
const firstHit = { algorithm: 'first-hit-window' } as const
const counter = { algorithm: 'sliding-counter', rounding: 'floor' } as const
const gcra = { algorithm: 'gcra' } as const
const counted = { limitedRequests: 'counted' } as const

describe('a request that finds no room', () => {
  it.each<[string, Asked, number]>([
    [
      'its own time is waited for no longer',
      { of: {}, told: ['A 0-12 ok', 'A 10-10 ok'], heldUs: { 0: 11 } },
      0,
    ],
    ['what was counted waits until it is sent', { of: {}, told: ['A 0-15 ok', 'A 5-8 ok'] }, 0],
    [
      'a refusal waits until it is over',
      { of: { ...log, ...counted }, told: ['A 0-0 ok', 'A 5-14 no', 'A 12-13 ok'] },
      1,
    ],
    ['one comes in the window before', { of: {}, told: ['A 9-12 ok', 'A 14-16 ok'], heldUs: { 0: 12 } }, 0],
    [
      'one comes early enough for a log to forget it',
      { of: log, told: ['A 2-8 ok', 'A 12-12 ok'], heldUs: { 0: 8 } },
      0,
    ],
    [
      'two do',
      { of: { ...log, limit: 2 }, told: ['A 0-8 ok', 'A 1-8 ok', 'A 12-15 ok 2'], heldUs: { 0: 8, 1: 8 } },
      1,
    ],
    [
      'three do',
      {
        of: { ...log, limit: 3 },
        told: ['A 0-8 ok', 'A 1-8 ok', 'A 2-8 ok', 'A 12-15 ok 3'],
        heldUs: { 0: 8, 1: 8, 2: 8 },
      },
      2,
    ],
    [
      'a window is opened early enough',
      { of: firstHit, told: ['A 2-8 ok', 'A 12-12 ok'], heldUs: { 0: 8 } },
      0,
    ],
    ['a counter weighs it less', { of: counter, told: ['A 9-12 ok', 'A 20-20 ok'], heldUs: { 0: 12 } }, 0],
    ['a bucket is drawn from sooner', { of: gcra, told: ['A 0-8 ok', 'A 12-15 ok'], heldUs: { 0: 8 } }, 0],
    [
      'a bucket is drawn from sooner by two',
      { of: { ...gcra, limit: 2 }, told: ['A 0-8 ok', 'A 0-8 ok', 'A 10-12 ok'], heldUs: { 0: 8, 1: 8 } },
      0,
    ],
    [
      'what may never have been decided was not',
      { of: {}, told: ['A 0-4 ?', 'A 5-8 ok'], heldUs: { 0: 2 } },
      0,
    ],
  ])('has some where %s', (_, asked, most) => {
    expect(rightIs(asked)).toBeOneOf(Array.from({ length: most + 1 }, (_, k) => k))
  })
})

describe('a request that finds too much room to be refused', () => {
  it.each<[string, Asked, number]>([
    ['it is refused sooner', { of: {}, told: ['A 5-5 ok', 'A 4-12 no'], heldUs: { 1: 10 } }, 0],
    ['one comes in its window', { of: {}, told: ['A 5-10 ok', 'A 12-14 no'] }, 0],
    ['two come in its window', { of: { limit: 2 }, told: ['A 5-15 ok', 'A 6-15 ok', 'A 12-14 no'] }, 0],
    ['one comes so late that a log knows it', { of: log, told: ['A 0-3 ok', 'A 12-12 no'] }, 0],
    ['a window is opened later', { of: firstHit, told: ['A 0-3 ok', 'A 12-12 no'] }, 0],
    ['a counter still weighs it', { of: counter, told: ['A 5-12 ok', 'A 20-20 no'] }, 0],
    ['a bucket is left alone for longer', { of: gcra, told: ['A 0-6 ok', 'A 12-14 no'] }, 0],
    ['what waits is released', { of: {}, told: ['A 0-9 ok', 'A 5-6 no'], heldUs: { 0: 9 } }, 0],
    [
      'as much as is missing is released',
      { of: { limit: 2 }, told: ['A 0-9 ok', 'A 0-9 ok', 'A 5-6 no'], heldUs: { 0: 9, 1: 9 } },
      0,
    ],
    [
      'one that another limit refused waits until it is counted',
      {
        of: { chargedWhenRefused: 'counted' },
        beside: { windowUs: 30 },
        told: ['A 0-0 ok', 'A 5-20 no', 'A 12-13 no@key'],
      },
      0,
    ],
    ['what may have been decided was', { of: {}, told: ['A 0-9 ?', 'A 5-8 no'] }, 0],
  ])('is refused where %s', (_, asked, most) => {
    expect(rightIs(asked)).toBeOneOf(Array.from({ length: most + 1 }, (_, k) => k))
  })
})
