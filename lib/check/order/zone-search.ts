import { seededRandom } from '../../simulate/random.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Allowance } from './allowance.ts'
import { type Anchored, type AnchoredAnswer, anchoredModel, type Counts } from './anchored.ts'
import { DifferenceSystem } from './difference-system.ts'
import { type Asked, chosenLines, type Decision, type Line } from './line.ts'
import {
  kindsOf,
  type Meeting,
  type OrderedRequest,
  type OrderSearched,
  type PhaseRange,
} from './order-search.ts'
import { type Reached, Retreat } from './retreat.ts'
import { firstAnchor, now, origin, Zone } from './zone.ts'

/** How a decision can have come about: what each limiter was asked, and all the instants that are left. */
interface Outcome {
  zone: Zone
  counts: readonly Counts[]
  asked: readonly Asked[]
}

/** With more limiters than these an order takes more work: a zone holds a bound for every two of them. */
const fewLimiters = 6

/** Lines by what is decided and counted in them: of those alike, none has only instants that another has. */
type Lines = Map<number, Line[]>

/**
 * Looks for an order of requests, instants and phases as `searchOrders` does, but for many orders side by
 * side, one decision after the other. An order is kept with all the instants that are possible for it, which
 * are a zone: so no instant and no phase is ever guessed. Of two that have decided the same requests and
 * counted the same, one is enough whose instants include the other's.
 *
 * Where there are many orders, some are dropped, and looked at where the others get stuck, see `Retreat`.
 * @param phasesUs for each limiter the ranges in which its phase may be, where it has one.
 * @returns nothing where a sliding log is among the limiters: those cannot be searched so.
 */
export function zoneSearch(
  requests: readonly OrderedRequest[],
  hypotheses: readonly Hypothesis[],
  phasesUs: readonly (readonly PhaseRange[])[],
): ZoneSearch | undefined {
  const models = hypotheses.flatMap((hypothesis) => anchoredModel(hypothesis) ?? [])
  return models.length < hypotheses.length ? undefined : new ZoneSearch(requests, models, phasesUs)
}

/** A search that can be left off and gone on with. */
export class ZoneSearch {
  private readonly requests: readonly OrderedRequest[]
  private readonly models: readonly Anchored[]
  /** Requests by the start of their intervals. */
  private readonly byStart: number[]
  /** Requests with the same ways and cost have the same number. */
  private readonly kinds: number[]
  private readonly mandatory: boolean[]
  /** A random number for each: those of a set of requests, put together, tell it from others. */
  private readonly names: Int32Array
  /** What looking at one order takes, in time and in memory. */
  private readonly workEach: number
  private readonly retreat = new Retreat()
  private at: Reached
  /** How many decisions some order had at most. */
  furthest = 0

  constructor(
    requests: readonly OrderedRequest[],
    models: readonly Anchored[],
    phasesUs: readonly (readonly PhaseRange[])[],
  ) {
    this.requests = requests
    this.models = models
    this.workEach = Math.max(1, (models.length / fewLimiters) ** 2)
    this.byStart = requests
      .map((_, i) => i)
      .sort((a, b) => this.of(a).loUs - this.of(b).loUs || this.of(a).hiUs - this.of(b).hiUs)
    this.kinds = kindsOf(requests)
    this.mandatory = requests.map(({ ways }) => ways.every((way) => way.length > 0))
    const random = seededRandom(requests.length)
    this.names = Int32Array.from(requests, () => Math.floor(random() * 2 ** 31))
    this.at = { decisions: 0, lines: this.beginnings(phasesUs), dropped: false }
  }

  /**
   * Goes on from where it was left off. `impossible` means that no order was dropped on the way to where all
   * were stuck; `undecided` that it was left off first.
   * @param allowance the work that may still be done: it goes down by one for each order that is looked at, by more
   * where there are many limiters.
   * @param mostAbreast to leave off where more orders than these would be looked at side by side.
   */
  goOn(allowance: Allowance, mostAbreast: number): OrderSearched {
    const { retreat } = this
    while (allowance.left > 0 && retreat.width <= mostAbreast) {
      const { decisions, lines, dropped } = this.at
      retreat.reached(this.at)
      this.furthest = Math.max(this.furthest, decisions)
      const next: Lines = new Map()
      for (const line of lines) {
        if (line.left === 0) return this.found(line)
        allowance.left -= this.decideOneMore(line, next) * this.workEach
      }
      const all = [...next.values()].flat()
      const chosen = chosenLines(all, retreat.width, this.models)
      if (chosen.length > 0) {
        this.at = { decisions: decisions + 1, lines: chosen, dropped: dropped || chosen.length < all.length }
      } else if (dropped) this.at = retreat.from(decisions)
      else return { kind: 'impossible' }
    }
    return { kind: 'undecided' }
  }

