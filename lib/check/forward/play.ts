import { Outcome } from '../../history/history.ts'
import { type Conflict, conflictOf } from './conflict.ts'
import { PlayedStates } from './played-states.ts'
import { type PlayedLimiter, type PlayedRequests, Waits } from './requests.ts'

/** Where a play can be taken up again. */
interface Mark {
  decided: number
  nowUs: number
  next: number
  waiting: number[]
  states: unknown[]
}

/** So many decisions lie between two marks. */
const markEvery = 64

/**
 * Plays a component's limiters forward in time, deciding each request as soon as its answer can be given,
 * those whose time is over first before others. Nothing is looked up ahead: a request is held back only by
 * the instant in `notBeforeUs`, and what goes wrong is put right by changing those and playing again from
 * there.
 */
export class Play {
  readonly requests: PlayedRequests
  /** What the limiters have counted by now. */
  readonly states: PlayedStates
  /** The instant from which on each request may be decided; Infinity for an unknown one never counted. */
  readonly notBeforeUs: Float64Array
  /** For each refused request, one of `Waits`. */
  readonly patient: Uint8Array
  /** When each was decided; NaN where it has not been. */
  readonly atUs: Float64Array
  /** Those decided, in this order. */
  readonly order: number[] = []
  /** For each decision, the limiters that it was counted by: a bit for each. */
  readonly countedBy: number[] = []
  /** For each bucket, the decisions (places in the order) that found it full of tokens. */
  readonly foundIdle: number[][]
  waiting: number[] = []
  nowUs: number
  /** The first request that has not been sent yet. */
  next = 0
  private readonly marks: Mark[] = []
  /** What has been looked at so far: a measure of the work, the same on every machine. */
  work = 0

  constructor(requests: PlayedRequests, limiters: readonly PlayedLimiter[]) {
    this.requests = requests
    const n = requests.rows.length
    this.notBeforeUs = requests.loUs.slice()
    for (let i = 0; i < n; i++) if (requests.outcome[i] === Outcome.unknown) this.notBeforeUs[i] = Infinity
    this.patient = new Uint8Array(n)
    this.atUs = new Float64Array(n).fill(Number.NaN)
    this.nowUs = (requests.loUs[0] ?? 0) - 1
    this.states = new PlayedStates(requests, limiters, this.nowUs)
    this.foundIdle = limiters.map(() => [])
    this.mark()
    this.work = n
  }

  get limiters(): readonly PlayedLimiter[] {
    return this.states.limiters
  }

  /** Goes on until all are decided that are to be, or one cannot be. */
  run(): Conflict | undefined {
    const { loUs, hiUs, rows } = this.requests
    const n = rows.length
    for (;;) {
      while (this.next < n && (loUs[this.next] as number) <= this.nowUs) this.await(this.next++)
      this.decideWhatCanBe()
      this.work += 1 + this.waiting.length
      let soonestUs = this.next < n ? (loUs[this.next] as number) : Number.POSITIVE_INFINITY
      for (const i of this.waiting) {
        const us = this.nextChanceUs(i)
        if (us > (hiUs[i] as number)) return conflictOf(this, i)
        if (us < soonestUs) soonestUs = us
      }
      if (soonestUs === Number.POSITIVE_INFINITY) return undefined
      this.nowUs = soonestUs
    }
  }

  /** Takes back everything from an instant on. */
  rewind(toUs: number): void {
    while (this.marks.length > 1 && (this.marks.at(-1) as Mark).nowUs >= toUs) this.marks.pop()
    const { decided, nowUs, next, waiting, states } = this.marks.at(-1) as Mark
    this.work += this.order.length - decided
    for (let k = decided; k < this.order.length; k++) this.atUs[this.order[k] as number] = Number.NaN
    this.order.length = decided
    this.countedBy.length = decided
    for (const found of this.foundIdle) while ((found.at(-1) ?? -1) >= decided) found.pop()
    this.nowUs = nowUs
    this.next = next
    this.waiting = waiting.slice()
    this.states.set(this.limiters, states, nowUs)
  }

  private opens(limiter: number, cost: number): number {
    return this.states.opens(limiter, cost, this.nowUs)
  }

  /** The waiting are kept by the end of their time, those to be let through before those to be refused. */
  private await(i: number): void {
    const { hiUs, outcome } = this.requests
    const { waiting } = this
    if (this.notBeforeUs[i] === Number.POSITIVE_INFINITY) return
    const refused = Number(outcome[i] === Outcome.limited)
    const goesBefore = (other: number) => {
      const otherRefused = Number(outcome[other] === Outcome.limited)
      return refused === otherRefused ? (hiUs[i] as number) < (hiUs[other] as number) : refused < otherRefused
    }
    let place = waiting.length
    while (place > 0 && goesBefore(waiting[place - 1] as number)) place--
    waiting.splice(place, 0, i)
  }

  private decideWhatCanBe(): void {
    for (let again = true; again; ) {
      again = false
      let kept = 0
      const { waiting } = this
      for (let k = 0; k < waiting.length; k++) {
        const i = waiting[k] as number
        if ((this.notBeforeUs[i] as number) <= this.nowUs && this.decide(i)) again = true
        else waiting[kept++] = i
      }
      waiting.length = kept
      if (kept === 0) again = false
    }
    if (this.order.length - (this.marks.at(-1) as Mark).decided >= markEvery) this.mark()
  }

