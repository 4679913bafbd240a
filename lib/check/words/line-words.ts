import { type History, type HistoryEvent, mayBeDecidedLater, Outcome } from '../../history/index.ts'
import { instantWords } from './words.ts'

/** A request in a sentence: who sent it when, and what came of it. */
export function requestWords(history: History, row: number): string {
  const name = history.descriptors[history.descriptor[row] as number]?.name
  const sent = instantWords(history.sentUs[row] as number)
  const received = instantWords(history.receivedUs[row] as number)
  const status = history.status[row] as number
  const blamed = history.scopeNames[history.limitedBy[row] as number]
  const began = `A request of ${name}, sent at ${sent}`
  if (status === 0) return `${began}, had no answer by ${received}, so whether it was let through is unknown.`
  const answered = `${began} and answered with ${status} at ${received}`
  switch (history.outcome[row] as Outcome) {
    case Outcome.accepted:
      return `${answered}: it was accepted.`
    case Outcome.limited:
      return `${answered}: it was refused${blamed === undefined ? '' : `, by ${blamed} as the answer says`}.`
    default:
      // A refusal by a limit that the spec does not have says nothing of those that it has.
      if (blamed !== undefined && !mayBeDecidedLater(status)) {
        return `${answered}: it was refused, by ${blamed} as the answer says, of which the spec has no limit.`
      }
      return mayBeDecidedLater(status)
        ? `${answered}: whether it was let through is unknown, and a server behind a proxy may have taken it up later.`
        : `${answered}: whether it was let through is unknown.`
  }
}

/** What a line is that is no request that was judged, and where to look instead. */
export function lineWords(history: History, line: number): string {
  const lines = history.line.subarray(0, history.count)
  const first = lines[0]
  const event = history.events.find((one) => one.line === line)
  if (event) return `An event, not a request: ${eventWords(event)}.`
  if (line === 1) {
    return `The header, not a request: what the history is, and whom its requests are of.${fromLine(first)}`
  }
  const last = history.events.reduce((most, one) => Math.max(most, one.line), lines.at(-1) ?? 1)
  if (line > last) {
    const torn = history.torn
      ? ' The history is torn, so a request may be missing that was to stand there.'
      : ''
    return `Beyond the history, whose last line that could be read is ${last}.${torn}${fromLine(first)}`
  }
  const skipped = history.skipped > 0 ? ', or was left out since it breaks the format' : ''
  return `No request: the line is empty${skipped}.${fromLine(first)}`
}

function fromLine(first: number | undefined): string {
  return first === undefined ? ' It has no request at all.' : ` Its requests begin with line ${first}.`
}

function eventWords(event: HistoryEvent): string {
  switch (event.event) {
    case 'descriptor': {
      const scopes = Object.entries(event.scopes).map(([scope, value]) => `${scope} ${value}`)
      return `from here on requests of ${event.name} are known to carry ${scopes.join(', ') || 'no scope'}`
    }
    case 'dropped':
      return `${event.count} of ${event.descriptor} were due at ${instantWords(event.atUs)} and not sent`
    case 'clock-step':
      return `the clock was set by ${Math.round(event.byMs)} ms at ${instantWords(event.atUs)}`
    case 'end':
      return `the history ends at ${instantWords(event.atUs)} (${event.reason})`
    case 'other':
      return `one that is called ${event.name}, which is kept and not judged`
  }
}
