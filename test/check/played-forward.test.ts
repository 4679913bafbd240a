import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { allowanceToPlay } from '../../lib/check/forward/allowance-to-play.ts'
import type { Conflict } from '../../lib/check/forward/conflict.ts'
import { Play } from '../../lib/check/forward/play.ts'
import { playThrough } from '../../lib/check/forward/play-through.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import {
  type PlayedLimiter,
  type PlayedRequests,
  playedLimiter,
  playedRequests,
  Waits,
} from '../../lib/check/forward/requests.ts'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { algorithms, specSchema } from '../../lib/spec/index.ts'
import { type Enforced, limitsOf, overlapping, windowUs } from './overlapping.ts'

// What playing forward decides by itself, whatever is held back until when: before anything is put right.

const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm as string, algorithm, refillTickUs: undefined })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket' as const, refillTickUs: 250_000 },
]
type Kind = (typeof limiters)[number]

const rules = [
  { limitedRequests: 'free', chargedWhenRefused: 'free' },
  { limitedRequests: 'free', chargedWhenRefused: 'counted' },
  { limitedRequests: 'counted', chargedWhenRefused: 'earlier' },
  { limitedRequests: 'counted', chargedWhenRefused: 'counted' },
] as const
const seeds = [1, 2, 3, 4]
const limitsInTurn = ['key', 'organization'] as const

interface Component {
  requests: PlayedRequests
  limiters: PlayedLimiter[]
}

/** What three keys of one organization met, whose limits go by the same rules. */
function component({ algorithm, refillTickUs }: Kind, rule: (typeof rules)[number], seed: number): Component {
  const one = { algorithm, refillTickUs, ...rule }
  const enforced: Enforced[] = [
    { scope: 'key', limit: 4, ...one },
    { scope: 'organization', limit: 9, ...one },
  ]
  const { history, phaseUs } = overlapping(
    {
      enforced,
      requests: 160,
      latencyUs: 120_000,
      highestCost: 1 + (seed % 2),
      lost: 0.08,
      keys: ['A', 'B', 'C'],
      named: seed > 2,
    },
    seed,
  )
  const file = new CaseFile(history, limitsOf({ enforced }), 0)
  const { cells } = file
  const rounding = algorithm === 'sliding-counter' ? { rounding: 'floor' as const } : {}
  return {
    requests: playedRequests(
      history,
      file.bounds,
      cells,
      Array.from({ length: history.count }, (_, row) => row),
    ),
    limiters: cells.map((cell) => {
      const { scope: _, ...known } = enforced[cell.limitIndex] as Enforced
      return playedLimiter(cell, { ...known, windowUs, ...rounding }, phaseUs)
    }),
  }
}

/** Holds requests back at random, refused ones also until something counts them, or nothing. */
function holdBack(play: Play, random: () => number, share: number, patience: boolean): void {
  const { loUs, hiUs, outcome } = play.requests
  for (let i = 0; i < outcome.length; i++) {
    if (random() > share) continue
    const lo = loUs[i] as number
    play.notBeforeUs[i] = lo + Math.floor(random() * ((hiUs[i] as number) - lo + 1))
    if (patience && outcome[i] === Outcome.limited) play.patient[i] = Math.floor(random() * 3)
  }
}

/** The limiters as the plain models have them, after one decision and another. */
class Models {
  private readonly limiters: readonly PlayedLimiter[]
  states: readonly unknown[]

  constructor(limiters: readonly PlayedLimiter[]) {
    this.limiters = limiters
    this.states = limiters.map(({ model }) => model.init())
  }

  isFull(k: number, us: number, cost: number, states = this.states): boolean {
    return !(this.limiters[k] as PlayedLimiter).model.admits(states[k], us, cost)
  }

  /** The limiters that count a request, as in a hierarchy: a bit for each. */
  countedBy(met: readonly number[], us: number, cost: number, states = this.states): number {
    const first = met.findIndex((k) => this.isFull(k, us, cost, states))
    return met.reduce((bits, k, place) => {
      const { limitedRequests, chargedWhenRefused } = (this.limiters[k] as PlayedLimiter).hypothesis
      const charged = chargedWhenRefused === 'counted' || (chargedWhenRefused === 'earlier' && place < first)
      const counts = first < 0 || (this.isFull(k, us, cost, states) ? limitedRequests === 'counted' : charged)
      return counts ? bits | (1 << k) : bits
    }, 0)
  }

