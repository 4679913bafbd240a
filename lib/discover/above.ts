import { canBeKept } from '../check/index.ts'
import type { History } from '../history/index.ts'
import { algorithms, type Limit } from '../spec/index.ts'

/** So many histories are asked: those in which most was let through. */
const mostHistories = 3

/**
 * The largest limit, with the window it is given, that what was let through contradicts, whichever the
 * algorithm: so the true one is above it. 0 where nothing is contradicted.
 * @param histories each with the most that one value of the scope was let through within a window; what others
 * refused is unknown in them.
 */
export function contradictedUpTo(
  limit: Limit,
  histories: readonly { history: History; letThrough: number }[],
  clockDriftPpm: number,
): number {
  const asked = histories.toSorted((one, other) => other.letThrough - one.letThrough).slice(0, mostHistories)
  const isContradicted = (most: number) => {
    const limits = [{ ...limit, limit: most, algorithm: [...algorithms] }]
    return asked.some(({ history }) => !canBeKept(history, { limits, clockDriftPpm }))
  }
  let contradicted = 0
  let open = Math.max(0, ...asked.map(({ letThrough }) => letThrough)) + 1
  while (open - contradicted > 1) {
    const middle = Math.floor((contradicted + open) / 2)
    if (isContradicted(middle)) contradicted = middle
    else open = middle
  }
  return contradicted
}
