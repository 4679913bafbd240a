import { type DayOfWeek, daysOfWeek, type QuietHours } from './quiet-hours-schema.ts'

/** How a time of work goes with quiet hours. Instants are Unix milliseconds. */
export type Quiet =
  /** Nothing of it falls into them. */
  | { clear: true }
  | {
      clear: false
      /** The hours that it meets first, and when these begin and end. */
      hours: QuietHours
      fromMs: number
      toMs: number
      /** From when it would fit in; `undefined` where it does not within two weeks. */
      mayBeginMs: number | undefined
    }

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Whoever finds no time within so long has hours that leave none. */
const searchMs = 15 * dayMs

/**
 * Would work that begins at an instant and lasts for so long fall into quiet hours? Pure. Where clocks
 * change, hours that begin or end at a time that comes twice, or never, are taken at their longest.
 */
export function quietDuring(all: readonly QuietHours[], beginMs: number, durationMs: number): Quiet {
  const met = firstMet(all, beginMs, durationMs)
  if (!met) return { clear: true }
  let mayBeginMs = beginMs
  for (let next: Span | undefined = met; next; next = firstMet(all, mayBeginMs, durationMs)) {
    mayBeginMs = next.toMs
    if (mayBeginMs > beginMs + searchMs) return { clear: false, ...met, mayBeginMs: undefined }
  }
  return { clear: false, ...met, mayBeginMs }
}

interface Span {
  hours: QuietHours
  fromMs: number
  toMs: number
}

function firstMet(all: readonly QuietHours[], beginMs: number, durationMs: number): Span | undefined {
  return all
    .flatMap((hours) => spans(hours, beginMs, durationMs))
    .filter(({ fromMs, toMs }) => fromMs < beginMs + Math.max(1, durationMs) && toMs > beginMs)
    .sort((a, b) => a.fromMs - b.fromMs)[0]
}

/** When these hours are, on every day that may matter. */
function spans(hours: QuietHours, beginMs: number, durationMs: number): Span[] {
  const { from, to, timezone, days } = hours
  const wallMs = (instantMs: number) => instantMs + offsetMs(timezone, instantMs)
  const firstDay = Math.floor(wallMs(beginMs) / dayMs) - 2
  const lastDay = Math.floor(wallMs(beginMs + durationMs) / dayMs) + 1
  const found: Span[] = []
  for (let day = firstDay; day <= lastDay; day++) {
    const dayOfWeek = daysOfWeek[new Date(day * dayMs).getUTCDay()] as DayOfWeek
    if (days && !days.includes(dayOfWeek)) continue
    const endDay = to > from ? day : day + 1
    found.push({
      hours,
      fromMs: Math.min(...instantsAt(timezone, day * dayMs + from * minuteMs)),
      toMs: Math.max(...instantsAt(timezone, endDay * dayMs + to * minuteMs)),
    })
  }
  return found
}

/**
 * The instants at which clocks of a zone show a wall time (in milliseconds, as if it were UTC): mostly
 * one; two where it comes twice; and where it never comes, those that it would be by the clock before
 * and after the change.
 */
function instantsAt(timezone: string, wallMs: number): number[] {
  const offsets = [offsetMs(timezone, wallMs - dayMs), offsetMs(timezone, wallMs + dayMs)]
  const candidates = offsets.map((each) => wallMs - each)
  const shown = candidates.filter((instant) => instant + offsetMs(timezone, instant) === wallMs)
  return shown.length > 0 ? shown : candidates
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the clocks of a zone are ahead of UTC at an instant. */
function offsetMs(timezone: string, instantMs: number): number {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat('en', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(timezone, format)
  const secondMs = Math.floor(instantMs / 1000) * 1000
  const parts = Object.fromEntries(
    format.formatToParts(secondMs).map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - secondMs
}
