import { seededRandom } from '../../simulate/random.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Allowance } from '../order/allowance.ts'
import type { Witness } from '../replay/replay.ts'
import { playAbreast } from './play-abreast.ts'
import type { PlayedComponent } from './played-component.ts'
import { type PlayedLimiter, playedLimiter } from './requests.ts'

/** One limiter of a component, with what is assumed of it. */
export interface AbreastAssumed {
  cell: Cell
  hypothesis: Hypothesis
  /** Ranges of instants at which a window may start, ascending and apart. Empty where it has no such. */
  openUs: readonly (readonly [from: number, to: number])[]
}

/** More requests than this are not played so: it takes too long. */
const mostRequests = 8_000

/** So many sets of starts are begun with, where windows have such. */
const manyStarts = 96

/** So often it is begun again, ever nearer to the starts that came furthest. */
const mostRounds = 12

/** How many of each four starts are drawn anew. */
const anew = 0.25

/**
 * Looks for a witness by playing many plays abreast, from starts drawn from all that are open: those with
 * which plays get furthest are gone on from with others near to them. What it returns has been replayed; that
 * it returns nothing proves nothing. The same question always has the same answer.
 * @param together ranges in which all windows may start at once, tried as well.
 * @param share how much of what is left of the work to spend at most.
 */
export function witnessByPlayingAbreast(
  component: PlayedComponent,
  assumed: readonly AbreastAssumed[],
  together: AbreastAssumed['openUs'],
  share: number,
  allowance: Allowance,
): Witness | undefined {
  const { requests } = component
  if (requests.rows.length === 0 || requests.rows.length > mostRequests) return undefined
  const random = seededRandom(requests.rows.length)
  const hasStarts = assumed.some(({ openUs }) => openUs.length > 0)
  const startsOf = new Map<readonly PlayedLimiter[], Starts>()
  const limitersWith = (starts: Starts): readonly PlayedLimiter[] => {
    const limiters = assumed.map(({ cell, hypothesis }, k) => playedLimiter(cell, hypothesis, starts[k]))
    startsOf.set(limiters, starts)
    return limiters
  }
  const spare = allowance.left * (1 - share)
  let best: { sent: number; starts: readonly Starts[] } = { sent: -1, starts: [] }
  for (let round = 0; round < mostRounds && allowance.left > spare; round++) {
    const drawn = Array.from({ length: hasStarts ? manyStarts : 1 }, (): Starts => {
      if (round > 0 && random() >= anew) return near(assumed, best.starts, round, random)
      const shared = together.length > 0 && random() < 0.5 ? within(together, random) : undefined
      return assumed.map(({ openUs }) =>
        openUs.length === 0 ? undefined : (shared ?? within(openUs, random)),
      )
    })
    const played = playAbreast(
      requests,
      drawn.map(limitersWith),
      (conflict) => component.refusersOf(conflict),
      random,
      allowance.left - spare,
    )
    allowance.left -= played.work
    if (played.decided) {
      const { order, atUs, limiters } = played.decided
      return component.witness(order, atUs, startsOf.get(limiters) as Starts)
    }
    if (played.sent >= best.sent) {
      best = { sent: played.sent, starts: played.starts.map((limiters) => startsOf.get(limiters) as Starts) }
    }
    startsOf.clear()
  }
  return undefined
}

type Starts = readonly (number | undefined)[]

/** An instant drawn from ranges. */
function within(ranges: AbreastAssumed['openUs'], random: () => number): number {
  const lengthUs = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  let us = Math.floor(random() * lengthUs)
  for (const [from, to] of ranges) {
    if (us <= to - from) return from + us
    us -= to - from + 1
  }
  return (ranges[0] as readonly [number, number])[0]
}

/** Starts near to those of some that came far, of one or of several: the nearer, the later the round. */
function near(
  assumed: readonly AbreastAssumed[],
  parents: readonly Starts[],
  round: number,
  random: () => number,
): Starts {
  const one = parents[Math.floor(random() * parents.length)] as Starts
  const mixed = random() < 0.5
  return assumed.map(({ openUs }, k) => {
    const parent = mixed ? (parents[Math.floor(random() * parents.length)] as Starts) : one
    const us = parent[k]
    if (us === undefined) return undefined
    const lengthUs = openUs.reduce((sum, [from, to]) => sum + to - from + 1, 0)
    const apartUs = (lengthUs / 2 ** (round + 1)) * random() ** 2
    const movedUs = Math.round(us + (2 * random() - 1) * apartUs)
    return openUs.some(([from, to]) => from <= movedUs && movedUs <= to) ? movedUs : us
  })
}
