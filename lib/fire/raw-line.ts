import type { LimitWords } from '../oncall/limit-words.ts'

/**
 * The raw lines by which k6 reports each request while it runs: one when it is sent, one when it is
 * answered, so that what was sent and never answered is known. They are kept short, since every
 * request writes two, and each is one write to a pipe, which is atomic up to 4096 bytes (PIPE_BUF).
 * Times are whole Unix milliseconds, as `Date.now()` gives them.
 */
export type RawLine =
  /** The firing starts: set-up is over. */
  | { kind: 'begun'; atMs: number }
  /** `descriptor` is the index in the plan; `part` the name of the k6 scenario that sent it. */
  | { kind: 'sent'; id: string; descriptor: number; part: string; atMs: number }
  | ({ kind: 'answered'; id: string } & RawAnswer)
  /** A watch or a load was due to send, and could not: there were too many requests in flight. */
  | { kind: 'dropped'; descriptor: number; count: number; part: string; atMs: number }
  /** A watch has ended by itself: `settled` when it was done, not cut off by its deadline. */
  | { kind: 'watched'; part: string; settled: boolean }
  /** The scenario itself broke. */
  | { kind: 'broken'; message: string }

/** What came back for one request. */
export interface RawAnswer {
  /** When the whole response had arrived, or when the client gave up. */
  atMs: number
  /** 0 without a response. */
  status: number
  durationMs: number
  /** k6's number of the error, where there was no response; 0 otherwise. */
  errorCode: number
  /** What the response says about limits, where it says anything. */
  said?: LimitWords
}

/** Names of the k6 scenarios of a plan: a letter with the index of the fill, watch or load in the plan. */
export const partOf = {
  fill: (index: number): string => `f${index}`,
  watch: (index: number): string => `w${index}`,
  load: (index: number): string => `l${index}`,
}

export function begunLine(atMs: number): string {
  return `b ${atMs}`
}

export function sentLine(id: string, descriptor: number, part: string, atMs: number): string {
  return `s ${id} ${descriptor} ${part} ${atMs}`
}

export function answeredLine(id: string, { atMs, status, durationMs, errorCode, said }: RawAnswer): string {
  const line = `a ${id} ${atMs} ${status} ${Math.round(durationMs * 1000)} ${errorCode}`
  return said ? `${line} ${JSON.stringify(said)}` : line
}

export function droppedLine(descriptor: number, count: number, part: string, atMs: number): string {
  return `d ${descriptor} ${count} ${part} ${atMs}`
}

export function watchedLine(part: string, settled: boolean): string {
  return `w ${part} ${settled ? 1 : 0}`
}

export function brokenLine(message: string): string {
  return `x ${JSON.stringify(message)}`
}

/**
 * Reads one line, without its line break. Written for speed: at 4,000 requests a second there are
 * 8,000 of them, beside k6 on the same machine.
 * @returns `undefined` for a line that is none of ours, or that was cut off.
 */
export function readRawLine(line: string): RawLine | undefined {
  const fields = line.split(' ')
  switch (fields[0]) {
    case 's': {
      const [, id = '', descriptor, part = '', at] = fields
      const [index, atMs] = [whole(descriptor), whole(at)]
      if (fields.length !== 5 || index < 0 || atMs < 0 || id === '' || part === '') return undefined
      return { kind: 'sent', id, descriptor: index, part, atMs }
    }
    case 'a': {
      const [, id = '', at, status, duration, error] = fields
      const [atMs, statusCode, durationUs, errorCode] = [
        whole(at),
        whole(status),
        whole(duration),
        whole(error),
      ]
      if (fields.length < 6 || id === '' || atMs < 0 || statusCode < 0 || durationUs < 0 || errorCode < 0) {
        return undefined
      }
      const said = fields.length === 6 ? undefined : readJson<LimitWords>(fields.slice(6).join(' '))
      if (fields.length > 6 && said === undefined) return undefined
      return {
        kind: 'answered',
        id,
        atMs,
        status: statusCode,
        durationMs: durationUs / 1000,
        errorCode,
        said,
      }
    }
    case 'b': {
      const atMs = whole(fields[1])
      return fields.length === 2 && atMs >= 0 ? { kind: 'begun', atMs } : undefined
    }
    case 'd': {
      const [descriptor, count, atMs] = [whole(fields[1]), whole(fields[2]), whole(fields[4])]
      const part = fields[3] ?? ''
      if (fields.length !== 5 || descriptor < 0 || count < 0 || atMs < 0 || part === '') return undefined
      return { kind: 'dropped', descriptor, count, part, atMs }
    }
    case 'w': {
      const [, part = '', settled] = fields
      if (fields.length !== 3 || part === '' || (settled !== '0' && settled !== '1')) return undefined
      return { kind: 'watched', part, settled: settled === '1' }
    }
    case 'x': {
      const message = readJson<string>(line.slice(2))
      return typeof message === 'string' ? { kind: 'broken', message } : undefined
    }
    default:
      return undefined
  }
}

/** A whole number from 0, or -1 for a text that is none. */
function whole(text: string | undefined): number {
  const number = text ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) && number >= 0 ? number : -1
}

/** `undefined` for a text that was cut off; JSON itself has no such value. */
function readJson<Value>(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}

/** No line of ours is nearly as long, whatever a server says: what is longer is cut, and cannot be read. */
const longestLine = 1 << 20

/**
 * Cuts a stream of chunks into lines. What stands after the last line break is kept until the rest
 * of it arrives, as far as a line may be long.
 */
export function createLineCutter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = chunk.split('\n')
    if (rest.length < longestLine) lines[0] = rest + lines[0]
    else lines[0] = rest
    rest = (lines.pop() as string).slice(0, longestLine)
    for (const line of lines) if (line !== '') onLine(line)
  }
}
