import { slidingCounterOpensUs } from '../../limiters/sliding-counter.ts'
import { Use } from '../evidence/evidence.ts'
import { firstAbove } from '../evidence/search.ts'
import { placeByDeadline } from './by-deadline.ts'
import { type Limiter, requiredRefusals, type Settled, timedOf, type User, usersInOrder } from './settle.ts'

/**
 * Meets the demands of a sliding counter whose windows start at `limiter.startUs` and every window
 * from there. Given what the window before counted, each further request of a window is let through
 * from a fixed instant on, so the earliest schedule is found window by window.
 */
export function settleSlidingCounter(limiter: Limiter, atUs: Float64Array): Settled {
  const users = usersInOrder(limiter, atUs)
  const { unitCost } = limiter.evidence
  const held =
    unitCost !== undefined && unitCost <= limiter.hypothesis.limit && users.every(({ admitted }) => admitted)
      ? holdBackByDeadline(limiter, users, unitCost, atUs)
      : holdBack(limiter, users, atUs)
  if (held !== 'unchanged') return held
  return justify(limiter, users, atUs)
}

interface Counts {
  window: number
  previous: number
  current: number
}

function advance(counts: Counts, window: number): void {
  if (window === counts.window) return
  counts.previous = window === counts.window + 1 ? counts.current : 0
  counts.current = 0
  counts.window = window
}

/** Moves those that would be let through too early to when they can be, at the latest to the next window. */
function holdBack(limiter: Limiter, users: readonly User[], atUs: Float64Array): Settled {
  const { limit, windowUs } = limiter.hypothesis
  const counts: Counts = { window: Number.NEGATIVE_INFINITY, previous: 0, current: 0 }
  let changed = false
  for (const [k, user] of users.entries()) {
    const window = windowOf(limiter, user.atUs)
    advance(counts, window)
    if (user.admitted) {
      const opensUs = opensAt(limiter, counts, user.cost)
      const earliestUs = startOf(limiter, window) + Math.min(opensUs, windowUs)
      if (user.cost > limit) return 'impossible'
      if (user.atUs < earliestUs) {
        if (!moveOne(users, k, window, limiter, earliestUs, atUs)) return 'impossible'
        changed = true
      }
    }
    counts.current += user.cost
  }
  return changed ? 'changed' : 'unchanged'
}

/** The same where all were let through and cost the same, so that any of them can take any place. */
function holdBackByDeadline(
  limiter: Limiter,
  users: readonly User[],
  cost: number,
  atUs: Float64Array,
): Settled {
  const { windowUs } = limiter.hypothesis
  /** By the number of places before. */
  const countsAt: Counts[] = [{ window: Number.NEGATIVE_INFINITY, previous: 0, current: 0 }]
  const placed = placeByDeadline(limiter, timedOf(users), atUs, (place, readyUs) => {
    const counts = { ...(countsAt[place] as Counts) }
    countsAt[place + 1] = counts
    advance(counts, windowOf(limiter, readyUs))
    let opensUs = opensAt(limiter, counts, cost)
    while (opensUs >= windowUs) {
      advance(counts, counts.window + 1)
      opensUs = opensAt(limiter, counts, cost)
    }
    counts.current += cost
    return Math.max(readyUs, startOf(limiter, counts.window) + opensUs)
  })
  return placed === 'again' ? 'changed' : placed
}

/** Moves the latest of a window's users, up to the k-th of all, that can be moved so far. */
function moveOne(
  users: readonly User[],
  k: number,
  window: number,
  limiter: Limiter,
  toUs: number,
  atUs: Float64Array,
): boolean {
  const fromUs = startOf(limiter, window)
  for (let j = k; j >= 0; j--) {
    const user = users[j] as User
    if (user.atUs < fromUs) return false
    if (user.hiUs < toUs || (atUs[user.row] as number) > user.atUs) continue
    atUs[user.row] = toUs
    return true
  }
  return false
}

/** Moves each refused request to the first instant at which the counter is shut. */
function justify(limiter: Limiter, users: readonly User[], atUs: Float64Array): Settled {
  const { evidence } = limiter
  const shutAt = shutness(limiter, users)
  const times = users.map((user) => user.atUs)
  let changed = false
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const from = atUs[row] as number
    const to = evidence.hiUs[i] as number
    const cost = evidence.cost[i] as number
    const counted = evidence.use[i] === Use.surely
    const others = counted ? users.filter((user) => user.i !== i) : users
    const shut = counted ? shutness(limiter, others) : shutAt
    if (shut(from, cost)) continue
    const found = firstShut(counted ? others.map((user) => user.atUs) : times, shut, from, to, cost)
    if (found === undefined) return pullBack(limiter, others, to, atUs)
    atUs[row] = found
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The first instant after one at which the counter is shut: it shuts only when a request is counted. */
function firstShut(
  times: readonly number[],
  shutAt: (us: number, cost: number) => boolean,
  fromUs: number,
  toUs: number,
  cost: number,
): number | undefined {
  for (let k = firstAbove(times, fromUs); k < times.length && (times[k] as number) <= toUs; k++) {
    if (shutAt(times[k] as number, cost)) return times[k]
  }
  return undefined
}

/** Moves a user from before the window of a refusal into it, so that more is counted there. */
function pullBack(limiter: Limiter, users: readonly User[], refusedUs: number, atUs: Float64Array): Settled {
  const start = startOf(limiter, windowOf(limiter, refusedUs))
  const movable = users.findLast((user) => user.atUs < start && user.hiUs >= start)
  if (!movable) return 'impossible'
  atUs[movable.row] = start
  return 'changed'
}

/** Would the counter refuse at an instant, counting what is decided up to and including it? */
export function shutness(limiter: Limiter, users: readonly User[]): (us: number, cost: number) => boolean {
  const byWindow = new Map<number, { times: number[]; units: number[] }>()
  for (const { atUs, cost } of users) {
    const window = windowOf(limiter, atUs)
    let counted = byWindow.get(window)
    if (!counted) {
      counted = { times: [], units: [0] }
      byWindow.set(window, counted)
    }
    counted.times.push(atUs)
    counted.units.push((counted.units.at(-1) as number) + cost)
  }
  return (us, cost) => {
    const window = windowOf(limiter, us)
    const now = byWindow.get(window)
    const previous = byWindow.get(window - 1)?.units.at(-1) ?? 0
    const current = now ? (now.units[firstAbove(now.times, us)] as number) : 0
    return us < startOf(limiter, window) + opensAt(limiter, { window, previous, current }, cost)
  }
}

function opensAt({ hypothesis }: Limiter, { previous, current }: Counts, cost: number): number {
  const { limit, windowUs, rounding = 'floor' } = hypothesis
  return slidingCounterOpensUs(previous, limit - current - cost, windowUs, rounding) ?? windowUs
}

function windowOf({ hypothesis, startUs }: Limiter, us: number): number {
  return Math.floor((us - (startUs as number)) / hypothesis.windowUs)
}

function startOf({ hypothesis, startUs }: Limiter, window: number): number {
  return (startUs as number) + window * hypothesis.windowUs
}
