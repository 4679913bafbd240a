import { createInstants } from './instant.ts'
import { jsonAsWritten } from './json-line.ts'
import { addEntry, type LogTerms, spanOf, type Took } from './log-entry.ts'
import type { LogFields } from './log-fields.ts'
import { logInstant } from './log-time.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

/** Names under which logs have what is needed, the surest first. */
const names = {
  time: ['msec', 'time_iso8601', 'time_local', '@timestamp', 'timestamp', 'time', 'ts', 'start_time'],
  status: ['status', 'response_code', 'status_code'],
  url: ['request_uri', 'uri', 'url', 'path'],
} as const

/** Spans whose names say their unit. In the unit of nginx, a number that has a smaller one is too long, which harms little. */
const spans: readonly (readonly [name: string, unitNs: number])[] = [
  ['request_time', 1e9],
  ['request_time_ms', 1e6],
  ['duration_ms', 1e6],
  ['duration_us', 1e3],
  ['duration_ns', 1],
]

/**
 * Reads an access log with an object of JSON a line. The instant is RFC 3339, a Unix time or that of the
 * common format; how long a request took is read where the name says the unit: a number without a unit is
 * not guessed.
 */
export function createJsonLogReader(
  builder: PartBuilder,
  terms: LogTerms,
  fields: LogFields = {},
): RecordingReader {
  const instants = createInstants(builder.part)
  const named = {
    time: fields.time === undefined ? names.time : [fields.time],
    status: fields.status === undefined ? names.status : [fields.status],
    url: fields.url === undefined ? names.url : [fields.url],
    took: fields.took === undefined ? spans : [[fields.took.name, fields.took.unitNs] as const],
  }
  return readTextLines(
    builder,
    (text, line) => {
      const log = jsonAsWritten(text, line)
      const field = (name: string): string | undefined => {
        const value = Object.hasOwn(log, name) ? log[name] : undefined
        return typeof value === 'string' && value !== '' ? value : undefined
      }
      const first = (some: readonly string[]) => some.map(field).find((value) => value !== undefined)
      const time = first(named.time)
      const stamped = time === undefined ? undefined : (instants.read(time) ?? logInstant(instants, time))
      if (!stamped) {
        throw new UnusableLine(`a Unix time or one of RFC 3339 as ${named.time.join(', ')}`, time)
      }
      const status = first(named.status) ?? ''
      // nginx writes 000 where it sent no answer.
      if (!/^([1-5]\d\d|0|000)$/.test(status))
        throw new UnusableLine(`an HTTP status as ${named.status.join(', ')}`, status || undefined)
      const descriptor = builder.descriptorOf({ field, url: first(named.url) }, Object.keys(log))
      const took = tookOf(named.took, field)
      addEntry(builder, { line, descriptor, stamped, took, status: Number(status) }, terms)
    },
    { showsItsEnd: true },
  )
}

function tookOf(
  from: readonly (readonly [name: string, unitNs: number])[],
  field: (name: string) => string | undefined,
): Took | undefined {
  for (const [name, unitNs] of from) {
    const text = field(name)
    if (text === undefined || text === '-') continue
    if (!/^\d{1,15}(\.\d{1,18})?$/.test(text)) throw new UnusableLine(`a number as ${name}`, text)
    return spanOf(text, unitNs)
  }
  return undefined
}
