import type { Scopes } from '../history/history.ts'
import { type History, historyFromRecords, Outcome, type RecordInput } from '../history/index.ts'
import type { Arrival, Call } from './arrival.ts'
import type { CreateLimiter } from './decide.ts'
import { createTimeline } from './fake-clock.ts'

/** How a simulated server is reached. */
export interface Network {
  /** How long a request takes to the limiter, and the answer back, in milliseconds. */
  latencyMs: (random: () => number) => number
  /** How long after the last request was sent answers are waited for, on the fake clock. Default: an hour. */
  patienceMs?: number
}

export interface Simulated {
  history: History
  calls: Call[]
  /** For each call, the line of the history on which it stands; the header is line 1. */
  lineOfCall: number[]
  /** For each call, the place among the arrivals of the request that it decides. */
  arrivalOfCall: number[]
}

/** The clock that clients and limiter share counts whole milliseconds. */
const resolutionMs = 1

/** So many things in a row are never due at one instant, except for who waits no time again and again. */
const mostAtOneInstant = 100_000

// Taken before a test replaces the timers of the process, with which no limiter would be waited for.
const { setImmediate: soon } = globalThis

/**
 * Sends requests to a limiter on a fake clock and records what each met, as a client would see it: when
 * it was sent, when the answer came, and whether it was accepted. The limiter decides somewhere in
 * between; a limiter that waits is asked about other requests meanwhile. The same arrivals, limiter and
 * random numbers give the same history.
 * @param scopesOf what limits count a request for a key by; a text is the scope that keys are values of.
 * Rejects with whatever the limiter throws, and with an error that says so where it never answers.
 */
export async function simulate(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  { latencyMs, patienceMs = 3_600_000 }: Network,
  random: () => number,
  scopesOf: string | ((key: string) => Scopes),
): Promise<Simulated> {
  const startMs = arrivals.reduce((least, { sentMs }) => Math.min(least, sentMs), Number.POSITIVE_INFINITY)
  const originMs = Number.isFinite(startMs) ? Math.floor(startMs) : 0
  const timeline = createTimeline(originMs)
  const decide = create({ clock: timeline, random })
  const records: { record: RecordInput; callNumber: number }[] = []
  const calls: Call[] = []
  const arrivalOfCall: number[] = []
  const unanswered = new Set<Call>()
  let waiting = 0
  let failure: { error: unknown } | undefined

  const send = ({ sentMs, key, cost, backMs }: Arrival, index: number, thereMs: number) => {
    timeline.at(sentMs + thereMs, () => {
      const nowMs = Math.floor(timeline.nowMs() / resolutionMs) * resolutionMs
      const call: Call = { key, cost, nowMs, allowed: false }
      const callNumber = calls.push(call) - 1
      arrivalOfCall.push(index)
      unanswered.add(call)
      const answer = (allowed: boolean) => {
        call.allowed = allowed
        unanswered.delete(call)
        const receivedMs = timeline.nowMs() + (backMs ?? latencyMs(random))
        const record = {
          descriptor: key,
          sentUs: Math.floor((sentMs - originMs) * 1000),
          receivedUs: Math.ceil((receivedMs - originMs) * 1000),
          outcome: allowed ? Outcome.accepted : Outcome.limited,
          cost,
        }
        records.push({ record, callNumber })
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
  for (const [index, arrival] of arrivals.entries()) {
    const { sentMs, thereMs } = arrival
    if (thereMs !== undefined) send(arrival, index, thereMs)
    else timeline.at(sentMs, () => send(arrival, index, latencyMs(random)))
  }

  const lastSentMs = arrivals.reduce((latest, { sentMs }) => Math.max(latest, sentMs), timeline.nowMs())
  let stepsAtThisInstant = 0
  while (records.length < arrivals.length) {
    const before = timeline.nowMs()
    const stepped = timeline.step()
    stepsAtThisInstant = timeline.nowMs() === before ? stepsAtThisInstant + 1 : 0
    // All that is due at one instant begins before anything that waits goes on, so that it races; and
    // whoever waits goes on before time does.
    if (waiting > 0 && timeline.nextMs() > timeline.nowMs())
      await new Promise<void>((resolve) => soon(resolve))
    if (failure) throw failure.error
    if (!stepped && !timeline.step()) throw neverAnswered(unanswered, 'nothing more is due on the fake clock')
    if (timeline.nowMs() > lastSentMs + patienceMs)
      throw neverAnswered(unanswered, `the last request was sent ${patienceMs} ms ago on the fake clock`)
    if (stepsAtThisInstant > mostAtOneInstant)
      throw neverAnswered(unanswered, 'it waits for 0 ms again and again')
  }
  const keys = [...new Set(arrivals.map(({ key }) => key))]
  const scopesOfKey = typeof scopesOf === 'string' ? (key: string) => ({ [scopesOf]: key }) : scopesOf
  const descriptors = keys.map((name) => ({ name, scopes: scopesOfKey(name) }))
  records.sort((a, b) => a.record.sentUs - b.record.sentUs)
  const lineOfCall: number[] = []
  for (const [index, { callNumber }] of records.entries()) lineOfCall[callNumber] = index + 2
  const history = historyFromRecords(
    { descriptors, clockSlackMs: resolutionMs, startedAtMs: originMs },
    records.map(({ record }) => record),
  )
  return { history, calls, lineOfCall, arrivalOfCall }
}

function neverAnswered(unanswered: ReadonlySet<Call>, because: string): Error {
  const [first] = unanswered
  const which = first
    ? `; the first of them is for key "${first.key}", of cost ${first.cost}, at ${first.nowMs} ms`
    : ''
  return new Error(
    `The limiter never answered ${unanswered.size} requests${which}. Expected true or false, or a promise of ` +
      `it; but ${because}. A limiter on a fake clock may wait for \`clock.sleep(ms)\` of the world that it is ` +
      'made with, and for other promises, but not for real timers, the network, or a promise that nobody keeps.',
  )
}
