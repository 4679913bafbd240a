import type { Arrival } from './arrival.ts'

/** What becomes of a failure when it is tried on fewer or simpler requests. */
export interface Attempt {
  arrivals: readonly Arrival[]
  /** Those of the arrivals that the failure's certificate names. */
  named: readonly Arrival[]
}

/** Tries arrivals on a limiter made anew; `undefined` where they do not fail. */
export type TryArrivals<A extends Attempt> = (arrivals: readonly Arrival[]) => Promise<A | undefined>

/**
 * Makes a failure small: leaves out all that its certificate does not name, then chunks of what is left,
 * then single requests; then makes costs, latencies and times simpler, and leaves out again. Whatever it
 * keeps has failed when it was tried, though perhaps for another reason than the first.
 * @param mostTries so many simulations at most.
 * @returns the smallest failure, how many simulations it took, and whether nothing was left to try.
 */
export async function shrink<A extends Attempt>(
  first: A,
  tryArrivals: TryArrivals<A>,
  windowMs: number,
  mostTries: number,
): Promise<{ smallest: A; tries: number; complete: boolean }> {
  let best = first
  let tries = 0
  let complete = true
  const attempt = async (arrivals: readonly Arrival[]): Promise<boolean> => {
    if (arrivals.length === 0) return false
    if (tries >= mostTries) {
      complete = false
      return false
    }
    tries++
    const found = await tryArrivals(arrivals)
    if (found) best = found
    return found !== undefined
  }

  async function keepNamed(): Promise<void> {
    while (best.named.length < best.arrivals.length) if (!(await attempt(best.named))) return
  }

  async function removeChunks(): Promise<void> {
    for (let size = best.arrivals.length >> 1; size >= 1; ) {
      let removed = false
      // From the end, so that what is removed moves nothing that is still to be tried.
      for (let end = best.arrivals.length; end > 0; ) {
        const start = Math.max(0, end - size)
        const without = [...best.arrivals.slice(0, start), ...best.arrivals.slice(end)]
        if (await attempt(without)) removed = true
        end = start
      }
      // What single requests were needed for may be gone by now.
      if (size > 1) size >>= 1
      else if (!removed || !complete) return
    }
  }

  /** Changes all requests together or, where that does not fail any more, one by one. */
  async function simplify(change: (arrivals: readonly Arrival[]) => Arrival[]): Promise<void> {
    const all = change(best.arrivals)
    if (same(all, best.arrivals) || (await attempt(all))) return
    for (let index = 0; index < best.arrivals.length; index++) {
      const one = best.arrivals.map((arrival, at) => (at === index ? (all[at] as Arrival) : arrival))
      one.sort((a, b) => a.sentMs - b.sentMs)
      if (!same(one, best.arrivals)) await attempt(one)
    }
  }

  if (mostTries === 0) return { smallest: first, tries, complete: false }
  for (const key of new Set(first.arrivals.map((arrival) => arrival.key)))
    if (await attempt(first.arrivals.filter((arrival) => arrival.key === key))) break
  await keepNamed()
  // One after another is easier to read than at once, and far quicker to judge.
  await attempt(spaced(best.arrivals, 1))
  await removeChunks()
  await simplify((arrivals) => arrivals.map((arrival) => ({ ...arrival, cost: 1 })))
  await simplify((arrivals) => arrivals.map((arrival) => ({ ...arrival, thereMs: 0, backMs: 0 })))
  // An even start makes all other times readable; a limiter that reads the time of day allows for it.
  const startMs = best.arrivals[0]?.sentMs ?? 0
  const evenMs = startMs - (startMs % windowMs)
  await attempt(best.arrivals.map((arrival) => ({ ...arrival, sentMs: arrival.sentMs - startMs + evenMs })))
  for (const stepMs of [windowMs, windowMs / 2, windowMs / 10, windowMs / 100, 10].map(Math.round))
    await simplify((arrivals) => spaced(arrivals, stepMs))
  await keepNamed()
  await removeChunks()
  return { smallest: best, tries, complete }
}

/** The least between two requests: so far apart, a checker knows which was decided first. */
const apartMs = 5

/** Times as multiples of a step after the first, where they do not coincide. */
function spaced(arrivals: readonly Arrival[], stepMs: number): Arrival[] {
  const originMs = arrivals[0]?.sentMs ?? 0
  let earliestMs = originMs
  return arrivals.map((arrival) => {
    const roundedMs = originMs + Math.round((arrival.sentMs - originMs) / stepMs) * stepMs
    const sentMs = Math.max(roundedMs, earliestMs)
    earliestMs = sentMs + apartMs
    return { ...arrival, sentMs }
  })
}

function same(one: readonly Arrival[], other: readonly Arrival[]): boolean {
  return one.every((arrival, index) => {
    const { sentMs, key, cost, thereMs, backMs } = other[index] as Arrival
    return (
      arrival.sentMs === sentMs &&
      arrival.key === key &&
      arrival.cost === cost &&
      arrival.thereMs === thereMs &&
      arrival.backMs === backMs
    )
  })
}
