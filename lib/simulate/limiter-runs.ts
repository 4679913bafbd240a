import type { Scopes } from '../history/history.ts'
import type { Arrival } from './arrival.ts'
import type { CreateLimiter, Decide } from './decide.ts'
import { seededRandom } from './random.ts'
import { type Simulated, simulate } from './simulate.ts'

/** A history of one limiter, and how the limiter went about it. */
export interface LimiterRun extends Simulated {
  /** Was it asked again before it had answered? Then the order of the calls does not say all. */
  overlapped: boolean
  /** Did it draw random numbers? */
  drewRandom: boolean
}

/**
 * Sends requests to a limiter made anew, as {@link simulate} does. Requests without latencies of their own
 * have none.
 * @param seed what the limiter's random numbers are drawn from.
 * Rejects with an error that says at which call, where the limiter throws, answers with something else than
 * true or false, or never.
 */
export async function runLimiter(
  create: CreateLimiter,
  arrivals: readonly Arrival[],
  { seed, scopesOf, patienceMs }: { seed: number; scopesOf: (key: string) => Scopes; patienceMs: number },
): Promise<LimiterRun> {
  const draw = seededRandom(seed)
  const ways = { overlapped: false, drewRandom: false }
  let unanswered = 0
  const watched: CreateLimiter = ({ clock }) => {
    const random = () => {
      ways.drewRandom = true
      return draw()
    }
    const decide: unknown = create({ clock, random })
    if (typeof decide !== 'function')
      throw new TypeError(
        `The function that makes a limiter: expected it to return a function (key, cost, nowMs) => true or false, got ${kindOf(decide)}. A plain function is handed over as () => limiter.`,
      )
    let number = 0
    return (key, cost, nowMs) => {
      const place = ++number
      const call = () => `call ${place} (key "${key}", cost ${cost}, at ${nowMs} ms)`
      const checked = (answer: unknown): boolean => {
        unanswered--
        if (typeof answer === 'boolean') return answer
        throw new TypeError(
          `The limiter's answer to ${call()}: expected true or false, got ${kindOf(answer)}. Where a library says it otherwise, such as by throwing, turn that into true or false.`,
        )
      }
      const thrown = (error: unknown): never => {
        const said = error instanceof Error ? error.message : String(error)
        throw new Error(
          `The limiter threw at ${call()}: ${said}. Expected true or false; a limiter that refuses by throwing is to be wrapped.`,
          { cause: error },
        )
      }
      if (unanswered++ > 0) ways.overlapped = true
      let answer: unknown
      try {
        answer = (decide as Decide)(key, cost, nowMs)
      } catch (error) {
        return thrown(error)
      }
      return isPromise(answer) ? answer.then(checked, thrown) : checked(answer)
    }
  }
  const network = { latencyMs: () => 0, patienceMs }
  const simulated = await simulate(watched, arrivals, network, draw, scopesOf)
  return { ...simulated, ...ways }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function'
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`.slice(0, 60)
}
