import { Outcome } from '../../history/history.ts'
import { isBucket } from '../../spec/bucket.ts'
import type { Conflict } from './conflict.ts'
import type { Play } from './play.ts'
import { type PlayedLimiter, Waits } from './requests.ts'

/** Requests that are to be decided no sooner than at other instants than before. */
export type Repair = { request: number; notBeforeUs: number; patient?: number }[]

/** Looked back on are so many windows, and so many decisions. */
const windowsBack = 3
const mostLookedAt = 20_000

/** So many of those decided last are shuffled. */
const lastFew = 40

/**
 * What may put a conflict right, the likeliest first. A limiter that was too full has room when something
 * that it counted is decided after the request, or so much earlier that it is forgotten; one that was not
 * full enough is fuller when something that it has forgotten is decided later, so that it still counts.
 */
export function repairsOf(
  play: Play,
  conflict: Conflict,
  refusers: readonly number[],
  random: () => number,
): Repair[] {
  const { request } = conflict
  const { loUs } = play.requests
  const repairs: Repair[] = []
  const earliestUs = loUs[request] as number
  if ((play.notBeforeUs[request] as number) > earliestUs) {
    repairs.push([{ request, notBeforeUs: earliestUs }])
  }
  const limiters = conflict.limiter >= 0 ? [conflict.limiter] : refusers
  for (const limiter of limiters) {
    const look = new LookBack(play, conflict, limiter, random)
    repairs.push(...(conflict.lacks === 'room' ? look.forRoom() : look.forUse()))
  }
  repairs.push(...shuffles(play, random))
  return repairs
}

/** Anything that was decided lately, or waits, at another instant of its time. */
function shuffles(play: Play, random: () => number): Repair[] {
  const { loUs, hiUs, outcome } = play.requests
  const repairs: Repair[] = []
  const lately = [...play.order.slice(-lastFew), ...play.waiting].filter(
    (i) => outcome[i] !== Outcome.unknown,
  )
  for (let k = 0; k < 16; k++) {
    const some = Array.from(
      { length: k < 8 ? 1 : 2 + Math.floor(random() * 4) },
      () => lately[Math.floor(random() * lately.length)] as number,
    )
    repairs.push(
      [...new Set(some)].map((request) => ({
        request,
        notBeforeUs: between(random, loUs[request] as number, hiUs[request] as number),
      })),
    )
  }
  return repairs
}

/** What one limiter counted before a conflict, and how to change that. */
class LookBack {
  private readonly play: Play
  private readonly conflict: Conflict
  private readonly limiter: number
  private readonly played: PlayedLimiter
  private readonly random: () => number
  private readonly isBucket: boolean
  /** Those counted, the latest first. */
  private readonly counted: number[] = []

  constructor(play: Play, conflict: Conflict, limiter: number, random: () => number) {
    this.play = play
    this.conflict = conflict
    this.limiter = limiter
    this.random = random
    this.played = play.limiters[limiter] as PlayedLimiter
    this.isBucket = isBucket(this.played.hypothesis.algorithm)
    const sinceUs = conflict.untilUs - windowsBack * this.played.hypothesis.windowUs
    for (let k = play.order.length - 1; k >= 0 && this.counted.length < mostLookedAt; k--) {
      const i = play.order[k] as number
      if ((play.atUs[i] as number) < sinceUs) break
      if (((play.countedBy[k] as number) >> limiter) & 1) this.counted.push(i)
    }
    // It is gone through several times.
    play.work += 8 * this.counted.length
  }

  /** The limiter has to be emptier. */
  forRoom(): Repair[] {
    const { play, conflict, random } = this
    const { loUs, hiUs, outcome } = play.requests
    const { request, untilUs } = conflict
    const sentUs = loUs[request] as number
    const repairs: Repair[] = []
    const after: number[] = []
    for (const y of this.counted) {
      if ((play.atUs[y] as number) < sentUs - play.requests.longestUs) break
      if ((hiUs[y] as number) > Math.max(sentUs, play.atUs[y] as number)) after.push(y)
    }
    // Those that can wait longest first.
    after.sort((a, b) => (hiUs[b] as number) - (hiUs[a] as number))
    for (const y of after.slice(0, 12)) {
      const at = play.atUs[y] as number
      const hi = hiUs[y] as number
      if (outcome[y] === Outcome.accepted) {
        repairs.push([{ request: y, notBeforeUs: Math.min(hi, Math.max(at + 1, sentUs)) }])
      } else if (play.patient[y] !== Waits.untilUncounted)
        repairs.push([{ request: y, notBeforeUs: loUs[y] as number, patient: Waits.untilUncounted }])
      repairs.push([{ request: y, notBeforeUs: Math.min(hi, untilUs) }])
      repairs.push([{ request: y, notBeforeUs: between(random, Math.max(at + 1, sentUs), hi) }])
    }
    repairs.push(...this.begunEarlier())
    repairs.push(...this.recounted(true))
    for (const us of this.edgesUs()) {
      const early = this.counted.filter(
        (y) =>
          (play.atUs[y] as number) >= us &&
          (loUs[y] as number) < us &&
          (play.notBeforeUs[y] as number) > (loUs[y] as number),
      )
      for (const m of [1, 2, early.length]) {
        if (m <= early.length && m > 0) {
          repairs.push(early.slice(-m).map((y) => ({ request: y, notBeforeUs: loUs[y] as number })))
        }
      }
      if (early.length > 1) {
        const y = early[Math.floor(random() * early.length)] as number
        repairs.push([{ request: y, notBeforeUs: loUs[y] as number }])
      }
    }
    for (const y of this.counted.filter((i) => outcome[i] === Outcome.unknown).slice(0, 8)) {
      repairs.push([{ request: y, notBeforeUs: Number.POSITIVE_INFINITY }])
    }
    return repairs
  }

