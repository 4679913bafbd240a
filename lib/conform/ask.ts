import { blackOut, formsOf } from '../fire/scrub.ts'
import { type HistoryRecord, Outcome, outcomeOf } from '../history/index.ts'
import { limitWords } from '../oncall/index.ts'
import type { OutcomeRule } from '../spec/index.ts'
import type { Exchange, RequestKind } from './exchange.ts'

/** A request that is to be sent. */
export interface Asked {
  /** Name of the descriptor that it is recorded as. */
  descriptor: string
  kind: RequestKind
  method: string
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

/** Nothing is sent any more: the run was stopped, or has used up its budget. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/**
 * Sends one request, records it, and returns what was seen, whatever that is.
 * @throws {StoppedError} where it may not be sent any more.
 */
export type Ask = (request: Asked) => Promise<Exchange>

/** What asking needs of the world. */
export interface AskOptions {
  /** Origins that requests may go to; anything else is a bug. */
  origins: readonly string[]
  outcomes: OutcomeRule
  /** Keys and tokens, which are blacked out of whatever an answer holds. */
  secrets: readonly string[]
  /** Records a request and returns its line in the history. */
  record: (record: HistoryRecord) => number
  /** Longest wait for an answer. */
  timeoutMs: number
  signal: AbortSignal
}

/** More of an answer is not looked at. */
const longestBody = 4 << 20

/** Unix milliseconds with fractions, as of the start of this process. */
function exactNowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** Makes the function by which questions are asked: it follows no redirect and sends nothing twice. */
export function createAsk({ origins, outcomes, secrets, record, timeoutMs, signal }: AskOptions): Ask {
  const forms = formsOf(secrets)
  const outcomeOfStatus = outcomeOf(outcomes)
  return async ({ descriptor, kind, method, url, headers, body }) => {
    if (signal.aborted) throw new StoppedError('nothing is sent any more')
    if (!origins.includes(new URL(url).origin)) throw new Error(`${new URL(url).origin} was not named`)
    const sent = Date.now()
    const exactMs = { sent: exactNowMs(), received: 0 }
    const seen: Exchange = {
      line: 0,
      descriptor,
      kind,
      sentMs: sent,
      receivedMs: sent,
      exactMs,
      status: 0,
      outcome: Outcome.unknown,
      headers: [],
      body: '',
    }
    let error: string | undefined
    try {
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        // A kept connection that breaks may make a transport send twice.
        headers: { accept: 'application/json', ...headers, connection: 'close' },
        body,
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]),
      })
      exactMs.received = exactNowMs()
      seen.receivedMs = Math.max(Date.now(), sent)
      seen.status = response.status
      seen.outcome = outcomeOfStatus(response.status)
      seen.headers = [...response.headers].map(([name, value]) => [name, blackOut(value, forms)] as const)
      seen.body = blackOut((await response.text()).slice(0, longestBody), forms)
    } catch (thrown) {
      error = (thrown as Error).name === 'TimeoutError' ? 'timeout' : 'no whole answer'
      if (seen.status === 0) seen.receivedMs = Math.max(Date.now(), sent)
      exactMs.received ||= exactNowMs()
    }
    const limited = seen.outcome === Outcome.limited
    const words = limitWords(seen.status, limited, Object.fromEntries(seen.headers), seen.body)
    seen.limitedBy = words?.limitedBy
    seen.line = record({
      descriptor,
      sent,
      received: seen.receivedMs,
      status: seen.status,
      durationMs: Math.max(0, Date.now() - sent),
      error,
      ...words,
    })
    return seen
  }
}
