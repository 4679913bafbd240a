import type { History } from '../history/index.ts'
import type { LimitResult, MeasuredLimit } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { inWords, nextGuess } from './next-guess.ts'

/** So many runs are made at most. */
const mostRuns = 8

/** So many runs in a row that change nothing are enough. */
const mostUnchanged = 2

/** Limits are looked for up to so many times what the spec says. */
const mostTimes = 20

/** What was fired, and what it was judged to say of each limit. */
export interface Fired {
  history: History
  limits: readonly LimitResult[]
}

/** Limits that were found, and as what a spec would have them. */
export interface Discovered {
  measured: MeasuredLimit[]
  /** What is known or likely, as limits of a spec; limits that nothing reached are not in it. */
  limits: Limit[]
}

/**
 * Finds out which limits a target has: takes them for what the last run makes them look like, and has the
 * next one fire at that, until runs have proven each.
 * @param documented the limits of the spec. @param first the run that was fired at them.
 * @param fireAt fires at limits; `undefined` where that cannot be done, or is not wanted any more.
 */
export async function discoverLimits(
  documented: readonly Limit[],
  first: Fired,
  fireAt: (limits: Limit[], run: number) => Promise<Fired | undefined>,
  clockDriftPpm: number,
): Promise<Discovered> {
  const above = new Map<string, MeasuredLimit>()
  const proven = new Map<string, Limit>()
  const histories = [first.history]
  const tried = new Map(documented.map((limit) => [limit.name, new Set([inWords(limit)])]))
  let current: Limit[] = [...documented]
  let unchanged = 0
  let last: Fired | undefined = first
  for (let run = 1; last && run <= mostRuns; run++) {
    const { limits } = last
    current = current.flatMap((limit): Limit[] => {
      const known = proven.get(limit.name)
      const judged = limits.find(({ name }) => name === limit.name)
      const written = documented.find(({ name }) => name === limit.name)
      if (known || !judged || !written) return [known ?? limit]
      const mostLimit = mostTimes * written.limit
      const before = tried.get(limit.name) ?? new Set()
      const guess = nextGuess(limit, {
        histories,
        result: judged,
        mostLimit,
        windowMs: written.window,
        clockDriftPpm,
        tried: before,
      })
      if (guess.kind === 'next') before.add(inWords(guess.limit))
      if (guess.kind === 'known') proven.set(limit.name, guess.limit)
      if (guess.kind !== 'above') return [guess.limit]
      const { name, scope } = limit
      const windowSeconds = written.window / 1000
      above.set(name, { name, scope, limit: guess.acceptedAtMost, windowSeconds, as: 'above' })
      return []
    })
    if (current.every(({ name }) => proven.has(name))) break
    const before = last
    last = await fireAt(current, run)
    if (last) histories.push(last.history)
    unchanged = last && isAsBefore(before, last) ? unchanged + 1 : 0
    if (unchanged >= mostUnchanged) break
  }
  const measured = documented.flatMap((limit): MeasuredLimit[] => {
    const found = current.find(({ name }) => name === limit.name)
    const over = above.get(limit.name)
    if (over) return [over]
    if (!found) return []
    const { name, scope, window } = found
    const as = proven.has(name) ? 'proven' : 'likely'
    return [{ name, scope, limit: found.limit, windowSeconds: window / 1000, as }]
  })
  return { measured, limits: current }
}

/** Was the same taken to be there, and the same said of it? */
function isAsBefore(before: Fired, last: Fired): boolean {
  const words = ({ limits }: Fired) =>
    limits
      .map(({ name, limit, windowSeconds, verdict }) => [name, limit, windowSeconds, verdict].join())
      .join()
  return words(before) === words(last)
}
