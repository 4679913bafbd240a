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
  /** Where a format leaves it open: JMeter stamps the start by default, a server's log the end. */
  stamp?: Stamp
}

/** Until when a request may have been decided: its first byte, or its end where hints (103) may come before. */
export type Until = 'first-byte' | 'end'
