import { describe, expect, it } from 'vitest'
import {
  type Candidate,
  calendarOf,
  type Demand,
  type Measures,
  replay,
  replayInThreads,
} from '../../lib/tune/index.ts'
import { seeded } from '../simulation/simulate.ts'
import { byModels, drawnDemand, drawnLimit, worstWithin } from './drawn.ts'

const seed = Number(process.env.ONSET_SEED ?? Math.floor(Math.random() * 1e6))
console.log(`seed ${seed} (ONSET_SEED replays the draws)`)

const dayMs = 86_400_000
const stretches = [
  { scope: 'organization', spanMs: 1_500 },
  { spanMs: 100 },
  { scope: 'integration', spanMs: 90_000_000 },
]

/** Some bursts on each of a few days; the third day has none. */
function drawnDays(draw: () => number, alwaysOne: boolean): Demand {
  const demand = drawnDemand(draw, 160)
  if (alwaysOne) demand.cost.fill(1)
  const startUs = demand.atUs[0] as number
  demand.atUs.forEach((at, row) => {
    const day = row < 50 ? 0 : row < 90 ? 1 : 3
    demand.atUs[row] = at - (startUs % (dayMs * 1000)) + (dayMs - 20_000 + day * dayMs) * 1000
  })
  return demand
}

function measured(demand: Demand, slices: number): Measures {
  const quiet = Uint8Array.from(demand.descriptors, ({ name }) => (name === 'B' ? 1 : 0))
  return { stretches, quiet, periods: calendarOf(demand, slices).periods }
}

const drawnCandidates = (draw: () => number): Candidate[] =>
  ['one', 'other', 'third', 'fourth'].map((name) => ({
    name,
    limits: [drawnLimit(draw, 'integration'), drawnLimit(draw, 'organization')],
    varied: 0,
  }))

describe('beside the totals', () => {
  it('each day and each slice of time is counted, and the worst stretches of each day', () => {
    const draw = seeded(seed)
    for (let round = 0; round < 40; round++) {
      const demand = drawnDays(draw, round % 2 === 0)
      const candidates = drawnCandidates(draw)
      const calendar = calendarOf(demand, 7)
      const measures = measured(demand, 7)
      const dayOf = (row: number) =>
        Math.floor(((demand.atUs[row] as number) / 1000 - calendar.firstDayMs) / dayMs)
      const sliceOf = (row: number) =>
        Math.floor(((demand.atUs[row] as number) / 1000 - calendar.startMs) / calendar.sliceMs)
      replay(demand, candidates, measures).forEach(({ days, refusedOverTime, refused }, index) => {
        const admitted = byModels(demand, candidates[index] as Candidate)
        const refusedRows = admitted.flatMap((is, row) => (is ? [] : [row]))
        const rowsOf = (day: number) => admitted.flatMap((_, row) => (dayOf(row) === day ? [row] : []))
        expect(days).toEqual(
          Array.from({ length: calendar.days }, (_, day) => {
            const [from, to] = [rowsOf(day)[0] ?? 0, (rowsOf(day).at(-1) ?? -1) + 1]
            const rows = refusedRows.filter((row) => dayOf(row) === day)
            return {
              refused: rows.length,
              quietRefused: rows.filter((row) => demand.descriptor[row] === 1).length,
              worst: stretches.map(({ scope, spanMs }) =>
                worstWithin(demand, admitted, scope, spanMs * 1000, from, to),
              ),
            }
          }),
        )
        expect(refusedOverTime).toEqual(
          calendar.asked.map((_, slice) => refusedRows.filter((row) => sliceOf(row) === slice).length),
        )
        expect(days.reduce((sum, day) => sum + day.refused, 0)).toBe(refused)
      })
    }
  })

  it('threads come to the same as one does', async () => {
    const draw = seeded(seed + 1)
    const demand = drawnDays(draw, false)
    const candidates = drawnCandidates(draw)
    const alone = replay(demand, candidates, measured(demand, 3))
    expect(await replayInThreads(demand, candidates, measured(demand, 3), 2)).toEqual(alone)
  })
})
