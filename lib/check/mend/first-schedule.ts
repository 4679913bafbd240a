import { Outcome } from '../../history/history.ts'
import { Use } from '../evidence/evidence.ts'
import type { PlayedRequests } from '../forward/requests.ts'
import type { ScheduledLog } from './log-schedule.ts'

/**
 * An instant for each request from which mending begins: as early as its answer can be given, those whose time is over
 * first before others. What cannot be had in time is decided at the end of its time.
 */
export function firstSchedule(requests: PlayedRequests, logs: readonly ScheduledLog[]): Float64Array {
  const { loUs, hiUs, outcome, meets, blamed } = requests
  const n = outcome.length
  const atUs = Float64Array.from(loUs, (us, i) => (outcome[i] === Outcome.unknown ? Number.NaN : us))
  const counted = logs.map((): number[] => [])
  const opensUs = (log: number) => {
    const { limit, windowUs } = logs[log] as ScheduledLog
    const times = counted[log] as number[]
    return (times[times.length - limit] ?? Number.NEGATIVE_INFINITY) + windowUs
  }
  const counts = (i: number, log: number) => logs[log]?.use[i] === Use.surely
  const isAnswered = (i: number, nowUs: number) => {
    const met = meets[i] as readonly number[]
    if (outcome[i] === Outcome.accepted) return met.every((log) => opensUs(log) <= nowUs)
    const refuser = met.find((log) => opensUs(log) > nowUs)
    return refuser !== undefined && ((blamed[i] as number) < 0 || blamed[i] === refuser)
  }
  /** By the end of their time. */
  let waiting: number[] = []
  let next = 0
  let nowUs = loUs[0] ?? 0
  for (;;) {
    for (; next < n && (loUs[next] as number) <= nowUs; next++) {
      const i = next
      if (outcome[i] === Outcome.unknown || !(meets[i] as readonly number[]).some((log) => counts(i, log)))
        continue
      const place = waiting.findIndex((other) => (hiUs[other] as number) > (hiUs[i] as number))
      waiting.splice(place < 0 ? waiting.length : place, 0, i)
    }
    waiting = waiting.filter((i) => {
      if (!isAnswered(i, nowUs) && (hiUs[i] as number) > nowUs) return true
      atUs[i] = nowUs
      for (const log of meets[i] as readonly number[]) if (counts(i, log)) counted[log]?.push(nowUs)
      return false
    })
    let soonestUs = next < n ? (loUs[next] as number) : Number.POSITIVE_INFINITY
    for (const i of waiting) {
      let us = hiUs[i] as number
      const opening = (meets[i] as readonly number[]).reduce(
        (latest, log) => Math.max(latest, opensUs(log)),
        0,
      )
      if (outcome[i] === Outcome.accepted && opening < us) us = opening
      soonestUs = Math.min(soonestUs, Math.max(us, nowUs + 1))
    }
    if (soonestUs === Number.POSITIVE_INFINITY) return atUs
    nowUs = soonestUs
  }
}
