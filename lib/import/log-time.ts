import type { Instant, Instants } from './instant.ts'

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `10/Oct/2026:13:55:36 +0200`, as the common log format has it: whole seconds. */
export function logInstant(instants: Instants, text: string): Instant | undefined {
  const parts = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text)
  const month = months.indexOf(parts?.[2] ?? '') + 1
  if (!parts || month === 0) return undefined
  const [, day, , year, time, zone] = parts
  return instants.read(`${year}-${String(month).padStart(2, '0')}-${day}T${time}${zone}`)
}