  /** Would these be answered so now? */
  answersSo({ meets, blamed, cost, outcome }: PlayedRequests, i: number, us: number, states = this.states) {
    const met = meets[i] as readonly number[]
    const refuser = met.find((k) => this.isFull(k, us, cost[i] as number, states)) ?? -1
    if (outcome[i] === Outcome.unknown) return true
    if (outcome[i] === Outcome.accepted) return refuser < 0
    return refuser >= 0 && (blamed[i] === -1 || blamed[i] === refuser)
  }

  count(bits: number, us: number, cost: number): void {
    this.states = this.states.map((state, k) =>
      (bits >> k) & 1 ? (this.limiters[k] as PlayedLimiter).model.charge(state, us, cost) : state,
    )
  }
}

interface Ended {
  play: Play
  conflict: Conflict | undefined
}

/** What is wrong with the decisions of a play, in words. */
function wrongIn({ play, conflict }: Ended): string[] {
  const { requests, order, atUs, notBeforeUs, countedBy, foundIdle, patient } = play
  const { loUs, hiUs, cost, meets, outcome } = requests
  const wrong: string[] = []
  const models = new Models(play.limiters)
  const idle: number[][] = play.limiters.map(() => [])
  let lastUs = Number.NEGATIVE_INFINITY
  /** The states before all that was decided at the instant of the last decision. */
  let before = models.states
  for (const [k, i] of order.entries()) {
    const us = atUs[i] as number
    const c = cost[i] as number
    const met = meets[i] as readonly number[]
    if (us < lastUs) wrong.push(`${i} is decided before the one ahead of it`)
    if (us > lastUs) before = models.states
    lastUs = us
    const soonestUs = Math.max(loUs[i] as number, notBeforeUs[i] as number)
    if (us < soonestUs || us > (hiUs[i] as number)) wrong.push(`${i} is decided out of its time`)
    if (!models.answersSo(requests, i, us)) wrong.push(`${i} has another answer`)
    const bits = models.countedBy(met, us, c)
    if (countedBy[k] !== bits) wrong.push(`${i} is counted by ${countedBy[k]}, not by ${bits}`)
    // It could not have been decided a microsecond before, or was not to be.
    const earlierBits = models.countedBy(met, us - 1, c, before)
    const waited =
      (patient[i] === Waits.untilUncounted && earlierBits !== 0) ||
      (patient[i] === Waits.untilCounted && earlierBits === 0)
    if (us > soonestUs && models.answersSo(requests, i, us - 1, before) && !waited)
      wrong.push(`${i} could have been decided sooner`)
    for (const [limiter, { model, hypothesis }] of play.limiters.entries()) {
      if (!['gcra', 'token-bucket'].includes(hypothesis.algorithm) || !((bits >> limiter) & 1)) continue
      if (model.admits(models.states[limiter], us, hypothesis.limit)) idle[limiter]?.push(k)
    }
    models.count(bits, us, c)
  }
  const room = (states: readonly unknown[]) => JSON.stringify(roomIn(play, states))
  if (room(play.states.copy()) !== room(models.states)) wrong.push('other states')
  if (JSON.stringify(foundIdle) !== JSON.stringify(idle)) wrong.push('other buckets found idle')
  const undecided = Array.from(atUs).flatMap((us, i) => (Number.isNaN(us) ? [i] : []))
  if (order.length + undecided.length !== atUs.length) wrong.push('not decided once each')
  if (conflict) {
    const { request, untilUs } = conflict
    if (untilUs !== hiUs[request]) wrong.push(`the time of ${request} ends at another instant`)
    if (models.answersSo(requests, request, untilUs)) wrong.push(`${request} has no conflict`)
    const expected = conflictIn(play, request)
    if (JSON.stringify(conflict) !== JSON.stringify(expected))
      wrong.push(`${JSON.stringify(conflict)} is not ${JSON.stringify(expected)}`)
  } else {
    const missing = [...undecided].filter((i) => notBeforeUs[i] !== Number.POSITIVE_INFINITY)
    if (missing.length > 0) wrong.push(`${missing} are not decided`)
    if ([...undecided].some((i) => outcome[i] !== Outcome.unknown)) wrong.push('some are left out')
  }
  return wrong
}

