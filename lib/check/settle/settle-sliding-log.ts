import { Demand, Use } from '../evidence/evidence.ts'
import { firstAbove, firstAboveNear } from '../evidence/search.ts'
import { placeByDeadline } from './by-deadline.ts'
import {
  columnsOf,
  giveBackUses,
  type Limiter,
  requiredRefusals,
  type Settled,
  type UseColumns,
  usesInOrder,
} from './settle.ts'

/** So many instants within one refusal's interval are looked at. */
const mostInstants = 1_000

/** Meets the demands of a sliding log; requests of cost 1 only. */
export function settleSlidingLog(limiter: Limiter, atUs: Float64Array): Settled {
  if (limiter.evidence.unitCost !== 1) return 'impossible'
  const { demand } = limiter.evidence
  const uses = usesInOrder(limiter.evidence, atUs)
  const users = columnsOf(limiter, uses)
  const isAdmitted = (place: number) => demand[uses.order[place] as number] === Demand.admit
  const held = uses.order.every((i) => demand[i] === Demand.admit)
    ? holdBackByDeadline(limiter, users, atUs)
    : holdBack(limiter, users, isAdmitted, atUs)
  const settled = held === 'unchanged' ? justify(limiter, users, atUs) : held
  if (settled === 'changed') giveBackUses(uses)
  limiter.settledUses = settled === 'unchanged' ? uses : undefined
  return settled
}

/** Moves each that is let through to when the one `limit` before it has expired. */
function holdBack(
  { hypothesis }: Limiter,
  { rows, times, hiUs }: UseColumns,
  isAdmitted: (place: number) => boolean,
  atUs: Float64Array,
): Settled {
  const { limit, windowUs } = hypothesis
  let changed = false
  for (let m = limit; m < times.length; m++) {
    const earliestUs = (times[m - limit] as number) + windowUs
    if (!isAdmitted(m) || (times[m] as number) >= earliestUs) continue
    if ((hiUs[m] as number) < earliestUs) return 'impossible'
    atUs[rows[m] as number] = earliestUs
    times[m] = earliestUs
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The same where all that is logged was let through, and any of them can take any place. */
function holdBackByDeadline({ hypothesis }: Limiter, users: UseColumns, atUs: Float64Array): Settled {
  const { limit, windowUs } = hypothesis
  const placesUs = new Float64Array(users.times.length)
  return placeByDeadline(users, atUs, (place, readyUs) => {
    const expiryUs = place < limit ? readyUs : (placesUs[place - limit] as number) + windowUs
    const earliestUs = Math.max(readyUs, expiryUs)
    placesUs[place] = earliestUs
    return earliestUs
  })
}

/** Sees to it that for each refusal the log is full at some instant of its interval. */
function justify(limiter: Limiter, users: UseColumns, atUs: Float64Array): Settled {
  const { evidence } = limiter
  const { limit, windowUs } = limiter.hypothesis
  let changed = false
  let near = 0
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const from = atUs[row] as number
    // Itself it is not counted, where it is one of the uses.
    const own = evidence.use[i] === Use.surely ? users.rows.indexOf(row) : -1
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
      const delayed = delay(limiter, others, [from, ...instants])
      if (!delayed) return 'impossible'
      // One that is moved later changes the places of those after it alone.
      for (const place of delayed.places) {
        const ofAll = own >= 0 && place >= own ? place + 1 : place
        atUs[users.rows[ofAll] as number] = delayed.toUs
        moveLater(users, ofAll, delayed.toUs)
      }
      atUs[row] = delayed.refusedUs
    }
    // Where the refusal is counted itself, the next round finds it in its new place.
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** All but the one at a place; all of them where there is no such place. */
function without(users: UseColumns, place: number): UseColumns {
  if (place < 0) return users
  const others = (_: number, k: number) => k !== place
  return {
    rows: users.rows.filter(others),
    times: users.times.filter(others),
    hiUs: users.hiUs.filter(others),
  }
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
 */
function delay({ hypothesis }: Limiter, users: UseColumns, instants: readonly number[]): Delay | undefined {
  const { limit, windowUs } = hypothesis
  const { times, hiUs } = users
  let best: (Delay & { byUs: number }) | undefined
  for (const refusedUs of instants) {
    const toUs = refusedUs - windowUs + 1
    const missing = firstAbove(times, toUs - 1) - (firstAbove(times, refusedUs) - limit)
    if (missing > mostInstants) continue
    const places: number[] = []
    let byUs = 0
    for (let k = firstAbove(times, toUs - 1) - 1; k >= 0 && places.length < missing; k--) {
      const canMove = (hiUs[k] as number) >= toUs
      byUs += canMove ? toUs - (times[k] as number) : 0
      if (best && byUs >= best.byUs) break
      if (canMove) places.push(k)
    }
    if (places.length >= missing) best = { places, toUs, refusedUs, byUs }
  }
  return best
}

/** Gives one user a later instant and its new place in the order, for those that count after it. */
function moveLater({ rows, times, hiUs }: UseColumns, from: number, toUs: number): void {
  const [row, hi] = [rows[from] as number, hiUs[from] as number]
  let place = from
  for (; place + 1 < times.length && (times[place + 1] as number) < toUs; place++) {
    rows[place] = rows[place + 1] as number
    times[place] = times[place + 1] as number
    hiUs[place] = hiUs[place + 1] as number
  }
  rows[place] = row
  times[place] = toUs
  hiUs[place] = hi
}
