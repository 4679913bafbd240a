import { Outcome } from '../../history/history.ts'
import type { Play } from './play.ts'

/** What stands in the way of going on: a request whose time is over before its answer can be given. */
export interface Conflict {
  request: number
  /** The limiter that keeps it from being decided; -1 where any that it meets may refuse it, and none is full. */
  limiter: number
  /** `room`: the limiter was too full to let it through; `use`: not full enough to refuse it. */
  lacks: 'room' | 'use'
  /** The end of the request's time. */
  untilUs: number
  /** How far from enough it is, in microseconds: less is nearer to being put right. */
  byUs: number
}

/** Why a request whose time is over, as things stand in a play, cannot have had its answer. */
export function conflictOf({ requests, states, nowUs }: Play, request: number): Conflict {
  const { outcome, cost, hiUs, blamed, meets } = requests
  const untilUs = hiUs[request] as number
  const met = meets[request] as readonly number[]
  const c = cost[request] as number
  const named = blamed[request] as number
  const opens = (limiter: number) => states.opens(limiter, c, nowUs)
  const lacksRoom = (limiter: number): Conflict => {
    return { request, limiter, lacks: 'room', untilUs, byUs: opens(limiter) - untilUs }
  }
  const shut = met.filter((limiter) => opens(limiter) > untilUs)
  if (outcome[request] !== Outcome.limited) {
    return lacksRoom(shut.reduce((a, b) => (opens(b) > opens(a) ? b : a), shut[0] ?? (met[0] as number)))
  }
  if (named < 0) {
    const byUs = Math.min(...met.map((limiter) => states.openSinceUs(limiter, untilUs, c)))
    return { request, limiter: -1, lacks: 'use', untilUs, byUs }
  }
  const before = met.slice(0, met.indexOf(named)).find((limiter) => shut.includes(limiter))
  if (before !== undefined) return lacksRoom(before)
  return { request, limiter: named, lacks: 'use', untilUs, byUs: states.openSinceUs(named, untilUs, c) }
}
