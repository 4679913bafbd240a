import exec from 'k6/execution'
import { Counter } from 'k6/metrics'
import { type Binding, laneOf } from '../lib/fire/bindings.ts'
import { fillDurationMs } from '../lib/fire/k6-options.ts'
import { requestErrorWords } from '../lib/fire/request-error.ts'
import type { HistoryEventLine } from '../lib/history/event.ts'
import { Outcome, type Scopes } from '../lib/history/history.ts'
import { defaultOutcomeRule, outcomeOf } from '../lib/history/outcome.ts'
import type { HistoryRecord } from '../lib/history/record.ts'
import { createClient, type Sender } from './request.ts'

/** Somebody that a single question sends requests for. */
export interface Asked extends Sender {
  scopes: Scopes
}

/** How a single question is asked: so many requests at a constant arrival rate, in turn for each. */
export interface Question {
  asked: readonly Asked[]
  ratePerSecond: number
  count: number
  timeoutMs: number
  /** Virtual users, and so the most requests in flight. */
  users: number
}

/** The variables that every single question knows, with their defaults. */
export function pace(defaultRatePerSecond: number, defaultCount: number): Omit<Question, 'asked'> {
  return {
    ratePerSecond: numberFrom('ONSET_RATE', defaultRatePerSecond),
    count: numberFrom('ONSET_COUNT', defaultCount),
    timeoutMs: numberFrom('ONSET_TIMEOUT_MS', 10_000),
    users: numberFrom('ONSET_USERS', 20),
  }
}

/** What is wrong with the variables; told all at once, when the question is put together. */
const mistakes: string[] = []

/** A variable that must be there. */
export function textFrom(variable: string, meaning: string): string {
  const text = __ENV[variable]
  if (!text) mistakes.push(`${variable} is not set; expected ${meaning}`)
  return text ?? ''
}

/** What must not be told of somebody: the key, and what in the address may be a token. */
function secretsOf({ binding: { url, headers } }: Asked): string[] {
  const parts = url
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .split(/[/?&=]/)
    .filter((part) => part !== '')
  const last = parts.at(-1) ?? ''
  const { authorization = '' } = headers
  return [last, authorization, ...parts.filter((part) => part.length >= 8 && !/^[a-z_]+$/.test(part))]
}

function numberFrom(variable: string, otherwise: number): number {
  const text = __ENV[variable]
  if (text === undefined || text === '') return otherwise
  const number = Number(text)
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number
  mistakes.push(`${variable} is ${text}; expected a number above 0`)
  return otherwise
}

/** An alert that says to whoever finds it that it is a load test. */
export function alertTo(url: string, name: string): Binding {
  const run = `k6-${name}`
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      alert_uid: `onset-${run}`,
      title: `Load test by Onset, run ${run}: no action needed`,
      state: 'alerting',
      message: `Request {request} through integration ${name}.`,
    }),
  }
}

/**
 * Asks a single question by plain k6: what it returns is what a scenario file exports. The console
 * gets a history (header, a record for each answer, events), and standard output a summary.
 */
export function question({ asked, ratePerSecond, count, timeoutMs, users }: Question) {
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
  const client = createClient(timeoutMs, outcomeOf(defaultOutcomeRule), asked.flatMap(secretsOf))
  const sent = new Counter('onset_sent')
  const counters = {
    [Outcome.accepted]: new Counter('onset_accepted'),
    [Outcome.limited]: new Counter('onset_limited'),
    [Outcome.unknown]: new Counter('onset_unknown'),
  }
  const line = (value: HistoryRecord | HistoryEventLine) => console.log(JSON.stringify(value))

  const options = {
    scenarios: {
      question: {
        executor: 'constant-arrival-rate',
        rate: 1,
        timeUnit: `${Math.round(1e9 / ratePerSecond)}ns`,
        duration: `${fillDurationMs(count, ratePerSecond)}ms`,
        preAllocatedVUs: users,
        maxVUs: users,
        gracefulStop: `${timeoutMs + 2_000}ms`,
      },
    },
    // What a transport may repeat by itself gets a connection of its own; see `Lane`.
    noConnectionReuse: asked.some(({ binding }) => laneOf(binding) === 'fresh'),
    maxRedirects: 0,
    systemTags: [],
    userAgent: 'Onset (load test of a rate limit)',
  }

  const setup = (): void => {
    const header = {
      format: 'onset-history',
      version: 1,
      tool: 'k6',
      startedAt: new Date().toISOString(),
      clockSlackMs: 1,
      descriptors: Object.fromEntries(asked.map(({ name, scopes }) => [name, scopes])),
    }
    console.log(JSON.stringify(header))
  }

  const ask = (): void => {
    const turn = exec.scenario.iterationInTest
    if (turn >= count) return
    const sender = asked[turn % asked.length] as Asked
    const { outcome, sentMs, atMs, status, durationMs, errorCode, said } = client.send(
      sender,
      String(turn + 1),
      () => sent.add(1),
    )
    counters[outcome].add(1)
    line({
      descriptor: sender.name,
      sent: sentMs,
      received: Math.max(sentMs, atMs),
      status,
      ...said,
      durationMs,
      error: status === 0 ? requestErrorWords(errorCode) : undefined,
    })
  }

  /**
   * The last thing that k6 calls, also when it was interrupted. It then no longer takes in what the
   * last requests counted, so that the sums here are too low: the history stays without an end, which
   * is how it says that something may be missing. So it does where requests were cut off.
   */
  const handleSummary = ({ metrics }: { metrics: Record<string, { values: { count?: number } }> }) => {
    const total = (metric: string) => metrics[metric]?.values.count ?? 0
    const [accepted, limited, unknown] = [
      total('onset_accepted'),
      total('onset_limited'),
      total('onset_unknown'),
    ]
    const met = `${accepted} accepted, ${limited} limited, ${unknown} unknown`
    const cutOff = total('onset_sent') - accepted - limited - unknown
    const missing = count - total('onset_sent')
    if (missing > total('dropped_iterations')) {
      return { stdout: `interrupted: of ${count}, at least ${total('onset_sent')} were sent: ${met}\n` }
    }
    const at = Date.now()
    if (missing > 0) line({ event: 'dropped', descriptor: (asked[0] as Asked).name, count: missing, at })
    if (cutOff === 0) line({ event: 'end', at, reason: 'finished' })
    const lost = cutOff > 0 ? `, ${cutOff} cut off` : ''
    return { stdout: `sent ${total('onset_sent')} of ${count}: ${met}${lost}\n` }
  }

  return { options, setup, ask, handleSummary }
}
