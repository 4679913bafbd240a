import { createAccessLogReader } from './access-log.ts'
import { createJsonLogReader } from './access-log-json.ts'
import type { ReadingTerms } from './format.ts'
import { createJtlReader } from './jtl.ts'
import { createK6CsvReader } from './k6-csv.ts'
import { createK6JsonReader } from './k6-json.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { createVegetaReader } from './vegeta-json.ts'

/** What reads a file of a format. */
export function createReader(builder: PartBuilder, { format, until, stamp }: ReadingTerms): RecordingReader {
  switch (format) {
    case 'k6-json':
      return createK6JsonReader(builder, until)
    case 'k6-csv':
      return createK6CsvReader(builder, until)
    case 'vegeta-json':
      return createVegetaReader(builder)
    case 'jtl':
      return createJtlReader(builder, until, stamp ?? 'start')
    case 'access-log':
      return createAccessLogReader(builder, stamp ?? 'end')
    case 'access-log-json':
      return createJsonLogReader(builder, stamp ?? 'end')
  }
}