  /** The limiter has to be fuller. */
  forUse(): Repair[] {
    const { play, conflict, random } = this
    const { loUs, hiUs, cost } = play.requests
    const { request, untilUs } = conflict
    const missing = Math.max(1, play.states.unitsToSpare(this.limiter, untilUs, cost[request] as number))
    const repairs: Repair[] = []
    const held = play.waiting.filter(
      (y) =>
        (play.notBeforeUs[y] as number) > (loUs[y] as number) &&
        (loUs[y] as number) <= untilUs &&
        play.requests.meets[y]?.includes(this.limiter),
    )
    const release = (of: readonly number[]) =>
      repairs.push(of.map((y) => ({ request: y, notBeforeUs: loUs[y] as number })))
    if (held.length > 0) release(held.slice(0, missing))
    if (held.length > missing) release(held)
    const patient = play.waiting.filter(
      (y) => play.patient[y] === Waits.untilUncounted && play.requests.meets[y]?.includes(this.limiter),
    )
    if (patient.length > 0) {
      repairs.push(
        patient
          .slice(0, missing)
          .map((y) => ({ request: y, notBeforeUs: play.notBeforeUs[y] as number, patient: 0 })),
      )
      repairs.push(
        [
          { request: patient[Math.floor(random() * patient.length)] as number, notBeforeUs: 0, patient: 0 },
        ].map((r) => ({ ...r, notBeforeUs: play.notBeforeUs[r.request] as number })),
      )
    }
    for (const us of this.isBucket ? this.idleUntilUs() : this.edgesUs()) {
      // The latest first: they have to be moved least.
      const late = this.counted.filter((y) => (play.atUs[y] as number) < us && (hiUs[y] as number) >= us)
      if (late.length === 0) continue
      const move = (of: readonly number[]) => repairs.push(of.map((y) => ({ request: y, notBeforeUs: us })))
      if (this.isBucket) {
        move(late)
        continue
      }
      move(late.slice(0, missing))
      if (late.length > missing) {
        move([...late].sort((a, b) => (hiUs[b] as number) - (hiUs[a] as number)).slice(0, missing))
        move(
          late
            .map((y) => ({ y, r: random() }))
            .sort((a, b) => a.r - b.r)
            .slice(0, missing)
            .map(({ y }) => y),
        )
        move(late.slice(0, 2 * missing))
      }
    }
    repairs.push(...this.recounted(false))
    const unknown: number[] = []
    for (const i of play.requests.unknown) {
      if (play.notBeforeUs[i] !== Number.POSITIVE_INFINITY) continue
      if ((loUs[i] as number) > untilUs || (hiUs[i] as number) < untilUs - this.played.hypothesis.windowUs)
        continue
      if (play.requests.meets[i]?.includes(this.limiter)) unknown.push(i)
    }
    for (const y of unknown.slice(-8)) {
      const from = Math.max(loUs[y] as number, untilUs - this.played.hypothesis.windowUs + 1)
      repairs.push([{ request: y, notBeforeUs: between(random, from, Math.min(hiUs[y] as number, untilUs)) }])
    }
    return repairs
  }

  /** Where a bucket was left alone for longer than need be, so that it is fuller of tokens by what is lacking; nothing else is. */
  private begunEarlier(): Repair[] {
    const { play, conflict } = this
    const { loUs, longestUs } = play.requests
    const repairs: Repair[] = []
    for (const place of (play.foundIdle[this.limiter] as number[]).slice(-4).reverse()) {
      const beganUs = play.atUs[play.order[place] as number] as number
      const repair: Repair = []
      for (let k = place; k < play.order.length; k++) {
        const y = play.order[k] as number
        if ((play.atUs[y] as number) > beganUs + longestUs) break
        const notBeforeUs = Math.max(loUs[y] as number, beganUs - conflict.byUs)
        if ((play.notBeforeUs[y] as number) > notBeforeUs) repair.push({ request: y, notBeforeUs })
      }
      if (repair.length > 0) repairs.push(repair)
    }
    return repairs
  }

