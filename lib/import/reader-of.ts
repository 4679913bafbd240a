import { createAccessLogReader } from './access-log.ts'
import { createJsonLogReader } from './access-log-json.ts'
import type { ReadingTerms } from './format.ts'
import { createJtlReader } from './jtl.ts'
import { createK6CsvReader } from './k6-csv.ts'
import { createK6JsonReader } from './k6-json.ts'
import { longestNs } from './k6-requests.ts'
import type { LogTerms } from './log-entry.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { createVegetaReader } from './vegeta-json.ts'

/** What reads a file of a format. */
export function createReader(builder: PartBuilder, terms: ReadingTerms): RecordingReader {
  const { format, until, stamp, fields } = terms
  const log: LogTerms = { stamp, longestMs: terms.longestMs ?? longestNs / 1e6 }
  switch (format) {
    case 'k6-json':
      return createK6JsonReader(builder, until)
    case 'k6-csv':
      return createK6CsvReader(builder, until)
    case 'vegeta-json':
      return createVegetaReader(builder)
    case 'jtl':
      return createJtlReader(builder, stamp)
    case 'access-log':
      return createAccessLogReader(builder, log)
    case 'access-log-json':
      return createJsonLogReader(builder, log, fields)
  }
}
