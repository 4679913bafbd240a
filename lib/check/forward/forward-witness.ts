import { Outcome } from '../../history/history.ts'
import { seededRandom } from '../../simulate/random.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAtLeast } from '../evidence/search.ts'
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
  /** How often in a row to play again, in vain, only what led to where it is stuck. */
  again: number
}

/** Limiters are told by bits. */
const mostLimiters = 30

/** So often the start of some limiter's window is chosen anew. */
const mostMoves = 20

/**
 * Where a play is stuck, the last window is played again first, and twice as much after every so many times.
 * One that leads further by such a share of a window counts as a success.
 */
const timesEach = 8
const successWindows = 0.5

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
  // A long history has many hard places: who begins again at its beginning has to pass all of them at once.
  const windowUs = Math.max(...assumed.map(({ hypothesis }) => hypothesis.windowUs))
  let inVain = 0
  while (played.stuckAt && inVain < patience.again && allowance.left > 0) {
    const { furthestUs } = played
    const fromUs = furthestUs - windowUs * 2 ** Math.floor(inVain / timesEach)
    const kept = { notBeforeUs: play.notBeforeUs.slice(), patient: play.patient.slice() }
    const before = play.work
    play.rewind(fromUs)
    begin(play, requests, beginnings[(inVain + 1) % beginnings.length] as (typeof beginnings)[number], fromUs)
    const again = playThrough(play, refusersOf, random, patience.inVain.rest, before + allowance.left)
    allowance.left -= play.work - before
    inVain = again.furthestUs > furthestUs + successWindows * windowUs ? 0 : inVain + 1
    if (again.furthestUs > furthestUs) played = again
    else {
      play.notBeforeUs.set(kept.notBeforeUs)
      play.patient.set(kept.patient)
      play.rewind(fromUs)
    }
  }
  if (played.stuckAt) return undefined
  return component.witness(play.order, play.atUs, starts)
}

/** How far instants are from one another, on average. */
function apart(startsUs: readonly number[]): number {
  return ((startsUs.at(-1) ?? 0) - (startsUs[0] ?? 0)) / Math.max(1, startsUs.length - 1)
}

/** Has all that is sent from an instant on begin anew. */
function begin(
  play: Play,
  requests: PlayedRequests,
  { share, patient }: (typeof beginnings)[number],
  fromUs = Number.NEGATIVE_INFINITY,
): void {
  const { loUs, hiUs, outcome } = requests
  for (let i = firstAtLeast(loUs, fromUs); i < outcome.length; i++) {
    if (outcome[i] === Outcome.unknown) {
      play.notBeforeUs[i] = Number.POSITIVE_INFINITY
      continue
    }
    const lo = loUs[i] as number
    play.notBeforeUs[i] = lo + Math.floor(share * ((hiUs[i] as number) - lo))
    play.patient[i] = patient
  }
}