  /** Decides a request now, if its answer can be given now. */
  private decide(i: number): boolean {
    const { outcome, cost, blamed, meets } = this.requests
    const met = meets[i] as readonly number[]
    const c = cost[i] as number
    let refuser = -1
    for (const limiter of met) {
      if (this.opens(limiter, c) <= this.nowUs) continue
      refuser = limiter
      break
    }
    if (outcome[i] === Outcome.accepted && refuser >= 0) return false
    if (outcome[i] === Outcome.limited) {
      if (refuser < 0) return false
      if ((blamed[i] as number) >= 0 && blamed[i] !== refuser) return false
    }
    const counted = this.countingOf(i, refuser)
    if (refuser >= 0 && this.canWait(i, refuser, counted !== 0)) return false
    for (const limiter of met) {
      if (((counted >> limiter) & 1) === 0) continue
      if (this.states.count(limiter, c, this.nowUs)) this.foundIdle[limiter]?.push(this.order.length)
    }
    this.atUs[i] = this.nowUs
    this.order.push(i)
    this.countedBy.push(counted)
    return true
  }

  /** Is a request that could be refused now to wait, and can it? */
  private canWait(i: number, refuser: number, isCounted: boolean): boolean {
    if (this.patient[i] === Waits.untilUncounted)
      return isCounted && this.nowUs < this.lastChanceUs(i, refuser)
    return this.patient[i] === Waits.untilCounted && !isCounted && this.nextOpeningUs(i) !== undefined
  }

  /** Until when a refused request can wait, if nothing else is counted. */
  private lastChanceUs(i: number, refuser: number): number {
    const { cost, hiUs } = this.requests
    return Math.min(hiUs[i] as number, this.opens(refuser, cost[i] as number) - 1)
  }

  /**
   * The next instant at which one of the limiters that a refused request meets opens while another one
   * still refuses it, so that the one that has opened may count it; `undefined` where it has no time left
   * for that.
   */
  private nextOpeningUs(i: number): number | undefined {
    const { cost, hiUs, blamed, meets } = this.requests
    const c = cost[i] as number
    const refuser = blamed[i] as number
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (const limiter of meets[i] as readonly number[]) {
      const us = this.opens(limiter, c)
      if (refuser < 0 || limiter === refuser) last = Math.max(last, us)
      if (us <= this.nowUs) continue
      const { chargedWhenRefused } = (this.limiters[limiter] as PlayedLimiter).hypothesis
      if (chargedWhenRefused !== 'free') first = Math.min(first, us)
    }
    return first < last && first <= (hiUs[i] as number) ? first : undefined
  }

  /** The limiters that would count a request now: a bit for each. */
  private countingOf(i: number, refuser: number): number {
    const { cost, meets } = this.requests
    const c = cost[i] as number
    let counted = 0
    let before = true
    for (const limiter of meets[i] as readonly number[]) {
      if (limiter === refuser) before = false
      const { hypothesis } = this.limiters[limiter] as PlayedLimiter
      const full = refuser >= 0 && !before && this.opens(limiter, c) > this.nowUs
      const counts =
        refuser < 0 ||
        (full
          ? hypothesis.limitedRequests === 'counted'
          : hypothesis.chargedWhenRefused === 'counted' ||
            (hypothesis.chargedWhenRefused === 'earlier' && before))
      if (counts) counted |= 1 << limiter
    }
    return counted
  }

  /** The next instant at which a waiting request may be decided if nothing else is; Infinity if never. */
  private nextChanceUs(i: number): number {
    const { outcome, cost, hiUs, blamed, meets } = this.requests
    const fromUs = this.notBeforeUs[i] as number
    if (fromUs > this.nowUs) return fromUs
    const c = cost[i] as number
    let us = this.nowUs
    if (outcome[i] === Outcome.accepted) {
      for (const limiter of meets[i] as readonly number[]) us = Math.max(us, this.opens(limiter, c))
      return us > this.nowUs ? us : this.nowUs + 1
    }
    if (this.nowUs >= (hiUs[i] as number)) return Number.POSITIVE_INFINITY
    if ((blamed[i] as number) >= 0) {
      for (const limiter of meets[i] as readonly number[]) {
        if (limiter === blamed[i]) break
        us = Math.max(us, this.opens(limiter, c))
      }
      if (us > this.nowUs) return Math.min(us, hiUs[i] as number)
    }
    if (this.patient[i] === Waits.untilCounted) {
      const us = this.nextOpeningUs(i)
      if (us !== undefined) return us
    }
    if (this.patient[i] === Waits.untilUncounted) {
      const refuser = (meets[i] as readonly number[]).find((limiter) => this.opens(limiter, c) > this.nowUs)
      if (refuser !== undefined) {
        const lastUs = this.lastChanceUs(i, refuser)
        if (lastUs > this.nowUs) return lastUs
      }
    }
    return hiUs[i] as number
  }

  private mark(): void {
    this.marks.push({
      decided: this.order.length,
      nowUs: this.nowUs,
      next: this.next,
      waiting: this.waiting.slice(),
      states: this.states.copy(),
    })
  }
}