/** What stands in the way of a request whose time is over. */
function conflictIn({ requests, states, limiters, nowUs }: Play, request: number): Conflict {
  const { meets, blamed, hiUs, cost, outcome } = requests
  const met = meets[request] as readonly number[]
  const untilUs = hiUs[request] as number
  const c = cost[request] as number
  const named = blamed[request] as number
  const model = (k: number) => (limiters[k] as PlayedLimiter).model
  const opensUs = (k: number) => model(k).admitsFromUs(states.of(k), nowUs, c)
  const fullOnes = met.filter((k) => !model(k).admits(states.of(k), untilUs, c))
  const room = (limiter: number): Conflict => {
    return { request, limiter, lacks: 'room', untilUs, byUs: opensUs(limiter) - untilUs }
  }
  /** So long ago it would have had to be counted, to be full. */
  const openSinceUs = (k: number) => {
    const { algorithm, limit, windowUs } = (limiters[k] as PlayedLimiter).hypothesis
    const units = Array.from({ length: limit + 1 }, (_, more) => c + more)
    const spare = units.filter((some) => model(k).admits(states.of(k), untilUs, some)).length
    if (algorithm === 'fixed-window' || algorithm === 'first-hit-window') return (spare * windowUs) / limit
    return untilUs - model(k).admitsFromUs(states.of(k), untilUs - windowUs, c)
  }
  // Where it was to be let through, the one that opens last; where another than the first refused it, the first.
  if (outcome[request] === Outcome.accepted) {
    return room(fullOnes.reduce((a, b) => (opensUs(b) > opensUs(a) ? b : a)))
  }
  const first = named < 0 ? undefined : fullOnes.find((k) => met.indexOf(k) < met.indexOf(named))
  if (first !== undefined) return room(first)
  const byUs = Math.min(...(named < 0 ? met : [named]).map(openSinceUs))
  return { request, limiter: named, lacks: 'use', untilUs, byUs }
}

/** All that a play decided, and what it was in. */
function decided({ play, conflict }: Ended) {
  const { order, atUs, countedBy, foundIdle, waiting } = play
  return { order, atUs, countedBy, foundIdle, waiting, room: roomIn(play, play.states.copy()), conflict }
}

/** What is asked of states: from when on each limiter would let through one unit, two, and so on. */
function roomIn({ limiters, nowUs }: Play, states: readonly unknown[]): number[][] {
  return limiters.map(({ model, hypothesis: { limit } }, k) =>
    Array.from({ length: limit }, (_, units) => model.admitsFromUs(states[k], nowUs, units + 1)),
  )
}

describe.each(limiters)('playing a $name forward', (kind) => {
  it('decides each request as soon as it can be answered so, as the models do', () => {
    for (const rule of rules) {
      for (const seed of seeds) {
        const { requests, limiters } = component(kind, rule, seed)
        const random = seededRandom(seed)
        for (const share of [0, 0.1, 0.5]) {
          const play = new Play(requests, limiters)
          holdBack(play, random, share, share > 0.1)
          const ended = { play, conflict: play.run() }
          expect(wrongIn(ended), `${Object.values(rule)}, seed ${seed}, ${share} held back`).toEqual([])
        }
      }
    }
  })

  it('is as if it had been played so from the beginning, after all that was put right', () => {
    let most = 0
    for (const rule of rules) {
      for (const seed of seeds) {
        const { requests, limiters } = component(kind, rule, seed)
        const play = new Play(requests, limiters)
        const refusersOf = ({ request, limiter }: Conflict) =>
          limiter >= 0 ? [limiter] : (requests.meets[request] as readonly number[])
        const { stuckAt } = playThrough(play, refusersOf, seededRandom(seed), 30, 2_000_000)
        const words = `${Object.values(rule)}, seed ${seed}`
        expect(wrongIn({ play, conflict: stuckAt }), words).toEqual([])
        const whole = new Play(requests, limiters)
        whole.notBeforeUs.set(play.notBeforeUs)
        whole.patient.set(play.patient)
        const conflict = whole.run()
        expect(decided({ play, conflict: stuckAt }), words).toEqual(decided({ play: whole, conflict }))
        most = Math.max(most, play.order.length)
      }
    }
    // So many that it was taken up again in the middle.
    expect(most).toBeGreaterThan(90)
  })

  it('decides the same when it is taken up again, as from the beginning', () => {
    for (const rule of rules) {
      const { requests, limiters } = component(kind, rule, 1)
      const random = seededRandom(7)
      const play = new Play(requests, limiters)
      play.run()
      for (let again = 0; again < 12; again++) {
        const whole = new Play(requests, limiters)
        const some = Math.floor(random() * requests.rows.length)
        const lo = requests.loUs[some] as number
        // From before it is held back no more, or has to wait.
        const fromUs = Math.min(lo, play.notBeforeUs[some] as number)
        play.notBeforeUs[some] = lo + Math.floor(random() * ((requests.hiUs[some] as number) - lo + 1))
        whole.notBeforeUs.set(play.notBeforeUs)
        play.rewind(fromUs)
        const taken = decided({ play, conflict: play.run() })
        expect(taken).toEqual(decided({ play: whole, conflict: whole.run() }))
      }
    }
  })
})

