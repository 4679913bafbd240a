import type { Stamp } from './format.ts'
import { createInstants, type Instant, type Instants } from './instant.ts'
import { longestNs } from './k6-requests.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
/** Host, identity, user, time, request line, status, bytes, and what may follow: referer, agent, and more. */
const entry = new RegExp(
  `^(\\S+) (\\S+) (.*?) \\[([^\\]]+)\\] ${quoted} (\\d{3}|-) (\\d+|-)(?: ${quoted} ${quoted})?(?: (.*))?$`,
)
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/**
 * Reads an access log in the common or the combined format. Its times are whole seconds: those of nginx are
 * of the end of a request, those of Apache (`%t`) of its start. A number with a point at the end of the line, or
 * after `rt=`, is taken for the seconds that the request took, as nginx's `$request_time` writes it; without
 * one, it may have taken up to a minute.
 */
export function createAccessLogReader(builder: PartBuilder, stamp: Stamp): RecordingReader {
  const instants = createInstants(builder.part)
  return readTextLines(builder, (text, line) => {
    const found = entry.exec(text)
    if (!found) throw new UnusableLine('an entry in the common or combined format', text)
    const [, host, , user, time, request = '', status, , referer, agent, rest = ''] = found
    const [method, path] = request.split(' ')
    const values: Record<string, string | undefined> = {
      remote_addr: host,
      remote_user: user === '-' ? undefined : user,
      method,
      path,
      referer: referer === '-' ? undefined : referer,
      user_agent: agent === '-' ? undefined : agent,
    }
    const field = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined)
    const descriptor = builder.descriptorOf({ field, url: path }, Object.keys(values))
    if (!status || status === '-') throw new UnusableLine('an HTTP status', status)
    const seconds =
      /(?:^|[\s=])(\d+\.\d{1,9})$/.exec(rest)?.[1] ?? /(?:^|\s)rt=(\d+\.\d{1,9})(?:\s|$)/.exec(rest)?.[1]
    const took = seconds === undefined ? undefined : spanOf(seconds)
    addEntry(builder, {
      line,
      descriptor,
      stamped: clfInstant(instants, time as string),
      took,
      stamp,
      status: Number(status),
    })
  })
}

/** A span as it was written, rounded down or to the nearest: it may be longer or shorter by its last digit. */
export interface Took {
  ns: number
  resolutionNs: number
}

/** Seconds with a point. */
export function spanOf(seconds: string): Took {
  return { ns: Number(seconds) * 1e9, resolutionNs: 10 ** (9 - (seconds.split('.')[1] ?? '').length) }
}

interface Entry {
  line: number
  descriptor: number
  stamped: Instant
  took: Took | undefined
  stamp: Stamp
  status: number
}

/** Adds a request that a server logged: it was decided between its start and its end, and one of both is known. */
export function addEntry(
  builder: PartBuilder,
  { line, descriptor, stamped, took, stamp, status }: Entry,
): void {
  if (took === undefined && descriptor >= 0) builder.part.sentUnknown++
  const mostNs = took === undefined ? longestNs : took.ns + took.resolutionNs
  const earliestNs = stamped.ns - (stamp === 'end' ? mostNs : 0)
  const latestNs = stamped.ns + stamped.resolutionNs + (stamp === 'start' ? mostNs : 0)
  const endNs = took === undefined ? Number.NaN : earliestNs + took.ns
  builder.add({ line, descriptor, sentNs: earliestNs, receivedNs: latestNs, endNs, status })
}

/** `10/Oct/2026:13:55:36 +0200`, as the common log format has it. */
function clfInstant(instants: Instants, text: string): Instant {
  const parts = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text)
  const month = months.indexOf(parts?.[2] ?? '') + 1
  const instant =
    parts && month > 0
      ? instants.read(`${parts[3]}-${String(month).padStart(2, '0')}-${parts[1]}T${parts[4]}${parts[5]}`)
      : undefined
  if (instant) return instant
  throw new UnusableLine('a time such as 10/Oct/2026:13:55:36 +0200', text)
}
