import type { Histogram } from 'hdr-histogram-js'
import { addressesOf, type Binding, createSuffering, sufferingWords, timedOut } from '../fire/index.ts'
import { defaultOutcomeRule, type HistoryRecord, Outcome, outcomeOf } from '../history/index.ts'
import { createHistogram } from '../latency/index.ts'
import { seededRandom } from '../simulate/index.ts'
import type { OutcomeRule } from '../spec/index.ts'
import { type Connection, openConnection } from './autocannon-connection.ts'

/** What autocannon is to do. */
export interface OpinionRequest {
  /** Who is asked, in turn, by the name of the descriptor. */
  bindings: Readonly<Record<string, Binding>>
  /** Rounded to whole requests, from 1. */
  ratePerSecond: number
  /** How long is measured; one second more goes before, in which every connection is opened. In whole seconds. */
  seconds: number
  /** `even`: as evenly as can be. `poisson`: at random within a second, and in each second alike. */
  arrivals: 'even' | 'poisson'
  /** Of the arrivals. */
  seed: number
  /** No more than this is sent, the second before included; fewer seconds are measured if need be. */
  maxRequests: number
  requestTimeoutMs: number
  outcomes?: OutcomeRule
  /** The share of failing answers beyond which it stops. Default 0.5. */
  stopWhenFailing?: number
  /** Aborting ends it at once. */
  signal?: AbortSignal
  /** Called for every request once it is answered or given up: each uses up the same limits as all others. */
  onRecord?: (record: HistoryRecord) => void
}

/** What autocannon measured, in milliseconds, or why it did not. */
export type SecondOpinion =
  | {
      kind: 'given'
      /** What was asked of it. */
      ratePerSecond: number
      /** What it sent while it measured. */
      sentPerSecond: number
      seconds: number
      connections: number
      /** Accepted answers, which the latencies are of. */
      count: number
      /** Answers that a limit refused. */
      limited: number
      /** Other answers, and requests without one. */
      errors: number
      /** Latencies that were added for requests which could not be made in time. */
      added: number
      p50Ms: number
      p90Ms: number
      p99Ms: number
      p999Ms: number
      maxMs: number
      /** Why it ended early, in a sentence. */
      cutShort?: string
    }
  | { kind: 'none'; why: string }

/** On so many connections at most; each makes one request a second as long as the rate allows. */
const mostConnections = 500

/** How long the last answers may take to be noticed. */
const graceMs = 2_000

/**
 * Asks autocannon for a second opinion: it sends at a constant rate over connections that are opened one
 * after the other within a second, so that the requests of each second are spread as `arrivals` says.
 *
 * About coordinated omission. A connection of autocannon waits for its answer before it sends again, so a
 * slow target is asked less often, and the latencies that would have been worst are missing. autocannon's
 * own correction takes 1 ms for the time between two requests whatever the rate is, and so halves a median
 * of 20 ms; it is not used. Instead each latency is recorded with the interval that its connection should
 * have kept: what is longer stands for the requests that were held up behind it (G. Tene,
 * HdrHistogram's `recordValueWithExpectedInterval`). At up to 500 requests a second that interval is a
 * second, and nothing is held up that does not take so long.
 *
 * It does not check certificates, so that it is never used over https, where a key might go to anybody.
 */
export async function secondOpinion(request: OpinionRequest): Promise<SecondOpinion> {
  const targets = Object.entries(request.bindings)
  const insecure = targets
    .filter(([, binding]) => addressesOf(binding).some((url) => !url.startsWith('http://')))
    .map(([name]) => name)
  if (insecure.length > 0) {
    return {
      kind: 'none',
      why: `autocannon does not check certificates, and ${insecure.join(', ')} would be asked over https.`,
    }
  }
  const ratePerSecond = Math.max(1, Math.round(request.ratePerSecond))
  const seconds = Math.min(request.seconds, Math.floor(request.maxRequests / ratePerSecond) - 1)
  if (targets.length === 0 || seconds < 1) {
    return {
      kind: 'none',
      why: `${request.maxRequests} requests are not enough for 2 s at ${ratePerSecond}/s.`,
    }
  }
  return measure(request, targets, ratePerSecond, seconds)
}

