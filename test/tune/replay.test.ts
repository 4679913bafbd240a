import { describe, expect, it } from 'vitest'
import { type Descriptor, type History, historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import {
  type Candidate,
  type CandidateLimit,
  type Demand,
  demandOf,
  replay,
  replayable,
} from '../../lib/tune/index.ts'
import { seeded } from '../simulation/simulate.ts'

const seed = Number(process.env.ONSET_SEED ?? Math.floor(Math.random() * 1e6))
console.log(`seed ${seed} (ONSET_SEED replays the draws)`)

type Draw = () => number
const whole = (draw: Draw, least: number, most: number) => least + Math.floor(draw() * (most - least + 1))
const oneOf = <T>(draw: Draw, all: readonly T[]) => all[Math.floor(draw() * all.length)] as T

/** Bursts and pauses of three callers of two organizations; one has no organization. */
function drawnDemand(draw: Draw, count: number): Demand {
  const descriptors: Descriptor[] = [
    { name: 'A', scopes: { integration: 'A', organization: 'acme' } },
    { name: 'B', scopes: { integration: 'B', organization: 'acme' } },
    { name: 'C', scopes: { integration: 'C', organization: 'other' } },
    { name: 'K', scopes: { apiKey: 'K' } },
  ]
  let atUs = 1_795_000_000_000_000 + whole(draw, 0, 1e9)
  const rows = Array.from({ length: count }, () => {
    // Now and then the same instant, a window's edge, or a long silence.
    atUs += oneOf(draw, [
      0,
      whole(draw, 1, 999),
      1_000,
      whole(draw, 1_000, 90_000),
      500_000,
      whole(draw, 0, 3e6),
    ])
    return [atUs, whole(draw, 0, 3), oneOf(draw, [1, 1, 1, 2, 5]), whole(draw, 0, 2)] as const
  })
  return {
    descriptors,
    count,
    atUs: Float64Array.from(rows, ([at]) => at),
    descriptor: Uint32Array.from(rows, ([, who]) => who),
    cost: Float64Array.from(rows, ([, , cost]) => cost),
    met: Uint8Array.from(rows, ([, , , met]) => met),
  }
}

function drawnLimit(draw: Draw, scope: string): CandidateLimit {
  return {
    name: scope,
    scope,
    limit: whole(draw, 0, 12),
    windowMs: oneOf(draw, [1, 7, 100, 1_000, 1_500]),
    algorithm: oneOf(draw, algorithms),
    limitedRequests: oneOf(draw, ['counted', 'free'] as const),
    chargedWhenRefused: oneOf(draw, ['counted', 'free', 'earlier'] as const),
  }
}

/** The same by the models of lib/limiters, and by adding up what there is, as slowly as it takes. */
function byModels(demand: Demand, candidate: Candidate) {
  const hierarchy = createHierarchy(
    candidate.limits.map(({ limit, windowMs, algorithm, ...rest }) => ({
      ...rest,
      model: () => createLimiter(algorithm, { limit, windowUs: windowMs * 1000 }),
    })),
  )
  return Array.from(
    { length: demand.count },
    (_, row) =>
      hierarchy.decide({
        scopes: demand.descriptors[demand.descriptor[row] as number]?.scopes ?? {},
        atUs: demand.atUs[row] as number,
        cost: demand.cost[row] as number,
      }).admitted,
  )
}

function worstWithin(demand: Demand, admitted: readonly boolean[], scope: string, spanUs: number): number {
  const rows = admitted.flatMap((is, row) => (is ? [row] : []))
  const valueAt = (row: number) => demand.descriptors[demand.descriptor[row] as number]?.scopes[scope]
  return rows.reduce((worst, last) => {
    const near = rows.filter(
      (row) =>
        row <= last &&
        valueAt(row) === valueAt(last) &&
        valueAt(last) !== undefined &&
        (demand.atUs[row] as number) > (demand.atUs[last] as number) - spanUs,
    )
    return Math.max(
      worst,
      near.reduce((sum, row) => sum + (demand.cost[row] as number), 0),
    )
  }, 0)
}

describe('a demand is replayed', () => {
  it('as the models decide, whatever the limits, and is added up as it was', () => {
    const draw = seeded(seed)
    const seen = new Set<string>()
    for (let round = 0; round < 150; round++) {
      const demand = drawnDemand(draw, 120)
      const candidates = Array.from({ length: 3 }, (_, number): Candidate => {
        const limits = ['integration', 'organization', 'apiKey'].map((scope) => drawnLimit(draw, scope))
        const varied = whole(draw, 0, 2)
        return {
          name: `${number}`,
          limits: number === 0 ? limits.slice(0, 1) : limits,
          varied: number === 0 ? 0 : varied,
        }
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
          descriptors: each.descriptors.map(({ accepted }) => accepted),
          longestRefusalMs: 0,
        }).toEqual({
          candidate,
          longestRefusalMs: 0,
          accepted: count((row) => admitted[row] === true),
          refused: count((row) => admitted[row] === false),
          newlyRefused: count((row) => first[row] === true && admitted[row] === false),
          newlyAccepted: count((row) => first[row] === false && admitted[row] === true),
          refusedOfAccepted: count((row) => admitted[row] === false && demand.met[row] === Outcome.accepted),
          acceptedOfLimited: count((row) => admitted[row] === true && demand.met[row] === Outcome.limited),
          worstSecond: worstWithin(demand, admitted, scope, 1_000_000),
          worstWindow: worstWithin(demand, admitted, scope, windowMs * 1000),
          descriptors: demand.descriptors.map((__, who) =>
            count((row) => admitted[row] === true && demand.descriptor[row] === who),
          ),
        })
        for (const { algorithm } of candidate.limits) if (each.refused > 0) seen.add(algorithm)
      })
    }
    expect([...seen].sort()).toEqual([...algorithms].sort())
  })

  it('the same in pieces: what lies beyond a chunk goes on where it was', () => {
    const draw = seeded(seed + 1)
    const demand = drawnDemand(draw, 40_000)
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
