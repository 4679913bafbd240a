import { addEntry, spanOf, type Took } from './access-log.ts'
import type { Stamp } from './format.ts'
import { createInstants } from './instant.ts'
import { jsonAsWritten } from './json-line.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

/** Names under which logs have what is needed, the surest first. */
const names = {
  time: ['msec', 'time_iso8601', '@timestamp', 'timestamp', 'time', 'ts', 'start_time'],
  status: ['status', 'response_code', 'status_code'],
  url: ['request_uri', 'uri', 'url', 'path'],
} as const

/** Spans whose names say their unit, or whose unit one server alone gives to the name. */
const spans: readonly (readonly [name: string, unitNs: number])[] = [
  ['request_time', 1e9],
  ['request_time_ms', 1e6],
  ['duration_ms', 1e6],
  ['duration_us', 1e3],
  ['duration_ns', 1],
]

/**
 * Reads an access log with an object of JSON a line. The instant is RFC 3339 or a Unix time, that of the end
 * unless told otherwise; how long a request took is read where the name says the unit (`request_time` is
 * nginx's, in seconds), and is otherwise taken to be up to a minute: a number without a unit is not guessed.
 */
export function createJsonLogReader(builder: PartBuilder, stamp: Stamp): RecordingReader {
  const instants = createInstants(builder.part)
  return readTextLines(
    builder,
    (text, line) => {
      const log = jsonAsWritten(text, line)
      const field = (name: string): string | undefined => {
        const value = Object.hasOwn(log, name) ? log[name] : undefined
        return typeof value === 'string' && value !== '' ? value : undefined
      }
      const first = (some: readonly string[]) => some.map(field).find((value) => value !== undefined)
      const time = first(names.time)
      const stamped = time === undefined ? undefined : instants.read(time)
      if (!stamped) {
        throw new UnusableLine(`a Unix time or one of RFC 3339 as ${names.time.join(', ')}`, time)
      }
      const status = first(names.status)
      if (!/^[1-5]\d\d$/.test(status ?? ''))
        throw new UnusableLine(`an HTTP status as ${names.status.join(', ')}`, status)
      const descriptor = builder.descriptorOf({ field, url: first(names.url) }, Object.keys(log))
      addEntry(builder, { line, descriptor, stamped, took: tookOf(field), stamp, status: Number(status) })
    },
    { showsItsEnd: true },
  )
}

function tookOf(field: (name: string) => string | undefined): Took | undefined {
  for (const [name, unitNs] of spans) {
    const text = field(name)
    if (text === undefined) continue
    if (!/^\d{1,15}(\.\d{1,15})?$/.test(text)) throw new UnusableLine(`a number as ${name}`, text)
    const { ns, resolutionNs } = spanOf(text)
    const scale = unitNs / 1e9
    return { ns: ns * scale, resolutionNs: resolutionNs * scale }
  }
  return undefined
}
