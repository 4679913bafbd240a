import type { History } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import { replay, type Witness } from '../replay/replay.ts'
import type { Allowance } from './allowance.ts'
import type { OrderedRequest, PhaseRange } from './order-search.ts'
import type { OrderWitnessed } from './order-witness.ts'
import { type Part, partsOf } from './parts.ts'
import { type AssumedCell, requestsOfComponent } from './ways.ts'
import { type ZoneSearch, zoneSearch } from './zone-search.ts'

/** One limiter of a component, with what is assumed of it. */
export interface ZonesAssumed extends AssumedCell {
  /** Ranges of instants at which a window may start, ascending and apart. Empty where it has no such. */
  openUs: readonly PhaseRange[]
}

/** Requests that are searched by themselves. */
interface SearchedPart {
  part: Part
  search: ZoneSearch
}

/** More requests than this are not searched so: it takes too long. */
const mostRequests = 8_000

/** So many combinations of ranges of starts are told apart; where there are more, what lies between is let in. */
const mostBeginnings = 64

/**
 * Looks for a witness among all orders of a component's requests with all their instants, see `zoneSearch`.
 * It can be left off and gone on with. The same question always has the same answer.
 */
export class ZoneWitness {
  private readonly history: History
  private readonly limits: readonly Limit[]
  private readonly bounds: DecisionBounds
  private readonly assumed: readonly ZonesAssumed[]
  private readonly rows: readonly number[]
  /** When each request is decided, and those that are, as far as that is found. */
  private readonly foundUs: Float64Array
  private readonly decided: number[]
  private readonly startsUs: (number | undefined)[]
  /** What is left to search. */
  private readonly parts: SearchedPart[] = []
  /** What is known already, whatever is searched. */
  private known: OrderWitnessed | undefined

  constructor(
    history: History,
    limits: readonly Limit[],
    bounds: DecisionBounds,
    assumed: readonly ZonesAssumed[],
    rows: readonly number[],
  ) {
    this.history = history
    this.limits = limits
    this.bounds = bounds
    this.assumed = assumed
    this.rows = rows
    this.foundUs = new Float64Array(rows.length).fill(Number.NaN)
    this.startsUs = assumed.map(({ openUs }): number | undefined => openUs[0]?.[0])
    this.decided = []
    if (rows.length > mostRequests) {
      this.known = { kind: 'undecided' }
      return
    }
    const requests = requestsOfComponent(history, bounds, assumed, rows)
    const taken = partsOf(
      requests,
      assumed.map(({ hypothesis }) => hypothesis),
    )
    if (!taken) {
      this.known = { kind: 'impossible' }
      return
    }
    // What no limiter can refuse is decided at once; what may never have been decided was not.
    for (const i of taken.anywhere) {
      const { ways, loUs } = requests[i] as OrderedRequest
      if (ways.every((way) => way.length > 0)) this.decide(i, loUs)
    }
    for (const part of taken.parts) {
      const of = part.limiters.map((k) => assumed[k] as ZonesAssumed)
      const openUs = fewBeginnings(of.map((one) => one.openUs))
      const search = zoneSearch(
        part.ordered,
        of.map(({ hypothesis }) => hypothesis),
        openUs,
      )
      if (search) this.parts.push({ part, search })
      else this.known = { kind: 'undecided' }
    }
  }

  /**
   * Goes on from where it was left off. What it returns has been replayed; `impossible` means that there is
   * no witness, `undecided` that it was left off first, or that such a search cannot be made.
   * @param mostAbreast to leave off where more orders than these would be looked at side by side.
   */
  goOn(allowance: Allowance, mostAbreast = Number.POSITIVE_INFINITY): OrderWitnessed {
    while (!this.known) {
      const [first] = this.parts
      if (!first) {
        this.known = this.replayed()
        break
      }
      const { part, search } = first
      const found = search.goOn(allowance, mostAbreast)
      if (found.kind === 'undecided') return found
      this.parts.shift()
      if (found.kind === 'impossible') this.known = found
      else {
        for (const [k, limiter] of part.limiters.entries()) this.startsUs[limiter] = found.startUs[k]
        for (const { request, atUs } of found.decided) this.decide(part.requests[request] as number, atUs)
      }
    }
    return this.known
  }

  /** How many requests some order had decided at most, of those that are looked at. */
  get furthest(): number {
    return this.decided.length + (this.parts[0]?.search.furthest ?? 0)
  }

  private decide(request: number, atUs: number): void {
    this.decided.push(request)
    this.foundUs[request] = atUs
  }

  private replayed(): OrderWitnessed {
    const { history, limits, bounds, assumed, rows, foundUs, startsUs } = this
    // What is decided at one instant stays in its order.
    const order = this.decided.toSorted((a, b) => (foundUs[a] as number) - (foundUs[b] as number))
    const atUs = new Float64Array(history.count).fill(Number.NaN)
    for (const i of order) atUs[rows[i] as number] = foundUs[i] as number
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
