import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysOfWeek, type QuietHours, quietDuring } from '../../lib/spec/index.ts'

const minuteMs = 60_000
const berlin = (from: number, to: number, days?: QuietHours['days']): QuietHours => ({
  from,
  to,
  timezone: 'Europe/Berlin',
  ...(days && { days }),
})
const night = berlin(22 * 60, 6 * 60)
const at = (text: string) => Date.parse(text)
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())

/** Says by the clock on the wall alone, minute by minute, whether it is quiet. */
function quietByClock({ from, to, timezone, days }: QuietHours, instantMs: number): boolean {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  const parts = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
  const minutes = 60 * Number(parts.hour) + Number(parts.minute)
  const today = daysOfWeek.findIndex((day) => day === parts.weekday?.toLowerCase())
  const isDay = (index: number) => days?.includes(daysOfWeek[(index + 7) % 7] ?? 'sun') ?? true
  if (from < to) return isDay(today) && minutes >= from && minutes < to
  return (isDay(today) && minutes >= from) || (isDay(today - 1) && minutes < to)
}

const isQuiet = (hours: QuietHours, instantMs: number) => !quietDuring([hours], instantMs, 0).clear
const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  'UTC',
]
const anyHours = fc
  .record({
    from: fc.nat(1439),
    to: fc.nat(1440),
    timezone: fc.constantFrom(...zones),
    days: fc.option(fc.uniqueArray(fc.constantFrom(...daysOfWeek), { minLength: 1 }), { nil: undefined }),
  })
  .filter(({ from, to }) => from !== to)

describe('quiet hours', () => {
  it('are in the way of what begins within them, and of what would run into them', () => {
    const within = quietDuring([night], at('2026-11-25T22:30:00Z'), 10 * minuteMs)
    expect(within.clear ? '' : iso(within.mayBeginMs)).toBe('2026-11-26T05:00:00.000Z')
    const into = quietDuring([night], at('2026-11-25T20:55:00Z'), 10 * minuteMs)
    expect(into).toMatchObject({ clear: false, fromMs: at('2026-11-25T21:00:00Z') })
    expect(into.clear ? '' : iso(into.mayBeginMs)).toBe('2026-11-26T05:00:00.000Z')
    // Ending at the very minute is in time.
    expect(quietDuring([night], at('2026-11-25T20:50:00Z'), 10 * minuteMs)).toEqual({ clear: true })
    expect(quietDuring([night], at('2026-11-26T05:00:00Z'), 10 * minuteMs)).toEqual({ clear: true })
  })

  it('belong to the day on which they begin', () => {
    const friday = berlin(22 * 60, 6 * 60, ['fri'])
    expect(isQuiet(friday, at('2026-11-28T04:59:00Z'))).toBe(true)
    expect(isQuiet(friday, at('2026-11-27T04:59:00Z'))).toBe(false)
    expect(isQuiet(friday, at('2026-11-28T22:00:00Z'))).toBe(false)
  })

  it('go by the clock on the wall, also where it is set forward or back', () => {
    // Summer time begins on 29 March 2026 and ends on 25 October, both at 01:00 UTC.
    expect(isQuiet(night, at('2026-03-29T03:59:00Z'))).toBe(true)
    expect(isQuiet(night, at('2026-03-29T04:00:00Z'))).toBe(false)
    expect(isQuiet(night, at('2026-10-25T04:59:00Z'))).toBe(true)
    expect(isQuiet(night, at('2026-10-25T05:00:00Z'))).toBe(false)
    // 02:15 comes twice, and quiet lasts from the first to the second.
    const twice = berlin(2 * 60 + 15, 2 * 60 + 45)
    const span = quietDuring([twice], at('2026-10-25T00:20:00Z'), 0)
    expect(span).toMatchObject({ fromMs: at('2026-10-25T00:15:00Z'), toMs: at('2026-10-25T01:45:00Z') })
    // And it never comes when the clock is set forward.
    const never = quietDuring([twice], at('2026-03-29T00:00:00Z'), 180 * minuteMs)
    expect(never).toMatchObject({ clear: false })
  })

  it('with nothing between them leave no time, and that is said', () => {
    const all = quietDuring([berlin(0, 1440)], at('2026-11-25T12:00:00Z'), 0)
    expect(all).toMatchObject({ clear: false, mayBeginMs: undefined })
    const almost = quietDuring([berlin(0, 1430)], at('2026-11-25T12:00:00Z'), 11 * minuteMs)
    expect(almost).toMatchObject({ clear: false, mayBeginMs: undefined })
    const enough = quietDuring([berlin(0, 1430)], at('2026-11-25T12:00:00Z'), 10 * minuteMs)
    expect(enough.clear ? '' : iso(enough.mayBeginMs)).toBe('2026-11-25T22:50:00.000Z')
  })

  it('hold for every minute at which the clock says so, and apart from changes for no other', () => {
    const year = { min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') }
    fc.assert(
      fc.property(anyHours, fc.integer(year), (hours, someMs) => {
        const instantMs = Math.floor(someMs / minuteMs) * minuteMs
        const expected = quietByClock(hours, instantMs)
        if (expected) expect(isQuiet(hours, instantMs)).toBe(true)
        const nearby = [-26, 26].map((shift) => offsetText(hours.timezone, instantMs + shift * 60 * minuteMs))
        if (nearby[0] === nearby[1]) expect(isQuiet(hours, instantMs)).toBe(expected)
      }),
      { numRuns: 1_500 },
    )
  })

  it('hold through every change of the clocks', () => {
    const changes = [
      '2026-03-29T01:00:00Z',
      '2026-10-25T01:00:00Z',
      '2026-03-08T07:00:00Z',
      '2026-11-01T06:00:00Z',
    ]
    fc.assert(
      fc.property(
        anyHours,
        fc.constantFrom(...changes),
        fc.integer({ min: -200, max: 200 }),
        (hours, change, shift) => {
          const instantMs = at(change) + shift * minuteMs
          if (quietByClock(hours, instantMs)) expect(isQuiet(hours, instantMs)).toBe(true)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  it('are over where it is said that a run may begin, and no sooner than that', () => {
    const year = { min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') }
    fc.assert(
      fc.property(
        fc.array(anyHours, { minLength: 1, maxLength: 3 }),
        fc.integer(year),
        fc.nat(400),
        (all, someMs, minutes) => {
          const answer = quietDuring(all, someMs, minutes * minuteMs)
          if (answer.clear || answer.mayBeginMs === undefined) return
          const { mayBeginMs } = answer
          expect(mayBeginMs).toBeGreaterThan(someMs)
          expect(quietDuring(all, mayBeginMs, minutes * minuteMs)).toEqual({ clear: true })
          expect(quietDuring(all, mayBeginMs - 1, minutes * minuteMs).clear).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function offsetText(timeZone: string, instantMs: number): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
}
