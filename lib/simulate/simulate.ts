import { type History, historyFromRecords, Outcome, type RecordInput } from '../history/index.ts'
import type { CreateLimiter } from './decide.ts'
import { createTimeline } from './fake-clock.ts'

/** One request that is to be sent. */
export interface Arrival {
  sentMs: number
  key: string
  cost: number
}

/** How a simulated server is reached. */
export interface Network {
  /** How long a request takes to the limiter, and the answer back, in milliseconds. */
  latencyMs: (random: () => number) => number
}

/** What the limiter was asked, in the order in which it was asked, and what it said. */
export interface Call {
  key: string
  cost: number
  nowMs: number
  allowed: boolean
}

export interface Simulated {
  history: History
  calls: Call[]
}

/** The clock that clients and limiter share counts whole milliseconds. */
const resolutionMs = 1

/**
 * Sends requests to a limiter on a fake clock and records what each met, as a client would see it: when
 * it was sent, when the answer came, and whether it was accepted. The limiter decides somewhere in
 * between; a limiter that waits is asked about other requests meanwhile. The same arrivals, limiter and
 * random numbers give the same history.
 * @param scope what the keys are values of.
 * @throws whatever the limiter throws, and rejects where it never answers.
 */
export async function simulate(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  { latencyMs }: Network,
  random: () => number,
  scope: string,
): Promise<Simulated> {
  const startMs = arrivals.reduce((least, { sentMs }) => Math.min(least, sentMs), Number.POSITIVE_INFINITY)
  const timeline = createTimeline(Number.isFinite(startMs) ? startMs : 0)
  const decide = create({ clock: timeline, random })
  const records: RecordInput[] = []
  const calls: Call[] = []
  let unanswered = 0
  let waiting = 0
  let failure: { error: unknown } | undefined

  const send = ({ sentMs, key, cost }: Arrival) => {
    unanswered++
    timeline.at(sentMs + latencyMs(random), () => {
      const nowMs = Math.floor(timeline.nowMs() / resolutionMs) * resolutionMs
      const call: Call = { key, cost, nowMs, allowed: false }
      calls.push(call)
      const answer = (allowed: boolean) => {
        call.allowed = allowed
        timeline.at(timeline.nowMs() + latencyMs(random), () => {
          unanswered--
          records.push({
            descriptor: key,
            sentUs: Math.floor(sentMs * 1000),
            receivedUs: Math.ceil(timeline.nowMs() * 1000),
            outcome: allowed ? Outcome.accepted : Outcome.limited,
            cost,
          })
        })
      }
      const answered = decide(key, cost, nowMs)
      if (typeof answered === 'boolean') {
        answer(answered)
        return
      }
      waiting++
      answered.then(
        (allowed) => {
          waiting--
          answer(allowed)
        },
        (error: unknown) => {
          failure = { error }
        },
      )
    })
  }
  for (const arrival of arrivals) timeline.at(arrival.sentMs, () => send(arrival))

  for (;;) {
    if (failure) throw failure.error
    const stepped = timeline.step()
    // Whoever waits goes on before time does.
    if (waiting > 0) await new Promise((resolve) => setImmediate(resolve))
    if (!stepped && waiting === 0) break
    if (!stepped && !timeline.step())
      throw new Error(`${unanswered} requests were never answered by the limiter`)
  }
  const keys = [...new Set(arrivals.map(({ key }) => key))]
  const descriptors = Object.fromEntries(keys.map((key) => [key, { [scope]: key }]))
  records.sort((a, b) => a.sentUs - b.sentUs)
  return { history: historyFromRecords({ descriptors, clockSlackMs: resolutionMs }, records), calls }
}
