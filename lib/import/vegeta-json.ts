import { createInstants } from './instant.ts'
import { jsonObject } from './json-line.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { repeated } from './repeated.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

/**
 * Reads what `vegeta encode --to json` writes: a result a line, with the instant before it was sent
 * (`timestamp`) and how long it took until its body was read (`latency`, in nanoseconds). Code 0 is no answer.
 */
export function createVegetaReader(builder: PartBuilder): RecordingReader {
  const { part } = builder
  const instants = createInstants(part)
  return readTextLines(
    builder,
    (text, line) => {
      const result = jsonObject(text, line)
      const { timestamp, latency, code, url, method } = result
      const sent = instants.read(String(timestamp))
      if (!sent) throw new UnusableLine('a time of RFC 3339 as timestamp', timestamp)
      if (!(typeof latency === 'number' && latency >= 0))
        throw new UnusableLine('nanoseconds as latency', latency)
      if (!(typeof code === 'number' && (code === 0 || (code >= 100 && code <= 599))))
        throw new UnusableLine('an HTTP status, or 0, as code', code)
      const names = ['attack', 'method', 'url'].filter((name) => typeof result[name] === 'string')
      const field = (name: string) => (names.includes(name) ? (result[name] as string) : undefined)
      const descriptor = builder.descriptorOf(
        { field, url: typeof url === 'string' ? url : undefined },
        names,
      )
      if (descriptor >= 0 && repeated.has(String(method))) part.repeatable++
      const sentNs = sent.ns
      const endNs = sentNs + latency
      builder.add({ line, descriptor, sentNs, receivedNs: endNs + sent.resolutionNs, endNs, status: code })
    },
    { showsItsEnd: true },
  )
}
