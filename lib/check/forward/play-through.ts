import { Outcome } from '../../history/history.ts'
import type { Conflict } from './conflict.ts'
import type { Play } from './play.ts'
import { type Repair, repairsOf } from './repairs.ts'

/** How far a search went. */
export interface Played {
  /** Where it was given up; `undefined` where every request was decided. */
  stuckAt: Conflict | undefined
  /** Until when every answer could be given, at best. */
  furthestUs: number
}

/** So many repairs are tried on one conflict before something is upset. */
const mostTried = 40

/** The work of looking for repairs, at least. */
const aLook = 500

/** As many of them in order of their likelihood. */
const likeliest = 10

/**
 * Plays on until all requests are decided: where an answer cannot be given, what happened shortly before is
 * changed a little, and kept if it leads any further.
 * @param refusersOf the limiters that may have refused the request of a conflict.
 * @param mostInVain so many changes that lead no further than any before are made before it is given up.
 * @param mostWork the same of the work of the play.
 */
export function playThrough(
  play: Play,
  refusersOf: (conflict: Conflict) => readonly number[],
  random: () => number,
  mostInVain: number,
  mostWork: number,
): Played {
  let conflict = play.run()
  let furthestUs = Number.NEGATIVE_INFINITY
  let inVain = 0
  while (conflict) {
    if (conflict.untilUs > furthestUs) {
      furthestUs = conflict.untilUs
      inVain = 0
    }
    if (inVain >= mostInVain || play.work >= mostWork) return { stuckAt: conflict, furthestUs }
    play.work += aLook
    const repairs = repairsOf(play, conflict, refusersOf(conflict), random)
    let next: Conflict | undefined = conflict
    let kept = false
    for (let tried = 0; tried < mostTried && !kept && inVain < mostInVain; tried++) {
      const place = tried < likeliest ? tried : Math.floor(random() * repairs.length)
      const back = apply(play, repairs[place] as Repair)
      next = play.run()
      const nearer = !next || isNearer(next, conflict)
      // Now and then one that leads no further, so as not to go round in circles.
      kept = nearer || random() < (next?.untilUs === conflict.untilUs ? 0.1 : 0.02)
      if (!nearer || (next && next.untilUs < furthestUs)) inVain++
      if (!kept) apply(play, back)
    }
    if (!kept) {
      apply(play, upset(play, conflict, random))
      next = play.run()
      inVain++
    }
    conflict = next
  }
  return { stuckAt: undefined, furthestUs: Number.POSITIVE_INFINITY }
}

function isNearer(next: Conflict, conflict: Conflict): boolean {
  if (next.untilUs !== conflict.untilUs) return next.untilUs > conflict.untilUs
  return next.request === conflict.request && next.lacks === conflict.lacks && next.byUs < conflict.byUs
}

/** Makes a repair and goes back to before it matters. Returns what takes it back. */
function apply(play: Play, repair: Repair): Repair {
  let backUs = Number.POSITIVE_INFINITY
  const before: Repair = []
  for (const { request, notBeforeUs, patient = play.patient[request] as number } of repair) {
    const wasUs = play.notBeforeUs[request] as number
    const wasPatient = play.patient[request] as number
    const atUs = play.atUs[request] as number
    before.push({ request, notBeforeUs: wasUs, patient: wasPatient })
    // What is never decided does not even wait, from when it was sent on.
    const unknown = play.requests.outcome[request] === Outcome.unknown
    if (unknown) backUs = Math.min(backUs, play.requests.loUs[request] as number)
    else if (patient !== wasPatient) backUs = Math.min(backUs, wasUs, notBeforeUs)
    else backUs = Math.min(backUs, notBeforeUs, Number.isNaN(atUs) ? wasUs : atUs)
    play.notBeforeUs[request] = notBeforeUs
    play.patient[request] = patient
  }
  play.rewind(backUs)
  return before
}

/** What was decided lately, at random instants of its time: a new start from a little before. */
function upset(play: Play, { untilUs }: Conflict, random: () => number): Repair {
  const { loUs, hiUs, outcome, longestUs } = play.requests
  const sinceUs = untilUs - longestUs * (1 + 30 * random() ** 3)
  const lean = random()
  const repair: Repair = []
  const move = (request: number) => {
    if (outcome[request] === Outcome.unknown || random() < 0.3) return
    const lo = loUs[request] as number
    const byUs = Math.floor(lean * random() * ((hiUs[request] as number) - lo))
    repair.push({ request, notBeforeUs: random() < 0.3 ? lo : lo + byUs })
  }
  for (let k = play.order.length - 1; k >= 0; k--) {
    const request = play.order[k] as number
    if ((play.atUs[request] as number) < sinceUs) break
    move(request)
  }
  for (const request of play.waiting) move(request)
  return repair
}
