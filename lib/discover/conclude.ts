import { canBeKept } from '../check/index.ts'
import { type History, Outcome } from '../history/index.ts'
import type { MeasuredLimit } from '../result/index.ts'
import { isSurelyBucket, type Limit } from '../spec/index.ts'
import { cluesOf, contradictedIn, known, metBy, togetherWithOther } from './clues.ts'
import type { Nested } from './experiment.ts'
import type { Inquiry, Run } from './inquiry.ts'
import { mostLetThrough } from './let-through.ts'
import { isRefusedByOthers, type Met } from './met.ts'
import { mostThrough } from './most-through.ts'
import { explainedBy, likeliest } from './next-guess.ts'
import { streamsOf } from './stream.ts'
import { isVague } from './vague.ts'
import { sharpened } from './windows-left.ts'

/** What is said of one limit in the end. */
export interface Concluded {
  measured: MeasuredLimit
  /** As a spec would have it, where it is known or likely, and its own. */
  limit?: Limit
}

/** What no run has contradicted. */
interface Held {
  inquiry: Inquiry
  met: readonly Met[]
  limit?: Limit
  /** With a limit that is not proven: all of these explain all runs in its window. */
  between?: [least: number, most: number]
  isProven: boolean
  /** What it was taken to have refused may all be another's. */
  isUnseen?: true
}

/**
 * What is known of limits when no more runs are made. None is said to be what some run contradicts: each is
 * held against all of them, by itself and together with the other on the same requests.
 */