async function measure(
  { arrivals, seed, requestTimeoutMs, signal, ...request }: OpinionRequest,
  targets: [string, Binding][],
  ratePerSecond: number,
  seconds: number,
): Promise<SecondOpinion> {
  // Loading it takes longer than everything else that a command does before it begins.
  const { default: autocannon } = await import('autocannon')
  // So many that each makes as many requests as the others: those that made more would bunch theirs.
  const each = Math.ceil(ratePerSecond / mostConnections)
  const count = Math.ceil(ratePerSecond / each)
  const timeoutSeconds = Math.max(2, Math.ceil(requestTimeoutMs / 1000))
  const rule = outcomeOf(request.outcomes ?? defaultOutcomeRule)
  const suffering = createSuffering(request.stopWhenFailing ?? 0.5)
  const histogram = createHistogram()
  const met = { [Outcome.accepted]: 0, [Outcome.limited]: 0, [Outcome.unknown]: 0 }
  const connections: Connection[] = []
  const timers: NodeJS.Timeout[] = []
  const startedMs = performance.now()
  let sent = 0
  let lastSentMs = startedMs
  let cutShort: string | undefined

  const { promise: stopped, resolve: noMoreOpen } = Promise.withResolvers<void>()
  const stop = (why: string): void => {
    cutShort ??= why
    for (const timer of timers) clearTimeout(timer)
    for (const connection of connections) connection.stop()
    noMoreOpen()
  }
  const open = (index: number): void => {
    const [descriptor, binding] = targets[index % targets.length] as [string, Binding]
    const addresses = addressesOf(binding)
    const url = addresses[Math.floor(index / targets.length) % addresses.length] as string
    const perSecond = Math.floor(ratePerSecond / count) + (index < ratePerSecond % count ? 1 : 0)
    /** A connection's first second is for opening it. */
    const isMeasured = (turn: number) => turn >= perSecond
    const sentAt = new Map<number, { wallMs: number; steadyMs: number }>()
    const idOf = (turn: number) => `a${index}.${turn}`
    const settle = (turn: number, status: number, error?: string): void => {
      const { wallMs, steadyMs } = sentAt.get(turn) as { wallMs: number; steadyMs: number }
      sentAt.delete(turn)
      const atMs = Date.now()
      const durationMs = performance.now() - steadyMs
      const outcome = rule(status)
      if (isMeasured(turn)) {
        met[outcome]++
        if (outcome === Outcome.accepted) {
          histogram.recordValueWithExpectedInterval(
            Math.round(1000 * durationMs),
            Math.floor(1e6 / perSecond),
          )
        }
      }
      request.onRecord?.({
        descriptor,
        sent: wallMs,
        received: Math.max(wallMs, atMs),
        status,
        durationMs,
        error,
        request: idOf(turn),
      })
      const failing = suffering({ status, errorCode: error === 'timeout' ? timedOut : 0, outcome, atMs })
      if (failing) stop(`It was stopped: ${sufferingWords(failing)}.`)
    }
    connections.push(
      openConnection(
        autocannon,
        {
          binding: { ...binding, url },
          perSecond,
          requests: perSecond * (seconds + 1),
          timeoutSeconds,
          idOf,
        },
        {
          sent: (turn) => {
            const steadyMs = performance.now()
            if (isMeasured(turn)) sent++
            lastSentMs = steadyMs
            sentAt.set(turn, { wallMs: Date.now(), steadyMs })
          },
          answered: (turn, status) => settle(turn, status),
          failed: (turn, error) => settle(turn, 0, error),
        },
      ),
    )
    if (connections.length === count) noMoreOpen()
  }

  const abort = () => stop('It was interrupted.')
  signal?.addEventListener('abort', abort)
  try {
    if (signal?.aborted) abort()
    else {
      for (const [index, atMs] of openings(count, arrivals, seed).entries()) {
        timers.push(setTimeout(open, atMs, index))
      }
    }
    const latestMs = 1000 * (seconds + 1 + timeoutSeconds) + graceMs
    timers.push(setTimeout(stop, latestMs, 'It was stopped: answers took too long.'))
    await stopped
    await Promise.all(connections.map(({ ended }) => ended))
  } finally {
    for (const timer of timers) clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
  if (met[Outcome.accepted] === 0) {
    return { kind: 'none', why: cutShort ?? 'Nothing that autocannon asked was accepted.' }
  }
  return {
    kind: 'given',
    ratePerSecond,
    sentPerSecond: sent / Math.max(seconds, (lastSentMs - startedMs) / 1000 - 1),
    seconds,
    connections: count,
    count: met[Outcome.accepted],
    limited: met[Outcome.limited],
    errors: met[Outcome.unknown],
    added: histogram.totalCount - met[Outcome.accepted],
    ...quantiles(histogram),
    ...(cutShort !== undefined && { cutShort }),
  }
}

/** When each connection is opened within the first second, and so when it sends in each one; ascending. */
function openings(count: number, arrivals: OpinionRequest['arrivals'], seed: number): number[] {
  const random = seededRandom(seed)
  const places = Array.from({ length: count }, (_, k) => (arrivals === 'even' ? k / count : random()))
  return places.map((place) => 1000 * place).sort((one, other) => one - other)
}

function quantiles(histogram: Histogram) {
  const at = (percentile: number) =>
    Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue) / 1000
  return { p50Ms: at(50), p90Ms: at(90), p99Ms: at(99), p999Ms: at(99.9), maxMs: histogram.maxValue / 1000 }
}