  private of(request: number): OrderedRequest {
    return this.requests[request] as OrderedRequest
  }

  /** A line without decisions for each combination of ranges of phases. */
  private beginnings(phasesUs: readonly (readonly PhaseRange[])[]): Line[] {
    const { models } = this
    let zones = [new Zone(firstAnchor + models.length)]
    for (const [limiter, { hasPhase }] of models.entries()) {
      if (!hasPhase) continue
      zones = zones.flatMap((zone) =>
        (phasesUs[limiter] as readonly PhaseRange[]).map(([from, to]) => {
          const within = zone.copy()
          within.limit(firstAnchor + limiter, origin, to)
          within.limit(origin, firstAnchor + limiter, -from)
          return within
        }),
      )
    }
    return zones.map((zone) => ({
      last: undefined,
      ...this.sentBy([], 0),
      left: this.mandatory.filter(Boolean).length,
      counts: models.map(({ init }) => init),
      metUnits: models.map(() => 0),
      zone,
      decided: 0,
      counted: 0,
    }))
  }

  /** What is sent by the time by which one of those that are sent has to be decided. */
  private sentBy(pending: readonly number[], next: number): Pick<Line, 'pending' | 'next' | 'deadlineUs'> {
    const { byStart, mandatory } = this
    const sent = [...pending]
    let deadlineUs = Number.POSITIVE_INFINITY
    for (const i of pending) if (mandatory[i]) deadlineUs = Math.min(deadlineUs, this.of(i).hiUs)
    for (; next < byStart.length; next++) {
      const i = byStart[next] as number
      if (this.of(i).loUs > deadlineUs) break
      sent.push(i)
      if (mandatory[i]) deadlineUs = Math.min(deadlineUs, this.of(i).hiUs)
    }
    return { pending: sent, next, deadlineUs }
  }

  /** Adds every line that is this one and one decision more. Returns how many were looked at. */
  private decideOneMore(line: Line, next: Lines): number {
    const later = line.zone.copy()
    later.delay(now, line.deadlineUs)
    let looked = 1
    for (const { request, byUs } of this.candidates(line)) {
      looked++
      const { loUs, ways, cost } = this.of(request)
      const sent = this.sentBy(
        line.pending.filter((i) => i !== request),
        line.next,
      )
      const zone = later.copy()
      const lastUs = Math.min(byUs, sent.deadlineUs)
      if (!zone.limit(origin, now, -loUs) || !zone.limit(now, origin, lastUs)) continue
      const answers: AnchoredAnswer[][] = []
      for (const way of ways) {
        const met = new Set(way.map(({ limiter }) => limiter))
        for (const outcome of way.length > 0 ? this.outcomes(line, zone, way, cost, answers) : []) {
          looked++
          addTo(next, {
            last: { before: line.last, request, asked: outcome.asked },
            ...sent,
            zone: outcome.zone,
            counts: outcome.counts,
            left: line.left - Number(this.mandatory[request]),
            metUnits: line.metUnits.map((units, limiter) => units + (met.has(limiter) ? cost : 0)),
            decided: line.decided ^ (this.names[request] as number),
            counted: numberOf(outcome.counts),
          })
        }
      }
    }
    return looked
  }

  /**
   * The requests that can be decided next, each with the instant by which it has to be if it is. Of those of
   * one kind the one whose time is over first can just as well come first, once it was sent.
   */
  private candidates({ pending, deadlineUs }: Line): { request: number; byUs: number }[] {
    const candidates: { request: number; byUs: number }[] = []
    const lastOfKind = new Map<number, { request: number; byUs: number }>()
    for (const request of pending) {
      const { loUs, hiUs } = this.of(request)
      if (loUs > deadlineUs) continue
      const kind = this.kinds[request] as number
      const last = lastOfKind.get(kind)
      // One that may never have been decided stays pending when its time is over: others come after it then.
      const stays = last && !this.mandatory[request] && hiUs !== this.of(last.request).hiUs
      if (last && !stays && hiUs >= this.of(last.request).hiUs) continue
      if (last && !stays) last.byUs = loUs - 1
      const candidate = { request, byUs: hiUs }
      lastOfKind.set(kind, candidate)
      candidates.push(candidate)
    }
    return candidates.filter(({ request, byUs }) => byUs >= this.of(request).loUs)
  }

