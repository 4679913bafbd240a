import { describe, expect, it } from 'vitest'
import { type History, historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { type Candidate, type CandidateLimit, demandOf, replay, replayable } from '../../lib/tune/index.ts'
import { seeded } from '../simulation/simulate.ts'
import {
  byModels,
  drawnDemand,
  drawnLimit,
  longestRefusalMs as longest,
  whole,
  worstWithin,
} from './drawn.ts'

const seed = Number(process.env.ONSET_SEED ?? Math.floor(Math.random() * 1e6))
console.log(`seed ${seed} (ONSET_SEED replays the draws)`)

describe('a demand is replayed', () => {
  it('as the models decide, whatever the limits, and is added up as it was', () => {
    const draw = seeded(seed)
    const seen = new Set<string>()
    for (let round = 0; round < 150; round++) {
      const demand = drawnDemand(draw, 120)
      const candidates = Array.from({ length: 4 }, (_, number): Candidate => {
        // What all share comes first, last, or alone; in every other round refused requests are free.
        const scopes = [
          ['integration', 'organization', 'apiKey'],
          ['all', 'integration'],
          ['organization', 'all'],
          ['all'],
        ][number] as string[]
        const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
        const limits = scopes.map((scope) => ({ ...drawnLimit(draw, scope), ...(round % 2 === 0 && free) }))
        return { name: `${number}`, limits, varied: whole(draw, 0, limits.length - 1) }
      })
      const played = replay(demand, candidates)
      const first = byModels(demand, candidates[0] as Candidate)
      played.forEach((each, index) => {
        const candidate = candidates[index] as Candidate
        const admitted = byModels(demand, candidate)
        const count = (is: (row: number) => boolean) => admitted.filter((_, row) => is(row)).length
        const { scope, windowMs } = candidate.limits[candidate.varied] as CandidateLimit
        expect({
          ...each,
          descriptors: each.descriptors.map(({ accepted, longestRefusalMs }) => [accepted, longestRefusalMs]),
        }).toEqual({
          candidate,
          longestRefusalMs: Math.max(...demand.descriptors.map((__, who) => longest(demand, admitted, who))),
          accepted: count((row) => admitted[row] === true),
          refused: count((row) => admitted[row] === false),
          newlyRefused: count((row) => first[row] === true && admitted[row] === false),
          newlyAccepted: count((row) => first[row] === false && admitted[row] === true),
          refusedOfAccepted: count((row) => admitted[row] === false && demand.met[row] === Outcome.accepted),
          days: [{ refused: count((row) => admitted[row] === false), quietRefused: 0, worst: [] }],
          refusedOverTime: [count((row) => admitted[row] === false)],
          acceptedOfLimited: count((row) => admitted[row] === true && demand.met[row] === Outcome.limited),
          worstSecond: worstWithin(demand, admitted, scope, 1_000_000),
          worstWindow: worstWithin(demand, admitted, scope, windowMs * 1000),
          descriptors: demand.descriptors.map((__, who) => [
            count((row) => admitted[row] === true && demand.descriptor[row] === who),
            longest(demand, admitted, who),
          ]),
        })
        for (const { algorithm, refillEveryMs, serverClock } of candidate.limits) {
          const steps = `${refillEveryMs ? ' refilled' : ''}${serverClock ? ' in seconds' : ''}`
          if (each.refused > 0) seen.add(`${algorithm}${steps}`)
        }
      })
    }
    const drawn = [...algorithms, 'token-bucket refilled'].flatMap((each) => [each, `${each} in seconds`])
    expect([...seen].sort()).toEqual(drawn.sort())
  })

  it('the same in pieces: what lies beyond a chunk goes on where it was', () => {
    const draw = seeded(seed + 1)
    const demand = drawnDemand(draw, 70_000)
    const candidate = {
      name: 'one',
      limits: [{ ...drawnLimit(draw, 'organization'), limit: 9, windowMs: 1_500 }],
      varied: 0,
    }
    const [played] = replay(demand, [candidate])
    expect(played?.accepted).toBe(byModels(demand, candidate).filter(Boolean).length)
  })

  it('exactly or not at all', () => {
    const limit = { ...drawnLimit(seeded(1), 'integration'), limit: 1e9, windowMs: 3_600_000 }
    expect(replayable(limit)).toBe(false)
    expect(() => replay(drawnDemand(seeded(1), 3), [{ name: 'x', limits: [limit], varied: 0 }])).toThrow(
      RangeError,
    )
  })
})

describe('for how long', () => {
  const limit: CandidateLimit = {
    name: 'each',
    scope: 'integration',
    limit: 2,
    windowMs: 10_000,
    algorithm: 'first-hit-window',
    limitedRequests: 'free',
    chargedWhenRefused: 'free',
  }
  const sent = (descriptor: string, ...seconds: number[]) =>
    seconds.map((second) => ({
      descriptor,
      sentUs: second * 1e6,
      receivedUs: second * 1e6 + 9_000,
      status: 200,
      outcome: Outcome.accepted,
    }))

  it('a descriptor was refused: from the first refused to the next that gets through, or to the last there is', () => {
    const history: History = historyFromRecords(
      {
        tool: 'test',
        startedAtMs: 1_795_000_000_000,
        clockSlackMs: 1,
        descriptors: ['A', 'B', 'C'].map((name) => ({ name, scopes: { integration: name } })),
      },
      // Not in the order in which they were sent.
      [...sent('B', 0, 1, 2, 7), ...sent('A', 0, 1, 3, 4, 12), ...sent('C', 0, 20)],
    )
    const [played] = replay(demandOf(history), [{ name: 'x', limits: [limit], varied: 0 }])
    expect(
      played?.descriptors.map(({ name, refused, longestRefusalMs }) => [name, refused, longestRefusalMs]),
    ).toEqual([
      ['A', 2, 9_000],
      ['B', 2, 5_000],
      ['C', 0, 0],
    ])
    expect(played?.longestRefusalMs).toBe(9_000)
  })
})
