/** An HTTP-date: the instant in Unix milliseconds, and which of the three forms it has (RFC 9110 §5.6.7). */
export interface HttpDate {
  atMs: number
  form: 'IMF-fixdate' | 'RFC 850' | 'asctime'
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const month = `(?<month>${months.join('|')})`
const time = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)'
const shortDay = `(?<weekday>${days.map((day) => day.slice(0, 3)).join('|')})`

const forms: [HttpDate['form'], RegExp][] = [
  ['IMF-fixdate', new RegExp(`^${shortDay}, (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`)],
  [
    'RFC 850',
    new RegExp(`^(?<weekday>${days.join('|')}), (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  ],
  ['asctime', new RegExp(`^${shortDay} ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`)],
]

/**
 * Reads an HTTP-date strictly: case, spaces and the day of the week have to be right. A year of two
 * digits is one from 1970 to 2069.
 * @returns `undefined` for any other text.
 */
export function parseHttpDate(text: string): HttpDate | undefined {
  for (const [form, pattern] of forms) {
    const parts = pattern.exec(text)?.groups
    if (!parts) continue
    const { weekday = '', day, month: name = '', year = '', hour, minute, second } = parts
    const century = year.length === 4 ? 0 : Number(year) < 70 ? 2000 : 1900
    const date = [century + Number(year), months.indexOf(name), Number(day)] as const
    const midnight = new Date(Date.UTC(...date))
    // A day that the month does not have would be one of the next month.
    if (midnight.getUTCDate() !== date[2] || !days[midnight.getUTCDay()]?.startsWith(weekday))
      return undefined
    const secondOfDay = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
    return { atMs: midnight.getTime() + secondOfDay * 1000, form }
  }
  return undefined
}
