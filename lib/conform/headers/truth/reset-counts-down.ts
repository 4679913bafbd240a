import type { Algorithm } from '../../../spec/index.ts'
import { readsAsEpoch } from '../quota.ts'
import { cannotTell, type Judgement, together } from './claim.ts'
import type { Measured } from './measured.ts'
import { highestLimit, inSequence, type Statement, type Stream, windowOf } from './stream.ts'
import type { Traffic } from './traffic.ts'

const settledBy = 'answers some seconds apart within one window'

/** Whole seconds may have been rounded either way. */
const roundingMs = 1000

/** When a statement says that the window ends: an instant between two, on the client's clock. */
interface End {
  statement: Statement
  leastMs: number
  mostMs: number
}

/** The end on which several statements agree. */
interface Common {
  leastMs: number
  mostMs: number
  /**
   * The soonest end that one of them allows. What is rounded to seconds may agree although a window ended in
   * between; then it ended from here on.
   */
  soonestMs: number
}

/**
 * How an end differs from those before it, or that it does not: `anew` where it can be another window's,
 * `pushed` where the requests since can have moved it.
 */
type Move = 'same' | 'anew' | 'pushed' | 'later' | 'earlier'

/**
 * Does the time to the reset count down with the clock? Then all answers name one end, within what whole
 * seconds and the time on the way leave open. A later end is explained by a window that has ended, by a
 * limiter whose window lasts from the newest request on, or by one that needs a while longer for each
 * request. Ends that move both ways may be jitter, which draft-11 §8.5 suggests.
 */
export function resetCountsDown(streams: readonly Stream[], measured: Measured, traffic: Traffic): Judgement {
  const judgements = streams.flatMap((stream) => {
    if (stream.limiters > 1) return []
    // What is told with a refusal may be another time than what is told with an accepted request.
    return (['accepted', 'limited'] as const).flatMap((outcome) => {
      const told = stream.statements.filter(({ seen, quota }) => seen.outcome === outcome && tells(quota))
      const ends = inSequence(told).map(endOf)
      return ends.length < 2 ? [] : [judgeEnds(ends, stream, measured, traffic)]
    })
  })
  const none = 'no two answers in sequence tell the same client how many seconds are left of the same quota'
  return together(judgements, cannotTell(none, settledBy))
}

function tells({ resetSeconds }: Statement['quota']): boolean {
  return resetSeconds !== undefined && !readsAsEpoch(resetSeconds)
}

function endOf(statement: Statement): End {
  const { seen } = statement
  const leftMs = leftMsOf(statement)
  return {
    statement,
    leastMs: seen.sentMs + leftMs - roundingMs,
    mostMs: seen.receivedMs + leftMs + roundingMs,
  }
}

/** Only of statements that tell it. */
function leftMsOf({ quota }: Statement): number {
  return (quota.resetSeconds as number) * 1000
}

function judgeEnds(ends: readonly End[], stream: Stream, measured: Measured, traffic: Traffic): Judgement {
  const moves: Record<'pushed' | 'later' | 'earlier', number[]> = { pushed: [], later: [], earlier: [] }
  const countedDown: number[] = []
  let start = ends[0] as End
  let common: Common = { ...start, soonestMs: start.leastMs }
  for (const end of ends.slice(1)) {
    const move = moveOf(common, start, end, stream, measured, traffic)
    const lines = [start.statement.seen.line, end.statement.seen.line]
    if (move === 'same') {
      if (leftMsOf(start.statement) > leftMsOf(end.statement)) countedDown.push(...lines)
      common = {
        leastMs: Math.max(common.leastMs, end.leastMs),
        mostMs: Math.min(common.mostMs, end.mostMs),
        soonestMs: Math.min(common.soonestMs, end.leastMs),
      }
      continue
    }
    if (move !== 'anew') moves[move].push(...lines)
    // What requests push, they push from the start on: nothing is forgotten between.
    if (move === 'pushed') continue
    start = end
    common = { ...end, soonestMs: end.leastMs }
  }
  const { pushed, later, earlier } = moves
  if (pushed.length + later.length > 0 && earlier.length > 0) {
    return cannotTell(
      `the end moves both ways, as with jitter (lines ${earlier[0]} and ${earlier[1]})`,
      'the same answers without jitter',
      [...pushed, ...later, ...earlier],
    )
  }
  if (later.length > 0)
    return untrue(later, 'more time is left than the clock and the requests explain', ends)
  if (earlier.length > 0) return untrue(earlier, 'less time is left than the clock explains', ends)
  if (countedDown.length > 0) {
    return { verdict: 'true', lines: countedDown, why: 'it fell with the clock, towards the same end' }
  }
  if (pushed.length > 0) {
    const why = 'the end moves on, as it does where requests push it'
    return cannotTell(why, 'knowing by which algorithm the limiter counts', pushed)
  }
  return cannotTell('the answers are too close in time, or windows end between them', settledBy)
}

function untrue(lines: readonly number[], why: string, ends: readonly End[]): Judgement {
  const [one, other] = lines.map(
    (line) => ends.find(({ statement }) => statement.seen.line === line)?.statement,
  )
  if (!one || !other) throw new Error('lines of a reset are of its own ends')
  const apart = ((other.seen.sentMs - one.seen.receivedMs) / 1000).toFixed(1)
  const told = `line ${one.seen.line} says ${one.quota.resetSeconds} s, and line ${other.seen.line}, ${apart} s later, says ${other.quota.resetSeconds} s`
  return { verdict: 'untrue', lines, why: `${told}: ${why}` }
}

function moveOf(
  common: Common,
  start: End,
  end: End,
  stream: Stream,
  measured: Measured,
  traffic: Traffic,
): Move {
  if (end.leastMs <= common.mostMs && end.mostMs >= common.leastMs) return 'same'
  if (end.mostMs < common.leastMs) return 'earlier'
  const { seen } = end.statement
  const window = windowOf(stream, measured)
  const hasEnded = common.soonestMs <= seen.receivedMs
  if (!window || hasEnded) return 'anew'
  const may = (algorithm: Algorithm) => measured.algorithms?.includes(algorithm) ?? true
  const pushing = ['sliding-counter', 'sliding-log', 'token-bucket', 'gcra'] as const
  if (!pushing.some(may)) return 'later'
  const leftMs = leftMsOf(end.statement)
  if (leftMs >= window[0] - roundingMs) return 'anew'
  // The fewer the window before had, the longer a sliding counter takes for a unit; and each request that a
  // sliding log counts beyond the limit has it wait for the next older one. Both for up to a window.
  if (may('sliding-counter') || may('sliding-log')) return 'pushed'
  const limit = highestLimit(stream, measured)
  if (limit === undefined || measured.foreignTraffic !== 'none') return 'pushed'
  // Each request that is counted moves the end of a refill by the time that its unit takes.
  const first = start.statement.seen
  const lowest = Math.min(limit, measured.limit ?? limit, stream.limit ?? limit)
  const most = traffic.most(stream.scopes, first.sentMs, seen.receivedMs)
  const latestMs = start.mostMs + (most * window[1]) / Math.max(1, lowest)
  return end.leastMs <= latestMs ? 'pushed' : 'later'
}
