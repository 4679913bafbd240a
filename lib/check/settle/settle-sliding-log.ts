import { Demand, Use } from '../evidence/evidence.ts'
import { firstAbove, firstAboveNear } from '../evidence/search.ts'
import { placeByDeadline } from './by-deadline.ts'
import {
  deadlineUs,
  giveBackUses,
  type Limiter,
  requiredRefusals,
  type Settled,
  type Timed,
  type Uses,
  usesInOrder,
} from './settle.ts'

/** So many instants within one refusal's interval are looked at. */
const mostInstants = 1_000

/** Meets the demands of a sliding log; requests of cost 1 only. */
export function settleSlidingLog(limiter: Limiter, atUs: Float64Array): Settled {
  if (limiter.evidence.unitCost !== 1) return 'impossible'
  const { demand } = limiter.evidence
  const known = knownUses(limiter, atUs)
  const uses = known ?? usesInOrder(limiter.evidence, atUs)
  const moved = known && limiter.movedPlaces
  limiter.settledUses = undefined
  limiter.movedPlaces = []
  const anyPlace = uses.order.every((i) => demand[i] === Demand.admit)
  const held = anyPlace ? holdBackByDeadline(limiter, uses, atUs, moved) : holdBack(limiter, uses, atUs)
  // Those that have their places are in order again; others have to be put in order first.
  const inOrder = held === 'unchanged' || (held === 'changed' && anyPlace)
  // With several limiters it is the others' turn before anybody is moved for a refusal: they may have to move some too.
  const looksAtRefusals = held === 'unchanged' || (inOrder && !limiter.latestUs)
  const justified = looksAtRefusals ? justify(limiter, uses, atUs) : 'unchanged'
  if (justified === 'impossible' || !inOrder) giveBackUses(uses)
  else limiter.settledUses = uses
  if (held === 'impossible' || justified === 'impossible') return 'impossible'
  return held === 'unchanged' && justified === 'unchanged' ? 'unchanged' : 'changed'
}

/** Its uses as the last round left them, where nobody was moved since then. */
function knownUses({ evidence, settledUses }: Limiter, atUs: Float64Array): Uses | undefined {
  if (!settledUses) return undefined
  const { order, times } = settledUses
  for (let k = 0; k < order.length; k++) {
    if (atUs[evidence.rows[order[k] as number] as number] === times[k]) continue
    giveBackUses(settledUses)
    return undefined
  }
  return settledUses
}

