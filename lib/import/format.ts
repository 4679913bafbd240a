import type { LogFields } from './log-fields.ts'

/** The formats that can be imported, by the names that `--from` takes. */
export const importFormats = [
  'k6-json',
  'k6-csv',
  'vegeta-json',
  'jtl',
  'access-log',
  'access-log-json',
] as const
export type ImportFormat = (typeof importFormats)[number]

/** Who wrote a file of each format, as the history says it. */
export const toolOf: Readonly<Record<ImportFormat, string>> = {
  'k6-json': 'k6',
  'k6-csv': 'k6',
  'vegeta-json': 'vegeta',
  jtl: 'JMeter',
  'access-log': 'access log',
  'access-log-json': 'access log',
}

/** Which instant of a request a line is stamped with. */
export const stamps = ['start', 'end'] as const
export type Stamp = (typeof stamps)[number]

/** How requests are read from the lines of a file. */
export interface ReadingTerms {
  format: ImportFormat
  /** Until when a request may have been decided, where a file knows more than its end. */
  until: Until
  /** Where a format leaves it open, as a JTL and a server's log do; without it, either is taken into account. */
  stamp?: Stamp
  /** The longest that a request takes, where a log does not say how long it took. Default: a minute. */
  longestMs?: number
  /** Names of a log in JSON, where they are not the usual ones. */
  fields?: LogFields
}

/** Until when a request may have been decided: its first byte, or its end where hints (103) may come before. */
export type Until = 'first-byte' | 'end'
