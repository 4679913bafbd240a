import { Outcome } from '../../history/history.ts'
import { firstAbove } from '../evidence/search.ts'
import type { LogSchedule } from './log-schedule.ts'
import type { TimedLog } from './timed-log.ts'

/** Requests that are to be decided at other instants. */
export type Move = readonly { request: number; toUs: number }[]

/** So many requests on either side of an instant are thought of, and so many instants of a refusal. */
const mostBeside = 6
const mostInstants = 6
/** A log that lacks more than so many is not filled up by one move. */
const mostLacking = 40

/** What may put a violated request right: others that count before it no longer do, or some more do, or it is itself moved. */
export function movesFor(schedule: LogSchedule, i: number, random: () => number): Move[] {
  const { requests, atUs } = schedule
  return requests.outcome[i] === Outcome.accepted
    ? forRoom(schedule, i, atUs[i] as number, random)
    : forRefusal(schedule, i, random)
}

function forRoom(schedule: LogSchedule, i: number, us: number, random: () => number): Move[] {
  const { meets, loUs, hiUs } = schedule.requests
  const [lo, hi] = [loUs[i] as number, hiUs[i] as number]
  const moves: Move[] = []
  let opensUs = lo
  for (const log of meets[i] as readonly number[]) {
    const of = schedule.logs[log] as TimedLog
    const place = schedule.placeIn(log, i, us)
    if (!of.isFullAt(place, us)) continue
    opensUs = Math.max(opensUs, (of.times[place - of.limit] as number) + of.windowUs)
    moves.push(...emptier(schedule, log, i, place, us))
  }
  if (opensUs <= hi) moves.push([{ request: i, toUs: opensUs }])
  moves.push([{ request: i, toUs: lo }], [{ request: i, toUs: lo + Math.floor(random() * (hi - lo + 1)) }])
  return moves
}

/** One fewer is counted by a log at an instant: it is forgotten by then, or comes later. */
function emptier(schedule: LogSchedule, log: number, i: number, place: number, us: number): Move[] {
  const { loUs, hiUs, longestUs } = schedule.requests
  const { users, times, limit, windowUs } = schedule.logs[log] as TimedLog
  const moves: Move[] = []
  const edgeUs = us - windowUs
  for (let k = Math.max(0, place - limit), found = 0; k < place && found < mostBeside; k++) {
    if ((times[k] as number) > edgeUs + longestUs) break
    const request = users[k] as number
    if ((loUs[request] as number) > edgeUs || (times[k] as number) <= edgeUs) continue
    moves.push([{ request, toUs: edgeUs }])
    found++
  }
  for (let k = place - 1, found = 0; k >= 0 && found < mostBeside; k--) {
    if ((times[k] as number) < us - longestUs) break
    const request = users[k] as number
    if (request === i || (hiUs[request] as number) <= us) continue
    moves.push([{ request, toUs: us + 1 }])
    found++
  }
  return moves
}

function forRefusal(schedule: LogSchedule, i: number, random: () => number): Move[] {
  const { requests, atUs, logs } = schedule
  const { meets, blamed, loUs, hiUs } = requests
  const met = meets[i] as readonly number[]
  const named = blamed[i] as number
  const moves: Move[] = []
  const instants = schedule.isUser(i) ? [atUs[i] as number] : schedule.instants(i)
  for (const refuser of named >= 0 ? [named] : met) {
    const { limit, windowUs, times } = logs[refuser] as TimedLog
    const lackingAt = (us: number) => {
      const place = schedule.placeIn(refuser, i, us)
      const from = firstAbove(times, us - windowUs)
      return limit - (place - from)
    }
    const likely = instants
      .map((us) => ({ us, lacking: lackingAt(us), chance: random() }))
      .sort((a, b) => a.lacking - b.lacking || a.chance - b.chance)
      .slice(0, mostInstants)
    for (const { us, lacking } of likely) {
      if (lacking > mostLacking) continue
      if (lacking > 0) moves.push(...fuller(schedule, refuser, us, lacking, random))
      for (const log of named < 0 ? [] : met.slice(0, met.indexOf(named))) {
        if (schedule.isFull(log, i, us))
          moves.push(...emptier(schedule, log, i, schedule.placeIn(log, i, us), us))
      }
    }
  }
  if (schedule.isUser(i)) {
    const [lo, hi] = [loUs[i] as number, hiUs[i] as number]
    const others = schedule.instants(i).filter((us) => us !== atUs[i])
    for (let k = 0; k < mostBeside && others.length > 0; k++)
      moves.push([{ request: i, toUs: others[Math.floor(random() * others.length)] as number }])
    moves.push([{ request: i, toUs: hi }], [{ request: i, toUs: lo + Math.floor(random() * (hi - lo + 1)) }])
  }
  return moves
}

/** So many more are counted by a log at an instant: those that it had forgotten come later, or those after it earlier. */
function fuller(
  schedule: LogSchedule,
  log: number,
  us: number,
  lacking: number,
  random: () => number,
): Move[] {
  const { loUs, hiUs, longestUs } = schedule.requests
  const { users, times, windowUs } = schedule.logs[log] as TimedLog
  const edgeUs = us - windowUs + 1
  const forgotten: number[] = []
  for (let k = firstAbove(times, edgeUs - 1) - 1; k >= 0; k--) {
    if ((times[k] as number) < edgeUs - longestUs) break
    const request = users[k] as number
    if ((hiUs[request] as number) >= edgeUs) forgotten.push(request)
  }
  const coming: number[] = []
  for (let k = firstAbove(times, us); k < times.length; k++) {
    if ((times[k] as number) > us + longestUs) break
    const request = users[k] as number
    if ((loUs[request] as number) <= us) coming.push(request)
  }
  const moves: Move[] = []
  const patient = forgotten.toSorted((a, b) => (hiUs[b] as number) - (hiUs[a] as number))
  const later = (of: readonly number[]) => of.map((request) => ({ request, toUs: edgeUs }))
  const sooner = (of: readonly number[]) => of.map((request) => ({ request, toUs: us }))
  const drawn = (of: readonly number[]) =>
    of
      .map((request) => ({ request, r: random() }))
      .sort((a, b) => a.r - b.r)
      .map(({ request }) => request)
  for (let first = 0; first < 3 && first + lacking <= forgotten.length; first++)
    moves.push(later(forgotten.slice(first, first + lacking)))
  for (let first = 0; first < 3 && first + lacking <= coming.length; first++)
    moves.push(sooner(coming.slice(first, first + lacking)))
  if (forgotten.length > lacking)
    moves.push(later(patient.slice(0, lacking)), later(drawn(forgotten).slice(0, lacking)))
  if (coming.length > lacking) moves.push(sooner(drawn(coming).slice(0, lacking)))
  const fewer = Math.floor(lacking / 2)
  for (const left of lacking > 1 ? [fewer, forgotten.length] : []) {
    const right = lacking - left
    if (left > 0 && left <= forgotten.length && right > 0 && right <= coming.length)
      moves.push([...later(forgotten.slice(0, left)), ...sooner(coming.slice(0, right))])
  }
  return moves
}
