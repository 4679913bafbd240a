import { canBeKept } from '../check/index.ts'
import type { Limit } from '../spec/index.ts'
import { contradictedUpTo } from './above.ts'
import type { Nested } from './experiment.ts'
import { type Inquiry, isKnown, mostLimitOf, type Run } from './inquiry.ts'
import { mostLetThrough } from './let-through.ts'
import { isRefusedAtOnce, type Met, metIn, withoutOthers } from './met.ts'
import { type Clues, explainedBy, inWords } from './next-guess.ts'

/**
 * What a limit met in each run, by all that is known by now. Finds out as well whether all values of its
 * scope share it.
 */
export function metBy(
  inquiry: Inquiry,
  inquiries: readonly Inquiry[],
  runs: readonly Run[],
  nested: Nested | undefined,
): Met[] {
  const { scope, startsEmpty } = inquiry.documented
  const scopes = inquiries
    .filter(({ above }) => above === undefined)
    .map(({ documented }) => documented.scope)
  // What is only likely says nothing of itself.
  const proven = inquiries.filter((one) => one.proven || (one !== inquiry && isKnown(one))).map(known)
  if (nested?.saysWho && scope === nested.inner && startsEmpty) {
    inquiry.isShared ||= runs.some((run) => metIn(run, scope, scopes, proven).streams.some(isRefusedAtOnce))
  }
  const valuesOf = inquiry.isShared ? nested?.outer : undefined
  return runs.map((run) => metIn(run, scope, scopes, proven, valuesOf))
}

/** A window may be so much off, as a share of it, with an algorithm that has not explained the run that passed. */
const spareShare = 0.005

/** A proven limit, with its window as sharply as is known. */
export function known({ current, tried }: Inquiry): Limit {
  const offs = explainedBy(current, tried).flatMap(({ span: [from, to] }) => [
    to / current.window - 1,
    1 - from / current.window,
  ])
  if (offs.length === 0) return current
  return { ...current, tolerance: Math.min(current.tolerance, Math.max(...offs) + spareShare) }
}

/** What there is to guess by, and to hold guesses against. */
export function cluesOf(
  { documented, tried, isShared }: Inquiry,
  met: readonly Met[],
  clockDriftPpm: number,
): Omit<Clues, 'isBehind' | 'isTried' | 'isMetByBurst' | 'canBeTogether'> {
  const { scope } = documented
  // Those that are judged soonest come first.
  const histories = met.map((one) => withoutOthers(one, scope)).sort((one, other) => one.count - other.count)
  const answers = new Map<string, boolean>()
  const canBeIn = (limit: Limit) => {
    const words = inWords(limit)
    const found =
      answers.get(words) ??
      histories.every((history) => canBeKept(history, { limits: [limit], clockDriftPpm }))
    answers.set(words, found)
    return found
  }
  return {
    streams: met.flatMap(({ streams }) => streams),
    mostLimit: mostLimitOf(documented),
    documented,
    tried,
    isShared,
    // No limit of its own explains what all share: then a run has to tell.
    canBe: (limit: Limit) => isShared || canBeIn(limit),
  }
}

/**
 * Can all that was seen have been met at such a limit beside the other one on the same requests? That tells more:
 * what the other refused, and did not, is known then. `true` where the other is not known.
 */
export function togetherWithOther(
  inquiry: Inquiry,
  inquiries: readonly Inquiry[],
  runs: readonly Run[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): (limit: Limit) => boolean {
  const scopes = [nested?.inner, nested?.outer]
  const { scope } = inquiry.documented
  const other = inquiries.find(
    (one) => one !== inquiry && one.proven && scopes.includes(one.documented.scope) && !one.isShared,
  )
  if (!other || !scopes.includes(scope) || inquiry.isShared) return () => true
  const histories = runs.map(({ history }) => history).sort((one, another) => one.count - another.count)
  const spans = explainedBy(other.current, other.tried).flatMap(({ span }) => span)
  const others = [...new Set([other.current.window, ...spans])].map((window) => ({
    ...other.current,
    window,
  }))
  const isKeptBeside = (limit: Limit, beside: Limit) => {
    const limits = scope === nested?.inner ? [limit, beside] : [beside, limit]
    return histories.every((history) => canBeKept(history, { limits, clockDriftPpm }))
  }
  return (limit) => others.some((beside) => isKeptBeside(limit, beside))
}

/** In the window of the spec it is larger than that: runs contradict all up to there. */
export function contradictedIn({ documented }: Inquiry, met: readonly Met[], clockDriftPpm: number): number {
  const histories = met.map((one) => ({
    history: withoutOthers(one, documented.scope),
    letThrough: mostLetThrough(one.streams, documented.window),
  }))
  return contradictedUpTo(documented, histories, clockDriftPpm)
}
