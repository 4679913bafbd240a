import { Outcome } from '../../history/history.ts'
import { seededRandom } from '../../simulate/random.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Allowance } from '../order/allowance.ts'
import type { Witness } from '../replay/replay.ts'
import type { Conflict } from './conflict.ts'
import { Play } from './play.ts'
import { type Played, playThrough } from './play-through.ts'
import type { PlayedComponent } from './played-component.ts'
import { type PlayedRequests, playedLimiter, Waits } from './requests.ts'

/** One limiter of a component, with what is assumed of it and where its window may start. */
export interface ForwardAssumed {
  cell: Cell
  hypothesis: Hypothesis
  /** Fixed windows and sliding counters: instants to try as a window's start. Empty for the others. */
  startsUs: readonly number[]
}

/** How long to look. */
export interface Patience {
  /** How many starts of a window to try for each limiter. */
  starts: number
  /** Changes in vain while places for the windows are looked for, and once they have been found. */
  inVain: { starts: number; rest: number }
  /** How often to begin again. */
  attempts: number
}

/** Limiters are told by bits. */
const mostLimiters = 30

/** So often the start of some limiter's window is chosen anew. */
const mostMoves = 20

/** So often the place is sought between those given for it, half as far away each time. */
const mostNearer = 6

/** Ways to begin: where in its time each request is first tried, and whether refused ones wait. */
const beginnings = [
  { share: 0, patient: Waits.not },
  { share: 0, patient: Waits.untilCounted },
  { share: 0.5, patient: Waits.not },
  { share: 0, patient: Waits.untilUncounted },
  { share: 0.3, patient: Waits.untilUncounted },
  { share: 0.5, patient: Waits.untilUncounted },
  { share: 0.5, patient: Waits.untilCounted },
  { share: 0.2, patient: Waits.not },
] as const

/**
 * Looks for a witness forward in time: every request is decided as soon as it can be, and where that leads
 * to an answer that cannot be given, something before it is changed and the play taken up again from there.
 * What went well is kept, so the time that it takes grows with the history and not faster. What it returns
 * has been replayed through the plain models; that it returns nothing proves nothing. The same question
 * always has the same answer.
 * @param together instants to try first as a start of everybody's windows, ascending.
 */
export function witnessByPlaying(
  component: PlayedComponent,
  assumed: readonly ForwardAssumed[],
  together: readonly number[],
  patience: Patience,
  allowance: Allowance,
): Witness | undefined {
  if (assumed.length > mostLimiters || allowance.left <= 0) return undefined
  const { requests } = component
  const refusersOf = (conflict: Conflict) => component.refusersOf(conflict)
  const random = seededRandom(requests.rows.length)
  const starts = assumed.map(({ startsUs }) => startsUs[startsUs.length >> 1])
  const tryOut = (beginning: (typeof beginnings)[number], inVain: number): [Play, Played] => {
    const limiters = assumed.map(({ cell, hypothesis }, k) => playedLimiter(cell, hypothesis, starts[k]))
    const play = new Play(requests, limiters)
    begin(play, requests, beginning)
    const played = playThrough(play, refusersOf, random, inVain, allowance.left)
    allowance.left -= play.work
    return [play, played]
  }

  let [play, played] = tryOut(beginnings[0], patience.inVain.starts)
  const isBetter = (limiters: readonly number[], us: number): boolean => {
    const before = starts.slice()
    for (const limiter of limiters) starts[limiter] = us
    const [otherPlay, other] = tryOut(beginnings[0], patience.inVain.starts)
    if (other.furthestUs > played.furthestUs) {
      ;[play, played] = [otherPlay, other]
      return true
    }
    for (const limiter of limiters) starts[limiter] = before[limiter]
    return false
  }
  const nearer = (limiters: readonly number[], apartUs: number): boolean => {
    let found = false
    let stepUs = apartUs
    for (let k = 0; k < mostNearer && apartUs > 0 && played.stuckAt; k++) {
      stepUs = Math.floor(stepUs / 2)
      const best = starts[limiters[0] as number] as number
      if (isBetter(limiters, best + stepUs) || isBetter(limiters, best - stepUs)) found = true
    }
    return found
  }
  const all = assumed.flatMap(({ startsUs }, k) => (startsUs.length > 0 ? [k] : []))
  let shared = false
  for (const us of together) if (played.stuckAt && isBetter(all, us)) shared = true
  if (shared) nearer(all, apart(together))
  // The start of a window at which most can be explained, for the limiters that are in the way, in turn.
  for (let move = 0; move < mostMoves && played.stuckAt; move++) {
    const better = refusersOf(played.stuckAt).some((limiter) => {
      const { startsUs } = assumed[limiter] as ForwardAssumed
      let found = false
      for (const us of startsUs)
        if (played.stuckAt && us !== starts[limiter] && isBetter([limiter], us)) found = true
      // Between those, ever nearer to the best of them.
      return nearer([limiter], apart(startsUs)) || found
    })
    if (!better) break
  }
  for (let attempt = 0; attempt < patience.attempts && played.stuckAt; attempt++) {
    const beginning = beginnings[attempt % beginnings.length] as (typeof beginnings)[number]
    ;[play, played] = tryOut(beginning, patience.inVain.rest)
  }
  if (played.stuckAt) return undefined
  return component.witness(play.order, play.atUs, starts)
}

/** How far instants are from one another, on average. */
function apart(startsUs: readonly number[]): number {
  return ((startsUs.at(-1) ?? 0) - (startsUs[0] ?? 0)) / Math.max(1, startsUs.length - 1)
}

function begin(play: Play, requests: PlayedRequests, { share, patient }: (typeof beginnings)[number]): void {
  const { loUs, hiUs, outcome } = requests
  for (let i = 0; i < outcome.length; i++) {
    if (outcome[i] === Outcome.unknown) continue
    const lo = loUs[i] as number
    play.notBeforeUs[i] = lo + Math.floor(share * ((hiUs[i] as number) - lo))
    play.patient[i] = patient
  }
}