  /** Every combination of answers that the limiters of a way can give. `answers` are those already known. */
  private outcomes(
    line: Line,
    zone: Zone,
    way: readonly Meeting[],
    cost: number,
    answers: AnchoredAnswer[][],
  ): Outcome[] {
    let outcomes: Outcome[] = [{ zone, counts: line.counts, asked: [] }]
    for (const { limiter, answer, counted } of way) {
      const anchor = firstAnchor + limiter
      const counts = line.counts[limiter] as Counts
      answers[limiter] ??= (this.models[limiter] as Anchored).answers(
        counts,
        zone.least(now, anchor),
        zone.most(now, anchor),
        cost,
      )
      const given = answers[limiter].filter(
        ({ admits }) => answer === 'any' || admits === (answer === 'admits'),
      )
      outcomes = given.flatMap(({ leastUs, mostUs, anew, ...after }) =>
        outcomes.flatMap((before): Outcome[] => {
          const within = before.zone.copy()
          if (!within.limit(now, anchor, mostUs) || !within.limit(anchor, now, -leastUs)) return []
          const asked = { limiter, leastUs, mostUs, anchors: anew && counted }
          const then = counted ? after.counted : after.uncounted
          return [
            { zone: within, counts: before.counts.with(limiter, then), asked: [...before.asked, asked] },
          ]
        }),
      )
    }
    for (const { zone: then, counts, asked } of outcomes) {
      for (const { limiter, anchors } of asked) {
        const { isAnchored } = this.models[limiter] as Anchored
        if (anchors) then.equate(firstAnchor + limiter, now)
        else if (!isAnchored(counts[limiter] as Counts)) then.forget(firstAnchor + limiter)
      }
    }
    return outcomes
  }

  /** The decisions of a line, each as early as can be, where windows start as early as they can. */
  private found(line: Line): OrderSearched {
    const decisions: Decision[] = []
    for (let one = line.last; one; one = one.before) decisions.push(one)
    decisions.reverse()
    const system = new DifferenceSystem()
    for (const { loUs, hiUs } of this.requests) system.variable(loUs, hiUs)
    const zone = line.zone.copy()
    const phases = this.models.map(({ hasPhase }, limiter) => {
      if (!hasPhase) return undefined
      const us = zone.least(firstAnchor + limiter, origin)
      zone.limit(firstAnchor + limiter, origin, us)
      return system.variable(us, us)
    })
    const anchors = [...phases]
    const demand = (from: number, to: number, leastUs: number) =>
      Number.isFinite(leastUs) && system.add([from, to, leastUs])
    for (const { before, request, asked } of decisions) {
      if (before) demand(before.request, request, 0)
      for (const { limiter, leastUs, mostUs, anchors: anew } of asked) {
        const anchor = anchors[limiter]
        if (anchor !== undefined) {
          demand(anchor, request, leastUs)
          demand(request, anchor, -mostUs)
        }
        if (anew) anchors[limiter] = request
      }
    }
    return {
      kind: 'found',
      decided: decisions.map(({ request }) => ({ request, atUs: system.earliest(request) })),
      startUs: phases.map((phase) => (phase === undefined ? undefined : system.earliest(phase))),
    }
  }
}

function addTo(lines: Lines, line: Line): void {
  const key = line.decided * 2 ** 21 + (line.counted >>> 11)
  const others = lines.get(key) ?? []
  const isIn = (one: Line, other: Line) => one.counted === other.counted && one.zone.isWithin(other.zone)
  if (others.some((other) => isIn(line, other))) return
  lines.set(key, [...others.filter((other) => !isIn(other, line)), line])
}

/** A number that other counts hardly ever have. */
function numberOf(counts: readonly Counts[]): number {
  let number = 0x9e3779b9
  for (const ofLimiter of counts) {
    for (const value of ofLimiter) {
      number = Math.imul(number ^ value, 0x85ebca6b)
      number ^= number >>> 15
    }
    number = Math.imul(number + ofLimiter.length, 0xc2b2ae35)
    number ^= number >>> 13
  }
  return number >>> 0
}