/** Moves each that is let through to when the one `limit` before it has expired. */
function holdBack(limiter: Limiter, { order, times }: Timed, atUs: Float64Array): Settled {
  const { limit, windowUs } = limiter.hypothesis
  const { rows, demand } = limiter.evidence
  let changed = false
  for (let m = limit; m < times.length; m++) {
    const earliestUs = (times[m - limit] as number) + windowUs
    const i = order[m] as number
    if (demand[i] !== Demand.admit || (times[m] as number) >= earliestUs) continue
    if (deadlineUs(limiter, i) < earliestUs) return 'impossible'
    atUs[rows[i] as number] = earliestUs
    times[m] = earliestUs
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The same where all that is logged was let through, and any of them can take any place. */
function holdBackByDeadline(
  limiter: Limiter,
  users: Timed,
  atUs: Float64Array,
  moved: [number, number][] | undefined,
): Settled | 'again' {
  const { limit, windowUs } = limiter.hypothesis
  return placeByDeadline(
    limiter,
    users,
    atUs,
    (place, readyUs, placedUs) =>
      place < limit ? readyUs : Math.max(readyUs, (placedUs[place - limit] as number) + windowUs),
    moved && { moved: moved.sort(([a], [b]) => a - b), reach: limit },
  )
}

/** Sees to it that for each refusal the log is full at some instant of its interval. */
function justify(limiter: Limiter, users: Timed, atUs: Float64Array): Settled {
  const { evidence } = limiter
  const { limit, windowUs } = limiter.hypothesis
  const longestUs = longestRoomUs(limiter, users)
  let changed = false
  let near = 0
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const from = atUs[row] as number
    // Itself it is not counted, where it is one of the uses.
    const own = evidence.use[i] === Use.surely ? users.order.indexOf(i) : -1
    const others = without(users, own)
    const { times } = others
    const isFull = (us: number) => {
      near = firstAboveNear(times, us, near)
      return (times[near - limit] ?? Number.NEGATIVE_INFINITY) > us - windowUs
    }
    if (isFull(from)) continue
    const instants = instantsWithin(times, from, evidence.hiUs[i] as number)
    // A refusal that is not counted is in nobody's way: it can wait for the log to fill up.
    const full = instants.find(isFull)
    if (full !== undefined) {
      atUs[row] = full
    } else {
      const delayed = delay(limiter, others, longestUs, [from, ...instants])
      if (!delayed) return 'impossible'
      // One that is moved later changes the places of those after it alone.
      for (const place of delayed.places) {
        const ofAll = own >= 0 && place >= own ? place + 1 : place
        atUs[evidence.rows[users.order[ofAll] as number] as number] = delayed.toUs
        limiter.movedPlaces?.push([ofAll, moveLater(users, ofAll, delayed.toUs)])
      }
      atUs[row] = delayed.refusedUs
    }
    // Where the refusal is counted itself, the next round finds it in its new place.
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** How much later one of them can be decided, at most. */
function longestRoomUs(limiter: Limiter, { order, times }: Timed): number {
  let longestUs = 0
  for (let k = 0; k < times.length; k++) {
    longestUs = Math.max(longestUs, deadlineUs(limiter, order[k] as number) - (times[k] as number))
  }
  return longestUs
}

/** All but the one at a place; all of them where there is no such place. */
function without({ order, times }: Timed, place: number): Timed {
  if (place < 0) return { order, times }
  const others = (_: number, k: number) => k !== place
  return { order: order.filter(others), times: times.filter(others) }
}

/** The instants after one, up to another, at which something is counted. */
function instantsWithin(times: Float64Array, fromUs: number, toUs: number): number[] {
  const instants: number[] = []
  for (let k = firstAbove(times, fromUs); k < times.length && instants.length < mostInstants; k++) {
    if ((times[k] as number) > toUs) break
    instants.push(times[k] as number)
  }
  return instants
}

/** Who is moved to when, so that a refusal finds the log full at an instant. */
interface Delay {
  /** Descending. */
  places: number[]
  toUs: number
  refusedUs: number
}

/**
 * Requests that would have expired before a refusal, to be moved to where they still count: at the instant
 * of those for the refusal at which they have to be moved least, taken together.
 * @param longestUs none of them can be decided more than so much later.
 */
function delay(
  limiter: Limiter,
  { order, times }: Timed,
  longestUs: number,
  instants: readonly number[],
): Delay | undefined {
  const { limit, windowUs } = limiter.hypothesis
  let best: (Delay & { byUs: number }) | undefined
  for (const refusedUs of instants) {
    const toUs = refusedUs - windowUs + 1
    const missing = firstAbove(times, toUs - 1) - (firstAbove(times, refusedUs) - limit)
    if (missing > mostInstants) continue
    const places: number[] = []
    let byUs = 0
    for (let k = firstAbove(times, toUs - 1) - 1; k >= 0 && places.length < missing; k--) {
      if ((times[k] as number) < toUs - longestUs) break
      const canMove = deadlineUs(limiter, order[k] as number) >= toUs
      byUs += canMove ? toUs - (times[k] as number) : 0
      if (best && byUs >= best.byUs) break
      if (canMove) places.push(k)
    }
    if (places.length >= missing) best = { places, toUs, refusedUs, byUs }
  }
  return best
}

/** Gives one user a later instant and its new place in the order, for those that count after it. @returns the new place. */
function moveLater({ order, times }: Timed, from: number, toUs: number): number {
  const moved = order[from] as number
  let place = from
  const comesFirst = (next: number) =>
    (times[next] as number) < toUs || (times[next] === toUs && (order[next] as number) < moved)
  for (; place + 1 < times.length && comesFirst(place + 1); place++) {
    order[place] = order[place + 1] as number
    times[place] = times[place + 1] as number
  }
  order[place] = moved
  times[place] = toUs
  return place
}