export function conclude(
  inquiries: readonly Inquiry[],
  runs: readonly Run[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): Concluded[] {
  const all = inquiries.map((inquiry): Held => {
    const met = metBy(inquiry, inquiries, runs, nested)
    if (inquiry.above !== undefined || inquiry.isAtEdges) return { inquiry, met, isProven: false }
    const clues = cluesOf(inquiry, met, clockDriftPpm)
    const isProven = inquiry.proven && clues.canBe(inquiry.current)
    const likely = isProven ? inquiry.current : likeliest(inquiry.current, clues)
    const isTogether = togetherWithOther(inquiry, inquiries, runs, nested, clockDriftPpm)
    const canBeTogether = (one: Limit) => clues.canBe(one) && isTogether(one)
    const canBe = likely && canBeTogether(likely) ? canBeTogether : clues.canBe
    // Nothing contradicts what all share but a run that was made for it.
    const isDoubtful = likely !== undefined && !isProven && !inquiry.isShared
    const sharp =
      likely && !inquiry.isShared
        ? sharpened(likely, clues.canBe, explainedBy(likely, inquiry.tried))
        : likely
    const between = isDoubtful && sharp ? alike(sharp, canBe) : undefined
    const isFar = between !== undefined && between[1] - between[0] > mostApart * between[1]
    const hasPassed = likely !== undefined && explainedBy(likely, inquiry.tried).length > 0
    const isOpenToAll =
      isDoubtful && (isFar || (!hasPassed && isVague(likely, inquiry.documented, clues.streams, canBe)))
    const limit = isOpenToAll ? undefined : sharp
    return { inquiry, met, isProven, limit, ...(limit && between && { between }) }
  })
  const held = withoutUnseen(all, runs, nested, clockDriftPpm)
  const isTogether = agree(held, runs, nested, clockDriftPpm)
  const said = held.map((one) => {
    const isContradicted = !isTogether && !one.isProven && isNested(one.inquiry, nested)
    return concluded(isContradicted ? { ...one, limit: undefined } : one, held, nested, clockDriftPpm)
  })
  // What a limit refuses that a spec does not have would be put down to the other on the same requests, unless it
  // refuses only what nobody sends who does not look for that.
  const isMixedUp = held.some(
    ({ inquiry, isUnseen }, k) =>
      isNested(inquiry, nested) &&
      inquiry.above === undefined &&
      !inquiry.isAtEdges &&
      !isUnseen &&
      !said[k]?.limit,
  )
  return said.map((one, k) =>
    isMixedUp && isNested(inquiries[k] as Inquiry, nested) ? { measured: one.measured } : one,
  )
}

/** Limits that explain all runs differ by so much at most, as a share, where one of them is said to be likely. */
const mostApart = 0.02

/**
 * The least and the largest limit that explain all runs in the same window, where that is a bucket or a sliding counter:
 * where more is let through sooner than answers tell, or it is met by what flows for long, nothing tells it from those
 * one lower or higher. `undefined` where it alone does.
 */
function alike(limit: Limit, canBe: (limit: Limit) => boolean): [least: number, most: number] | undefined {
  if (!isSurelyBucket(limit) && !limit.algorithm.includes('sliding-counter')) return undefined
  const isAlike = (most: number) => most > 0 && canBe({ ...limit, limit: most })
  const furthest = (step: number) => {
    let most = limit.limit
    while (Math.abs(most - limit.limit) <= mostApart * limit.limit && isAlike(most + step)) most += step
    return most
  }
  const between: [number, number] = [furthest(-1), furthest(1)]
  return between[0] < between[1] ? between : undefined
}

/**
 * Where refusals do not say who refused, an inner limit without which the outer one explains all that was refused
 * was never seen: what is put down to it may all be the other's.
 */
function withoutUnseen(
  all: readonly Held[],
  runs: readonly Run[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): readonly Held[] {
  if (!nested || nested.saysWho) return all
  const inner = all.find(({ inquiry }) => inquiry.documented.scope === nested.inner)
  const outer = all.find(({ inquiry }) => inquiry.documented.scope === nested.outer)?.limit
  if (!inner || inner.isProven || !outer) return all
  if (!runs.every(({ history }) => canBeKept(history, { limits: [outer], clockDriftPpm }))) return all
  const unseen = inner.met.map((one): Met => {
    return { ...one, refusers: [], streams: streamsOf(one.history, nested.inner, []) }
  })
  return all.map((one) => (one === inner ? { ...inner, met: unseen, limit: undefined, isUnseen: true } : one))
}

function isNested({ documented }: Inquiry, nested: Nested | undefined): boolean {
  return documented.scope === nested?.inner || documented.scope === nested?.outer
}

/** Can two limits on the same requests have been kept together, where both are known, and one is not proven? */
function agree(
  held: readonly Held[],
  runs: readonly Run[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): boolean {
  const both = held.filter(({ inquiry }) => isNested(inquiry, nested))
  const limits = both.flatMap(({ inquiry, limit }) => (limit && !inquiry.isShared ? [limit] : []))
  if (limits.length < 2 || limits.length < both.length) return true
  if (both.every(({ isProven }) => isProven)) return true
  return runs.every(({ history }) => canBeKept(history, { limits, clockDriftPpm }))
}

function concluded(
  { inquiry, met, limit, between, isProven }: Held,
  all: readonly Held[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): Concluded {
  const { documented, isShared } = inquiry
  const { name, scope } = documented
  if (limit) {
    const windowSeconds = limit.window / 1000
    const as = isProven ? 'proven' : 'likely'
    const shared = isShared && { isShared }
    const alike = between && { between }
    const measured: MeasuredLimit = {
      name,
      scope,
      limit: limit.limit,
      windowSeconds,
      as,
      ...alike,
      ...shared,
    }
    return isShared ? { measured } : { measured, limit }
  }
  const isReached = met.some(({ streams }) => streams.some(({ turns }) => turns.length > 0))
  const isUnknown = inquiry.above === undefined && isReached
  // A window that is not its own may have seen more than its limit: what it let through contradicts none then.
  const seen = isUnknown
    ? Math.max(1, ...met.map(({ streams }) => mostLetThrough(streams, documented.window))) - 1
    : (inquiry.above ?? contradictedIn(inquiry, met, clockDriftPpm))
  const about = { name, scope, limit: seen, windowSeconds: documented.window / 1000 }
  if (isUnknown) {
    const saysWho = !isNested(inquiry, nested) || nested?.saysWho === true
    const refusedAfter = saysWho && !isShared ? leastRefusedAfter(met, documented) : undefined
    return { measured: { ...about, as: 'unknown', ...(refusedAfter !== undefined && { refusedAfter }) } }
  }
  const isHidden = met.some(
    (one) =>
      one.experiment.only.includes(scope) && isRefusedByOthers(one, scope) && isNested(inquiry, nested),
  )
  const hider = all.find((other) => other.inquiry !== inquiry && isNested(other.inquiry, nested))
  if (!isHidden || !hider) return { measured: { ...about, as: 'above' } }
  const hiddenBy = hider.inquiry.documented.name
  const most = hider.isProven && mostThrough(possible(hider), documented.window)
  return { measured: { ...about, as: 'above', hiddenBy, ...(most !== false && { mostThrough: most }) } }
}

/** A proven limit with the algorithms that have explained it alone. */
function possible({ inquiry, limit = inquiry.current }: Held): Limit {
  const { tolerance } = known(inquiry)
  const algorithm = explainedBy(inquiry.current, inquiry.tried).map((one) => one.algorithm)
  return { ...limit, tolerance, ...(algorithm.length > 0 && { algorithm }) }
}

/**
 * The fewest that one value of the scope was let through before this limit refused: whatever the algorithm
 * and the window, it is no larger. `undefined` where others may have used it up, or nobody knows what did.
 */
function leastRefusedAfter(
  met: readonly Met[],
  { scope, startsEmpty, foreignTraffic }: Limit,
): number | undefined {
  if (!startsEmpty || foreignTraffic === 'possible') return undefined
  if (met.some(({ history }) => hasUnknown(history, scope))) return undefined
  const bursts = met.flatMap(({ streams }) =>
    streams.flatMap(({ turns: [first] }) => (first ? [first.acceptedBefore] : [])),
  )
  return bursts.length > 0 ? Math.min(...bursts) : undefined
}

function hasUnknown(history: History, scope: string): boolean {
  for (let row = 0; row < history.count; row++) {
    const scopes = history.descriptors[history.descriptor[row] as number]?.scopes ?? {}
    if (scope in scopes && history.outcome[row] === Outcome.unknown) return true
  }
  return false
}
