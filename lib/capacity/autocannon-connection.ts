import type autocannon from 'autocannon'
import { type Binding, bodyFor } from '../fire/index.ts'

/** One connection of autocannon, on which so many requests a second are made, one after the other. */
export interface ConnectionPlan {
  binding: Binding
  perSecond: number
  /** Of these in all; then it ends. */
  requests: number
  /** Longest wait for an answer, in whole seconds from 2: autocannon takes a quiet second for one as well. */
  timeoutSeconds: number
  /** The id of a request, counted from 0, for its body. */
  idOf(index: number): string
}

/** What becomes of the requests of a connection: each is sent, and then either answered or failed. */
export interface ConnectionEvents {
  sent(index: number): void
  answered(index: number, status: number): void
  failed(index: number, error: string): void
}

/** A connection that works by itself. */
export interface Connection {
  /** Resolves when nothing more will be sent or answered. */
  ended: Promise<void>
  /** Ends it at once; what is unanswered has failed. */
  stop(): void
}

/** autocannon's own histograms take 6 MB for each connection; these keep nothing. */
const noHistogram = { __custom: true, recordValue: () => undefined, destroy: () => undefined }

/** Connecting has failed so often in a row that there is no point in going on: autocannon retries at once. */
const mostConnectErrors = 3

/** What `@types/autocannon` leaves out. */
type Client = autocannon.Client & NodeJS.EventEmitter & { destroy(): void }

/**
 * Opens a connection with an instance of autocannon of its own, so that its seconds begin when it is
 * opened: connections of one instance all send together, at the beginning of each second.
 */
export function openConnection(
  cannon: typeof autocannon,
  plan: ConnectionPlan,
  events: ConnectionEvents,
): Connection {
  const { binding, perSecond, requests } = plan
  let client: Client | undefined
  let made = 0
  let connectErrors = 0
  /** The request that is unanswered. */
  let open: { index: number; sentMs: number } | undefined

  const fail = (error: string): void => {
    if (open) events.failed(open.index, error)
    open = undefined
  }
  // Not at once: an answer is told before autocannon goes on to its next request, which it does regardless.
  const destroy = (): void => void setImmediate(() => client?.destroy())
  const endIfOver = (): void => {
    if (made >= requests && !open) destroy()
  }
  const follow = (opened: Client): void => {
    client = opened
    opened
      .on('request', () => {
        // It was still open: the connection broke, or was given up, and this is a new one.
        fail('connection lost')
        open = { index: made++, sentMs: performance.now() }
        events.sent(open.index)
      })
      .on('response', (status: number) => {
        connectErrors = 0
        if (open) events.answered(open.index, status)
        open = undefined
        endIfOver()
      })
      .on('timeout', () => {
        if (open && performance.now() - open.sentMs > (1000 * plan.timeoutSeconds) / 2) fail('timeout')
        endIfOver()
      })
      .on('connError', ({ code, message }: NodeJS.ErrnoException) => {
        fail(code ?? message)
        if (++connectErrors >= mostConnectErrors) destroy()
        else endIfOver()
      })
  }

  const options = {
    url: binding.url,
    method: binding.method,
    headers: { ...binding.headers },
    connections: 1,
    connectionRate: perSecond,
    amount: requests,
    timeout: plan.timeoutSeconds,
    // What it makes of them is not used: see `secondOpinion`.
    ignoreCoordinatedOmission: true,
    skipAggregateResult: true,
    histograms: { latencies: noHistogram, requests: noHistogram, throughput: noHistogram },
    sampleInt: 250,
    setupClient: follow as (client: autocannon.Client) => void,
    requests: [
      {
        setupRequest: (request: autocannon.Request) => ({
          ...request,
          // Asked for right after a request was announced; for the first one before that.
          body: bodyFor(binding, plan.idOf(open?.index ?? made)) ?? undefined,
        }),
      },
    ],
  }
  const ended = new Promise<void>((resolve, reject) => {
    cannon(options as autocannon.Options, (error: Error | null) => (error ? reject(error) : resolve()))
  })
  return {
    ended: ended.then(() => fail('given up')),
    stop: destroy,
  }
}
