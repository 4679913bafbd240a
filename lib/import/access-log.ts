import { createInstants } from './instant.ts'
import { addEntry, type LogTerms, spanOf, type Took } from './log-entry.ts'
import { logInstant } from './log-time.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
/**
 * Host, identity, user, time, request line, status, bytes, and what may follow: referer, agent, and more.
 * A user is what a caller says, brackets and all: no longer than this, or a line could take long to read.
 */
const entry = new RegExp(
  `^(\\S+) (\\S+) (.{0,300}?) \\[([^[\\]]+)\\] ${quoted} (\\d{3}|-) (\\d+|-)(?: ${quoted} ${quoted})?(?: (.*))?$`,
)

/**
 * Reads an access log in the common or the combined format, as nginx and Apache write it. Its times are whole
 * seconds: those of nginx are of the end of a request, those of Apache (`%t`) of its start.
 */
export function createAccessLogReader(builder: PartBuilder, terms: LogTerms): RecordingReader {
  const instants = createInstants(builder.part)
  return readTextLines(builder, (text, line) => {
    const found = entry.exec(text)
    if (!found) throw new UnusableLine('an entry in the common or combined format', text)
    const [, host, , user, time = '', request = '', status, , referer, agent, rest = ''] = found
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
    const stamped = logInstant(instants, time)
    if (!stamped) throw new UnusableLine('a time such as 10/Oct/2026:13:55:36 +0200', time)
    addEntry(builder, { line, descriptor, stamped, took: tookOf(rest), status: Number(status) }, terms)
  })
}

/**
 * How long a request took, if it is sure that this is said: seconds after `rt=` or `request_time=`, or the
 * three decimals of nginx's `$request_time`. A second number of that form might be the time of a part of it,
 * such as the connection to a server behind; what stands in quotes may come from a caller.
 */
function tookOf(rest: string): Took | undefined {
  const plain = rest.replaceAll(/"(?:[^"\\]|\\.)*"/g, '-')
  const named = /(?:^|\s)(?:rt|request_time)=(\d{1,6}(?:\.\d{1,9})?)(?:\s|$)/.exec(plain)?.[1]
  const seconds = named ?? /^(?:- )*(\d{1,6}\.\d{3})(?: -)*$/.exec(plain)?.[1]
  return seconds === undefined ? undefined : spanOf(seconds)
}
