import { counted } from '../rule.ts'
import { cannotTell, type Judgement, together } from './claim.ts'
import type { Measured } from './measured.ts'
import { highestLimit, inSequence, type Statement, type Stream, windowOf } from './stream.ts'
import { costOf, type Traffic } from './traffic.ts'

/**
 * Some consecutive steps of a sequence of accepted requests. A step is short by one where `remaining` did
 * not fall, and by more where it rose.
 */
interface Block {
  first: Statement
  last: Statement
  shortBy: number
  /** The greatest shortfalls of single steps, greatest first. */
  greatest: number[]
}

const settledBy =
  'requests one after another, all within a small part of the window, that nobody else disturbs'

/**
 * Does `remaining` fall by one with each accepted request? What falls more than requests can have used up
 * is untrue if nobody else uses the limit. What falls less is untrue only if no way of counting gives so
 * much back: a window that begins anew (once per window, in one step), a refill or a sliding counter (at
 * most the limit per window), a sliding log (what is older than a window). Overlapping requests are in no
 * order, and so in no step.
 */
export function remainingFalls(streams: readonly Stream[], measured: Measured, traffic: Traffic): Judgement {
  const none = cannotTell('no two accepted answers in sequence say what remains', settledBy)
  return together(
    streams.flatMap((stream) => judgeStream(stream, measured, traffic)),
    none,
  )
}

function judgeStream(stream: Stream, measured: Measured, traffic: Traffic): Judgement[] {
  const chain = inSequence(
    stream.statements.filter(
      ({ seen, quota }) => seen.outcome === 'accepted' && quota.remaining !== undefined && costOf(seen) >= 1,
    ),
  )
  const steps = stepsOf(chain, stream.limiters)
  if (steps.length === 0) return []
  let doubt: Judgement | undefined
  for (const block of growing(steps, stream.limiters)) {
    const found = tooMuch(block, stream, measured, traffic) ?? tooLittle(block, stream, measured, traffic)
    if (found?.verdict === 'untrue') return [found]
    doubt ??= found
  }
  return [doubt ?? ofExactSteps(steps, stream, traffic)]
}

function stepsOf(chain: readonly Statement[], limiters: number): Block[] {
  return chain.slice(1).map((last, index) => {
    const first = chain[index] as Statement
    const shortBy = Math.max(0, 1 - (leftOf(first) - leftOf(last)))
    return { first, last, shortBy, greatest: Array<number>(limiters).fill(0).with(0, shortBy) }
  })
}

/** Blocks of 1, 2, 4, 8 … steps, from each step on: whatever is amiss shows in one that is not too long. */
function* growing(steps: readonly Block[], limiters: number): Generator<Block> {
  let blocks = steps
  for (let length = 1; blocks.length > 0; length *= 2) {
    yield* blocks
    const shorter: readonly Block[] = blocks
    blocks = shorter.slice(length).map((second, index) => {
      const first = shorter[index] as Block
      const greatest = [...first.greatest, ...second.greatest].sort((one, other) => other - one)
      return {
        first: first.first,
        last: second.last,
        shortBy: first.shortBy + second.shortBy,
        greatest: greatest.slice(0, limiters),
      }
    })
  }
}

/** Fractions of a unit may be rounded either way. */
const roundingUnits = 1

function tooMuch(
  { first, last }: Block,
  { scopes }: Stream,
  measured: Measured,
  traffic: Traffic,
): Judgement | undefined {
  const fell = leftOf(first) - leftOf(last)
  // The first one is in its own number already.
  const most =
    traffic.most(scopes, first.seen.sentMs, last.seen.receivedMs) - costOf(first.seen) * scopes.length
  if (fell <= most + roundingUnits) return undefined
  const lines = [first.seen.line, last.seen.line]
  const why = `from line ${lines[0]} to line ${lines[1]} it fell by ${fell}, while at most ${counted(most, 'unit')} can have been used up`
  if (measured.foreignTraffic === 'none') return { verdict: 'untrue', lines, why }
  return cannotTell(`${why} by us; others may have used it`, 'a limit that nobody else uses', lines)
}

