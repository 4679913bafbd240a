import { csvColumns, csvFields } from './csv-line.ts'
import type { Stamp } from './format.ts'
import { createInstants } from './instant.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

const needed = ['timeStamp', 'elapsed', 'responseCode']
const msNs = 1e6

/**
 * Reads the JTL that JMeter writes as CSV, with its header. Times are whole milliseconds, rounded down:
 * `timeStamp` is the start of a sample (or its end, with `sampleresult.timestamp.start=false`), `elapsed` how
 * long it took without what it slept (`IdleTime`). `Latency` is not used: where redirects were followed, it is
 * that of the first response. A response code that is no number stands for no answer. Samples of transaction
 * controllers are passed over; others without a URL are no HTTP requests, and are left out and counted.
 * @param stamp either where it is not said.
 */
export function createJtlReader(builder: PartBuilder, stamp: Stamp | undefined): RecordingReader {
  const { part } = builder
  const instants = createInstants(part)
  let columns: Map<string, number> | undefined

  return readTextLines(builder, (text, line) => {
    if (columns === undefined) {
      columns = csvColumns(text, needed, 'a JTL')
      return
    }
    const named = columns
    const fields = csvFields(text)
    if (fields.length !== named.size)
      throw new UnusableLine(`${named.size} fields, as the header has`, `${fields.length}`)
    const field = (name: string) => fields[named.get(name) ?? -1] || undefined
    if (/^Number of samples in transaction/.test(field('responseMessage') ?? '')) return

    const stamped = /^\d{13}$/.test(field('timeStamp') ?? '')
      ? instants.read(field('timeStamp') as string)
      : undefined
    if (!stamped) {
      const hint = 'leave jmeter.save.saveservice.timestamp_format as it is'
      throw new UnusableLine('Unix milliseconds as timeStamp', field('timeStamp'), { hint })
    }
    const idleNs = field('IdleTime') === undefined ? 0 : milliseconds(field('IdleTime'), 'IdleTime')
    const elapsedNs = milliseconds(field('elapsed'), 'elapsed') + idleNs
    const code = field('responseCode') ?? ''
    const status = /^[1-5]\d\d$/.test(code) ? Number(code) : 0
    const isHttp = field('URL') !== 'null'
    const given = [...named.keys()].filter((name) => field(name))
    const descriptor = isHttp ? builder.descriptorOf({ field, url: field('URL') }, given) : -1
    // Start and end were rounded down each, so what lies between them may be a millisecond longer or shorter.
    const sentNs = stamped.ns - (stamp === 'start' ? 0 : elapsedNs + msNs)
    const receivedNs = stamped.ns + msNs + (stamp === 'end' ? 0 : elapsedNs + msNs)
    const endNs = sentNs + elapsedNs
    builder.add({ line, descriptor, sentNs, receivedNs, endNs, status })
  })
}

function milliseconds(text: string | undefined, name: string): number {
  if (/^\d{1,12}$/.test(text ?? '')) return Number(text) * msNs
  throw new UnusableLine(`whole milliseconds as ${name}`, text)
}