/** Two limits of 1: for each key, and for all of an organization. In microseconds. */
function twoOfOne(records: RecordInput[], key: Partial<Hypothesis>, organization: Partial<Hypothesis>) {
  const descriptors = {
    A: { key: 'A', organization: 'all' },
    B: { key: 'B', organization: 'all' },
  }
  const history: History = historyFromRecords({ descriptors }, records)
  const { limits } = specSchema.parse({
    limits: ['key', 'organization'].map((scope) => ({ name: scope, scope, limit: 1, window: '1s' })),
  })
  const file = new CaseFile(history, limits, 0)
  const rows = Array.from(records.keys())
  const limiters = file.cells.map((cell) => {
    const hypothesis: Hypothesis = {
      algorithm: 'fixed-window',
      limit: 1,
      windowUs: 10,
      limitedRequests: 'free',
      chargedWhenRefused: 'free',
      ...(cell.limit.scope === 'key' ? key : organization),
    }
    return playedLimiter(cell, hypothesis, 0)
  })
  return new Play(playedRequests(history, file.bounds, file.cells, rows), limiters)
}

function record(descriptor: 'A' | 'B', sentUs: number, receivedUs: number, outcome: Outcome): RecordInput {
  return { descriptor, sentUs, receivedUs, outcome, ...(outcome === Outcome.unknown && { status: 500 }) }
}

describe('a refused request that waits', () => {
  const { accepted, limited } = Outcome
  const charged = { chargedWhenRefused: 'counted' } as const

  /** When the last of these is decided, if it waits so. */
  function decidedAt(
    records: RecordInput[],
    patient: number,
    organization: Partial<Hypothesis> = { windowUs: 30 },
    key: Partial<Hypothesis> = charged,
  ): number | undefined {
    const play = twoOfOne(records, key, organization)
    const last = play.requests.rows.indexOf(records.length - 1)
    play.patient[last] = patient
    expect(play.run()).toBeUndefined()
    return play.atUs[last]
  }

  it('for something to count it is decided when a limiter opens that counts it', () => {
    const first = record('A', 0, 0, accepted)
    const both = (receivedUs: number) => [first, record('A', 5, receivedUs, limited)]
    // Both limiters are full at 5; that of the key is not at 10, and that of the organization is until 30.
    expect(decidedAt(both(20), Waits.untilCounted)).toBe(10)
    expect(decidedAt(both(10), Waits.untilCounted)).toBe(10)
    expect(decidedAt(both(20), Waits.not)).toBe(5)
    // It has no time left for that, or nobody refuses it then, or nothing counts it.
    expect(decidedAt(both(9), Waits.untilCounted)).toBe(5)
    expect(decidedAt(both(20), Waits.untilCounted, { windowUs: 10 })).toBe(5)
    expect(decidedAt(both(20), Waits.untilCounted, { windowUs: 30 }, {})).toBe(5)
    const refuserCounts = { windowUs: 30, limitedRequests: 'counted' } as const
    expect(decidedAt(both(20), Waits.untilCounted, refuserCounts)).toBe(5)

    // Where the answer names who refused it, it is that one which must still refuse then.
    const named = [first, { ...record('A', 5, 20, limited), limitedBy: 'key' }]
    expect(decidedAt(named, Waits.untilCounted, { ...charged, windowUs: 10 }, { windowUs: 30 })).toBe(10)
    expect(decidedAt(named, Waits.untilCounted, { ...charged, windowUs: 30 }, { windowUs: 10 })).toBe(5)
    expect(decidedAt(named, Waits.untilCounted, { ...charged, windowUs: 20 })).toBe(5)
  })

  it('for nothing to count it is decided when all that would are full, or at the last moment', () => {
    const first = record('B', 0, 0, accepted)
    const waiting = (receivedUs: number) => record('A', 5, receivedUs, limited)
    expect(decidedAt([first, waiting(9)], Waits.not)).toBe(5)
    expect(decidedAt([first, waiting(9)], Waits.untilUncounted)).toBe(9)
    expect(decidedAt([first, waiting(40)], Waits.untilUncounted)).toBe(29)
    const other = record('A', 7, 7, limited)
    expect(decidedAt([first, other, waiting(9)], Waits.untilUncounted)).toBe(7)
    // Sent just when a limiter opens that would count it, it waits for the last moment of the other.
    expect(decidedAt([record('A', 0, 0, accepted), record('A', 10, 40, limited)], Waits.untilUncounted)).toBe(
      29,
    )
    // Nothing would count it in any case.
    expect(decidedAt([first, waiting(9)], Waits.untilUncounted, { windowUs: 30 }, {})).toBe(5)
  })
})

