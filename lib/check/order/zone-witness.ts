import type { History } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import { replay, type Witness } from '../replay/replay.ts'
import { type Allowance, createAllowance } from './allowance.ts'
import type { OrderedRequest, PhaseRange } from './order-search.ts'
import type { OrderWitnessed } from './order-witness.ts'
import { partsOf } from './parts.ts'
import { type AssumedCell, requestsOfComponent } from './ways.ts'
import { searchZones } from './zone-search.ts'

/** One limiter of a component, with what is assumed of it. */
export interface ZonesAssumed extends AssumedCell {
  /** Ranges of instants at which a window may start, ascending and apart. Empty where it has no such. */
  openUs: readonly PhaseRange[]
}

/** More requests than this are not searched so: it takes too long. */
const mostRequests = 8_000

/** So many combinations of ranges of starts are told apart; where there are more, what lies between is let in. */
const mostBeginnings = 64

/**
 * Looks for a witness among all orders with all their instants, see `searchZones`.
 * What it returns has been replayed; `impossible` means that there is none. The same question
 * always has the same answer.
 * @param share how much of what is left of the work to spend at most.
 */
export function witnessInZones(
  history: History,
  limits: readonly Limit[],
  bounds: DecisionBounds,
  assumed: readonly ZonesAssumed[],
  rows: readonly number[],
  share: number,
  allowance: Allowance,
): OrderWitnessed {
  if (rows.length > mostRequests) return { kind: 'undecided' }
  const requests = requestsOfComponent(history, bounds, assumed, rows)
  const hypotheses = assumed.map(({ hypothesis }) => hypothesis)
  const taken = partsOf(requests, hypotheses)
  if (!taken) return { kind: 'impossible' }
  const { parts, anywhere } = taken
  const playedUs = new Float64Array(requests.length).fill(Number.NaN)
  const startsUs = assumed.map(({ openUs }): number | undefined => openUs[0]?.[0])
  // What no limiter can refuse is decided at once; what may never have been decided was not.
  const order = anywhere.filter((i) => (requests[i] as OrderedRequest).ways.every((way) => way.length > 0))
  for (const i of order) playedUs[i] = (requests[i] as OrderedRequest).loUs
  for (const { requests: places, limiters, ordered } of parts) {
    const spare = createAllowance(allowance.left * share)
    const before = spare.left
    const openUs = fewBeginnings(limiters.map((k) => (assumed[k] as ZonesAssumed).openUs))
    const of = limiters.map((k) => (assumed[k] as ZonesAssumed).hypothesis)
    const found = searchZones(ordered, of, openUs, spare)
    allowance.left -= before - spare.left
    if (found.kind !== 'found') return found
    for (const [k, limiter] of limiters.entries()) startsUs[limiter] = found.startUs[k]
    for (const { request, atUs } of found.decided) {
      const place = places[request] as number
      order.push(place)
      playedUs[place] = atUs
    }
  }
  // What is decided at one instant stays in its order.
  order.sort((a, b) => (playedUs[a] as number) - (playedUs[b] as number))
  const atUs = new Float64Array(history.count).fill(Number.NaN)
  for (const i of order) atUs[rows[i] as number] = playedUs[i] as number
  const witness: Witness = {
    atUs,
    order: order.map((i) => rows[i] as number),
    hypotheses: new Map(assumed.map(({ cell, hypothesis }) => [cell.limitIndex, hypothesis])),
    startUs: (limitIndex, scopeValue) =>
      startsUs[
        assumed.findIndex(({ cell }) => cell.limitIndex === limitIndex && cell.scopeValue === scopeValue)
      ],
  }
  return replay(history, limits, bounds, rows, witness) === undefined
    ? { kind: 'found', witness }
    : { kind: 'undecided' }
}

/** The same ranges, where they combine in few ways; otherwise for each limiter one that includes them all. */
function fewBeginnings(openUs: readonly (readonly PhaseRange[])[]): readonly (readonly PhaseRange[])[] {
  const combinations = openUs.reduce((product, ranges) => product * Math.max(1, ranges.length), 1)
  if (combinations <= mostBeginnings) return openUs
  return openUs.map((ranges): PhaseRange[] => {
    const [first, last] = [ranges[0], ranges.at(-1)]
    return first && last ? [[first[0], last[1]]] : []
  })
}
