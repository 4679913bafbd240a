import type { Observed } from '../../../lib/conform/headers/index.ts'
import { createLimiter, type LimiterParameters } from '../../../lib/limiters/index.ts'
import { seededRandom } from '../../../lib/simulate/index.ts'
import type { Algorithm } from '../../../lib/spec/index.ts'
import { line } from './observed.ts'

export const startMs = Date.parse('2026-11-24T12:00:00Z')

/** What a limiter knows when it answers; a lie changes what it says of it. */
export interface Words {
  limit: number
  windowSeconds: number
  remaining: number
  resetSeconds: number
  retryAfter: string
}

export interface Simulation {
  algorithm: Algorithm
  limit: number
  windowSeconds: number
  /** When requests are sent, in ms since the start. */
  sentMs: readonly number[]
  seed: number
  /** The longest way there, and the longest way back. */
  latencyMs: number
  countsRefused?: boolean
  parameters?: Partial<LimiterParameters>
  words?: (honest: Words, nowMs: number) => Words
  fields?: (words: Words) => string[]
}

export const draft08 = ({ limit, windowSeconds, remaining, resetSeconds }: Words) => [
  `ratelimit-policy: "p";q=${limit};w=${windowSeconds}`,
  `ratelimit: "p";r=${remaining};t=${resetSeconds}`,
]

/** What clients see of a limiter that decides each request somewhere between sending and receiving. */
export function simulate(simulation: Simulation): Observed[] {
  const { algorithm, limit, windowSeconds, sentMs, seed, latencyMs } = simulation
  const random = seededRandom(seed)
  const windowUs = windowSeconds * 1_000_000
  const model = createLimiter(algorithm, {
    limit,
    windowUs,
    phaseUs: Math.floor(random() * windowUs),
    ...simulation.parameters,
  })
  const flights = sentMs
    .map((sent) => {
      const decided = sent + random() * latencyMs
      return { sent, decided, received: decided + random() * latencyMs }
    })
    .sort((one, other) => one.decided - other.decided)
  let state = model.init()
  const originUs = startMs * 1000
  const seen = flights.map(({ sent, decided, received }) => {
    const atUs = originUs + Math.floor(decided * 1000)
    const accepted = model.admits(state, atUs, 1)
    if (accepted || simulation.countsRefused) state = model.charge(state, atUs, 1)
    let remaining = 0
    while (remaining < limit && model.admits(state, atUs, remaining + 1)) remaining++
    // Until one more than what remains can be used.
    const waitUs = remaining < limit ? model.admitsFromUs(state, atUs, remaining + 1) - atUs : 0
    const seconds = Math.ceil(waitUs / 1_000_000)
    const honest = { limit, windowSeconds, remaining, resetSeconds: seconds, retryAfter: String(seconds) }
    const words = simulation.words?.(honest, startMs + decided) ?? honest
    const fields = (simulation.fields ?? draft08)(words)
    if (!accepted) fields.push(`retry-after: ${words.retryAfter}`)
    return {
      line: 0,
      status: accepted ? 200 : 429,
      sentMs: startMs + sent,
      receivedMs: startMs + received,
      headers: fields.map(line),
      body: '',
      outcome: accepted ? 'accepted' : 'limited',
      scopes: ['apiKey=K'],
    } satisfies Observed
  })
  return seen
    .sort((one, other) => one.receivedMs - other.receivedMs)
    .map((each, index) => ({ ...each, line: index + 2 }))
}

/** One request after another, this many at this distance, from this instant on. */
export function row(fromMs: number, count: number, apartMs: number): number[] {
  return Array.from({ length: count }, (_, index) => fromMs + index * apartMs)
}