it('requests meet limiters in the order of the limits, in whichever order these are given', () => {
  const enforced = limitsInTurn.map(
    (scope): Enforced => ({ scope, limit: 4, algorithm: 'gcra', ...rules[0] }),
  )
  const { history } = overlapping({ enforced, requests: 10, latencyUs: 1_000, keys: ['A', 'B'] }, 1)
  const { cells, bounds } = new CaseFile(history, limitsOf({ enforced }), 0)
  for (const given of [cells, cells.toReversed()]) {
    const { meets } = playedRequests(history, bounds, given, Array.from(history.cost.keys()).slice(0, 10))
    const met = meets.map((limiters) => limiters.map((k) => given[k]?.limit.scope))
    expect(met).toEqual(met.map(() => limitsInTurn))
  }
})

it('a history may be played for long, and a longer one for longer', () => {
  expect(allowanceToPlay(10).left).toBeGreaterThan(10_000_000)
  expect(allowanceToPlay(10_000_000).left).toBeGreaterThan(100 * 10_000_000)
})

it('is given up where that takes more work than is allowed', () => {
  const enforced: Enforced[] = [{ scope: 'key', limit: 4, algorithm: 'sliding-log', ...rules[0] }]
  const shape = { enforced, requests: 160, latencyUs: 120_000, highestCost: 2 }
  const { history } = overlapping(shape, 1)
  const file = new CaseFile(history, limitsOf({ enforced }), 0)
  const { cells, bounds } = file
  const requests = playedRequests(history, bounds, cells, Array.from(history.cost.keys()).slice(0, 160))
  // Of one unit less there is no way through.
  const hypothesis: Hypothesis = { ...rules[0], algorithm: 'sliding-log', limit: 3, windowUs }
  const tried = (mostWork: number) => {
    const play = new Play(
      requests,
      cells.map((cell) => playedLimiter(cell, hypothesis, undefined)),
    )
    const { stuckAt } = playThrough(play, () => [0], seededRandom(1), 3_000, mostWork)
    expect(stuckAt).toBeDefined()
    return play.work
  }
  expect(tried(100_000)).toBeLessThan(200_000)
  expect(tried(1_000_000)).toBeGreaterThan(200_000)
})

it('what none can have refused may, as far as it is played, have been refused by all that it meets', () => {
  const { limited } = Outcome
  const history = historyFromRecords({ descriptors: { A: { key: 'A', organization: 'all' } } }, [
    record('A', 0, 0, limited),
    { ...record('A', 5, 5, limited), limitedBy: 'organization' },
  ])
  const enforced = limitsInTurn.map(
    (scope): Enforced => ({ scope, limit: 4, algorithm: 'gcra', ...rules[0] }),
  )
  const limits = limitsOf({ enforced })
  const { cells, bounds, refusers } = new CaseFile(history, limits, 0)
  const assumed = cells.map((cell) => ({
    cell,
    hypothesis: { ...rules[0], algorithm: 'gcra', limit: 4, windowUs } as const,
  }))
  const component = new PlayedComponent(history, limits, bounds, refusers, assumed, [0, 1])
  const conflict = { lacks: 'use', untilUs: 0, byUs: 0 } as const
  expect(component.refusersOf({ ...conflict, request: 0, limiter: -1 })).toEqual([0, 1])
  expect(component.refusersOf({ ...conflict, request: 1, limiter: -1 })).toEqual([1])
  expect(component.refusersOf({ ...conflict, request: 0, limiter: 1 })).toEqual([1])
})