  /** Refused requests that the limiter counted, or did not, and at another instant perhaps would not have, or would. */
  private recounted(counted: boolean): Repair[] {
    const { play, limiter, random } = this
    const { limitedRequests, chargedWhenRefused } = this.played.hypothesis
    if (limitedRequests === 'free' && chargedWhenRefused === 'free') return []
    const { loUs, hiUs, outcome, meets } = play.requests
    const some: number[] = []
    const from = Math.max(0, play.order.length - mostLookedAt)
    for (let k = play.order.length - 1; k >= from; k--) {
      const i = play.order[k] as number
      if (
        outcome[i] !== Outcome.limited ||
        ((((play.countedBy[k] as number) >> limiter) & 1) === 1) !== counted
      )
        continue
      if (meets[i]?.includes(limiter)) some.push(i)
    }
    const repairs: Repair[] = []
    if (!counted && chargedWhenRefused !== 'free') {
      const eager = some.filter((i) => play.patient[i] !== Waits.untilCounted).slice(0, 32)
      const wait = (of: readonly number[]) =>
        repairs.push(
          of.map((y) => ({ request: y, notBeforeUs: loUs[y] as number, patient: Waits.untilCounted })),
        )
      for (const many of [1, 4, 32]) if (eager.length >= many) wait(eager.slice(0, many))
      for (let k = 0; k < 4 && eager.length > 0; k++)
        wait([eager[Math.floor(random() * eager.length)] as number])
    }
    for (let k = 0; k < 12 && some.length > 0; k++) {
      const request = some[Math.floor(random() * Math.min(some.length, 2 ** k))] as number
      const lo = loUs[request] as number
      const notBeforeUs = k % 3 === 0 ? lo : between(random, lo, hiUs[request] as number)
      repairs.push([{ request, notBeforeUs, patient: counted ? Number(k % 3 < 2) : 0 }])
    }
    return repairs
  }

  /** Instants around which it matters whether something is decided before or after: what counts changes there. */
  private edgesUs(): number[] {
    const { play, conflict, played } = this
    const { hypothesis, startUs } = played
    const { windowUs, algorithm } = hypothesis
    const { request, untilUs } = conflict
    const sentUs = play.requests.loUs[request] as number
    if (algorithm === 'fixed-window' || algorithm === 'sliding-counter') {
      const start = untilUs - modulo(untilUs - (startUs ?? 0), windowUs)
      const edges = [start, start - windowUs]
      if (start > sentUs) edges.unshift(start - windowUs)
      if (algorithm === 'sliding-counter') edges.push(start - 2 * windowUs)
      return [...new Set(edges)]
    }
    if (algorithm === 'first-hit-window') {
      const { startUs: opened } = play.states.of(this.limiter) as { startUs: number }
      return [opened, untilUs - windowUs + 1, sentUs - windowUs + 1, opened + 1].filter(Number.isFinite)
    }
    if (algorithm === 'sliding-log') {
      const edges = [untilUs - windowUs + 1, sentUs - windowUs + 1]
      const lately = this.counted.findIndex((y) => (play.atUs[y] as number) < sentUs)
      for (const y of this.counted.slice(0, Math.max(0, Math.min(lately, 4))))
        edges.push((play.atUs[y] as number) - windowUs + 1)
      edges.push(untilUs - 2 * windowUs + 1, sentUs - 2 * windowUs + 1)
      return [...new Set(edges)]
    }
    // A bucket is emptied by what is counted, whenever that is: here any instant is as good as another.
    return [untilUs, sentUs, sentUs - play.requests.longestUs]
  }

  /** Instants until which a bucket that is full of tokens may have been left alone, so that it is emptier later. */
  private idleUntilUs(): number[] {
    const { play, random } = this
    const { hiUs } = play.requests
    const found = (play.foundIdle[this.limiter] as number[]).slice(-4).reverse()
    const instants: number[] = []
    const { request, untilUs } = this.conflict
    const lackingUs =
      play.states.openSinceUs(this.limiter, untilUs, play.requests.cost[request] as number) + 1
    for (const place of found) {
      const first = play.order[place] as number
      const at = play.atUs[first] as number
      const hi = hiUs[first] as number
      if (lackingUs > 0) instants.push(at + lackingUs)
      instants.push(
        hi,
        between(random, at + 1, hi),
        between(random, at + 1, hi + (hi - at)),
        Math.floor((at + hi) / 2),
      )
    }
    for (let k = 0; k < 6 && this.counted.length > 0; k++) {
      const y = this.counted[Math.floor(random() * this.counted.length)] as number
      instants.push(between(random, (play.atUs[y] as number) + 1, hiUs[y] as number))
    }
    return instants
  }
}

function between(random: () => number, from: number, to: number): number {
  return to <= from ? to : from + Math.floor(random() * (to - from + 1))
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus
}
