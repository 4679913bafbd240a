import type { Candidate } from './candidate.ts'
import { Chunk } from './chunk.ts'
import { decider } from './decide.ts'
import { createScopeKeys, type Demand } from './demand.ts'
import { type Measures, noMeasures } from './measures.ts'
import { type Replayed, type Surroundings, Tally } from './tally.ts'
import { type Turns, turnsOf } from './turns.ts'

/**
 * What each candidate would have let through and refused, in one pass over the demand. Requests come
 * when they came, whatever they are answered: nobody tries again more or less. Windows that follow a
 * clock begin at multiples of their length since the Unix epoch; nothing was counted before the first
 * request. Differences are to the first candidate.
 *
 * Decides as `createHierarchy` does over the models in `lib/limiters`. Time grows linearly with requests
 * times candidates; memory with what each candidate holds of one window, and with the number of keys.
 * @param measures what is counted beside; nothing by default.
 * @param turns those of the demand, where they are known.
 * @throws RangeError where a candidate is too large to be replayed exactly (`replayable`).
 */
export function replay(
  demand: Demand,
  candidates: readonly Candidate[],
  measures: Measures = noMeasures(demand),
  turns = turnsOf(demand),
): Replayed[] {
  const surroundings = surroundingsOf(demand, measures, turns)
  const players = candidates.map((candidate) => ({
    decide: decider(surroundings, candidate),
    tally: new Tally(surroundings, candidate),
  }))
  const chunk = new Chunk(demand, measures)
  while (chunk.next()) {
    players.forEach(({ decide, tally }, index) => {
      decide(chunk)
      if (index === 0) chunk.noteFirst()
      tally.add(chunk)
    })
  }
  return players.map(({ tally }) => tally.result(chunk.asked))
}

function surroundingsOf(demand: Demand, measures: Measures, turns: Turns): Surroundings {
  let alwaysOne = true
  for (let row = 0; row < demand.count && alwaysOne; row++) alwaysOne = demand.cost[row] === 1
  return { demand, measures, turns, keys: createScopeKeys(demand), alwaysOne }
}