function tooLittle(
  block: Block,
  stream: Stream,
  measured: Measured,
  traffic: Traffic,
): Judgement | undefined {
  const { first, last, shortBy, greatest } = block
  const window = windowOf(stream, measured)
  const limit = highestLimit(stream, measured)
  // Two steps at least: one alone may be where a window begins anew.
  const beside = shortBy - greatest.reduce((sum, each) => sum + each, 0)
  if (!window || limit === undefined || beside <= 0) return undefined
  const [leastMs, mostMs] = window
  const spanMs = last.seen.receivedMs - first.seen.sentMs
  // A sliding counter that also counts refusals forgets more than the limit in a window.
  const seen = traffic.most(stream.scopes, first.seen.sentMs - 2 * mostMs, last.seen.receivedMs)
  const refilled = ((Math.max(limit, seen) * spanMs) / leastMs + roundingUnits) * stream.limiters
  if (beside <= refilled) return undefined
  if (shortBy <= forgotten(block, limit, window, stream, measured, traffic)) return undefined
  const stated = measured.windowMs
    ? ''
    : `; with the stated window of ${stream.windowSeconds} s both cannot be true`
  return {
    verdict: 'untrue',
    lines: [first.seen.line, last.seen.line],
    why: `from line ${first.seen.line}, which says ${leftOf(first)}, to line ${last.seen.line}, which says ${leftOf(last)}, it did not fall with the requests that were accepted, and no window or refill gives so much back in ${(spanMs / 1000).toFixed(1)} s${stated}`,
  }
}

/** The most that a sliding log can have forgotten from the first decision of a block to the last. */
function forgotten(
  { first, last }: Block,
  limit: number,
  [leastMs, mostMs]: readonly [number, number],
  { scopes, limiters }: Stream,
  { foreignTraffic }: Measured,
  traffic: Traffic,
): number {
  const isWithinWindow = last.seen.receivedMs - first.seen.sentMs < leastMs
  // What is forgotten within a window was counted at its beginning; the first request itself is not forgotten.
  const counted = isWithinWindow
    ? Math.max(0, limit - leftOf(first) - 1) * limiters
    : Number.POSITIVE_INFINITY
  if (foreignTraffic !== 'none') return counted
  const ours = traffic.most(scopes, first.seen.sentMs - mostMs, last.seen.receivedMs - leastMs)
  // Whoever sent before the history began is not seen.
  return Math.min(counted, reachesBack(first, mostMs, traffic, scopes) ? ours : Number.POSITIVE_INFINITY)
}

/** Does the history reach back beyond a window before the statement? */
function reachesBack(
  { seen }: Statement,
  windowMs: number,
  traffic: Traffic,
  scopes: readonly string[],
): boolean {
  return traffic.most(scopes, Number.NEGATIVE_INFINITY, seen.sentMs - windowMs) > 0
}

/** Steps in which only the second of the two requests can have been counted. */
function ofExactSteps(steps: readonly Block[], { scopes }: Stream, traffic: Traffic): Judgement {
  const undisturbed = steps.filter(
    ({ first, last }) =>
      traffic.most(scopes, first.seen.sentMs, last.seen.receivedMs) === 2 * scopes.length &&
      costOf(last.seen) === 1,
  )
  const exact = undisturbed.filter(({ first, last }) => leftOf(first) - leftOf(last) === 1)
  const lines = exact.slice(0, 2).flatMap(({ first, last }) => [first.seen.line, last.seen.line])
  if (exact.length > 0 && exact.length * 2 >= undisturbed.length) {
    const why = `so it did in ${exact.length} of ${counted(undisturbed.length, 'step')} in which nothing else was sent, and no other step contradicts it`
    return { verdict: 'true', lines, why }
  }
  const why =
    undisturbed.length === 0
      ? 'requests overlapped all the time'
      : 'what a window or a refill gives back hides what is used up'
  return cannotTell(why, settledBy)
}

function leftOf({ quota }: Statement): number {
  return quota.remaining as number
}
