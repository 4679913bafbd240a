import { z } from 'zod'

/** Days of the week, in the order of `Date.prototype.getUTCDay`. */
export const daysOfWeek = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type DayOfWeek = (typeof daysOfWeek)[number]

const aTime = 'a time of day in quotes, from "00:00" to "24:00"'
const aZone = 'a time zone such as Europe/Berlin'
const aDay = `one of ${daysOfWeek.join(', ')}`

const timeOfDay = z
  .string(aTime)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, aTime)
  .transform((text) => {
    const [hours = 0, minutes = 0] = text.split(':').map(Number)
    return 60 * hours + minutes
  })

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A time of every day, or of some days, in which no run may be under way. Times in minutes of the day. */
export const quietHoursSchema = z
  .strictObject(
    {
      from: timeOfDay.meta({ description: 'When it begins, such as "22:00".' }),
      to: timeOfDay.meta({
        description: 'When it ends, such as "06:00": on the next day where that is earlier.',
      }),
      timezone: z
        .string(aZone)
        .refine(isZone, aZone)
        .meta({ description: 'Whose clock, such as Europe/Berlin.' }),
      days: z
        .array(z.enum(daysOfWeek, aDay), 'a list of days such as [mon, tue]')
        .min(1, 'at least one day')
        .optional()
        .meta({ description: 'The days on which it begins. Default: every day.' }),
    },
    'a map with from, to and timezone',
  )
  .refine(({ from, to }) => from !== to, { error: 'times that differ', path: ['to'] })
  .meta({ description: 'A time in which no run may be under way.' })

/** Quiet hours after parsing: `from` and `to` in minutes of the day. */
export type QuietHours = z.output<typeof quietHoursSchema>
