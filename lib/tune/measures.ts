import type { Demand } from './demand.ts'
import { firstFrom } from './first-from.ts'

/** A stretch of time in which is counted what was let through for one value of a scope. */
export interface Stretch {
  /** Undefined for all requests together. */
  scope?: string
  spanMs: number
}

/** What a replay counts beside what each candidate lets through. */
export interface Measures {
  /** The most that was let through within any of these, for each day. */
  stretches: readonly Stretch[]
  /** For each of the demand's descriptors 1, if its refusals are counted apart. */
  quiet: Uint8Array
  /** Where in the demand days end, and the equal parts of its time that a timeline is drawn of. */
  periods: readonly Period[]
}

/** Rows `[from, to)` of a demand that lie in the same day and the same slice of time. */
export interface Period {
  from: number
  to: number
  /** Counted from 0: the day of the first request. */
  day: number
  /** Counted from 0. */
  slice: number
}

/** Nothing but the totals. */
export function noMeasures(demand: Demand): Measures {
  return {
    stretches: [],
    quiet: new Uint8Array(demand.descriptors.length),
    periods: [{ from: 0, to: demand.count, day: 0, slice: 0 }],
  }
}

/** When each period of a demand begins and how long slices are. */
export interface Calendar {
  /** Midnight (UTC) of the first day, in milliseconds since the Unix epoch. */
  firstDayMs: number
  /** From the first request's to the last one's, those without a request too. */
  days: number
  startMs: number
  sliceMs: number
  slices: number
  /** Requests in each slice. */
  asked: number[]
  periods: Period[]
}

const dayUs = 86_400_000_000

/**
 * Cuts a demand into days (UTC) and into so many slices of equal length.
 * @throws RangeError for a demand without requests: it has no days.
 */
export function calendarOf({ atUs, count }: Demand, slices: number): Calendar {
  if (count === 0) throw new RangeError('expected a demand with requests')
  const startUs = atUs[0] as number
  const lastUs = atUs[count - 1] as number
  const firstDay = Math.floor(startUs / dayUs)
  const sliceUs = Math.max(1, Math.ceil((lastUs - startUs + 1) / slices))
  const periods: Period[] = []
  const asked: number[] = new Array(slices).fill(0)
  for (let from = 0; from < count; ) {
    const at = atUs[from] as number
    const day = Math.floor(at / dayUs)
    const slice = Math.floor((at - startUs) / sliceUs)
    const endUs = Math.min((day + 1) * dayUs, startUs + (slice + 1) * sliceUs)
    const to = firstFrom(atUs, from, count, endUs)
    periods.push({ from, to, day: day - firstDay, slice })
    asked[slice] = (asked[slice] as number) + to - from
    from = to
  }
  return {
    firstDayMs: (firstDay * dayUs) / 1000,
    days: Math.floor(lastUs / dayUs) - firstDay + 1,
    startMs: startUs / 1000,
    sliceMs: sliceUs / 1000,
    slices,
    asked,
    periods,
  }
}
