import { canBeKept } from '../check/index.ts'
import { type History, Outcome } from '../history/index.ts'
import type { LimitResult } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { contradictedUpTo } from './above.ts'
import type { Experiment, Nested } from './experiment.ts'
import { mostLetThrough } from './let-through.ts'
import { inWords, nextGuess, type Tried } from './next-guess.ts'
import { type Refusers, refusersOf } from './refusers.ts'
import { type Stream, streamsOf } from './stream.ts'

/** Limits are looked for up to so many times what the spec says. */
const mostTimes = 20

/** What is known of one limit. */
export interface Inquiry {
  readonly documented: Limit
  /** As it is taken to be. */
  current: Limit
  proven: boolean
  /** Nothing more is to be found out. */
  unproven: boolean
  /** It is larger than that in the window of the spec, and nothing has reached it. */
  above?: number
  readonly tried: Map<string, Tried>
  /** How often it was fired at as it is taken to be without being proven or refuted. */
  timesUnsettled: number
  /** Others refused in the last run, and this one never has. */
  isBehind: boolean
}

/** A run that was made, and what it was made for. */
export interface Run {
  experiment: Experiment
  history: History
}

/** What one limit met in a run. */
interface Met {
  history: History
  refusers: Refusers
  streams: Stream[]
}

export function isOpen({ proven, unproven, above }: Inquiry): boolean {
  return !proven && !unproven && above === undefined
}

/**
 * Takes in what the last run says of each limit.
 * @param runs all so far. @param results what the last one was judged to say.
 */
export function learn(
  inquiries: readonly Inquiry[],
  runs: readonly Run[],
  results: readonly LimitResult[],
  nested: Nested | undefined,
  clockDriftPpm: number,
): void {
  const { experiment } = runs.at(-1) as Run
  const fired = inquiries.filter(
    (inquiry) => isOpen(inquiry) && experiment.only.includes(inquiry.documented.scope),
  )
  for (const { documented, current, tried } of fired) {
    const result = results.find(({ name }) => name === documented.name)
    const before = tried.get(inWords(current))
    const isPassed = result?.verdict === 'pass' && isToBeBelieved(documented, inquiries, nested, experiment)
    tried.set(inWords(current), {
      limit: current,
      times: (before?.times ?? 0) + 1,
      failed: before?.failed === true || result?.verdict === 'fail',
      passed: isPassed ? windowsOf(result, current) : before?.passed,
    })
  }
  const scopes = inquiries
    .filter(({ above }) => above === undefined)
    .map(({ documented }) => documented.scope)
  // Once the outer limit is known, it shows what the inner one refused.
  const isOuter = ({ documented }: Inquiry) => (documented.scope === nested?.outer ? 0 : 1)
  for (const inquiry of inquiries.filter(isOpen).sort((one, other) => isOuter(one) - isOuter(other))) {
    const { scope } = inquiry.documented
    const proven = inquiries.filter((one) => one.proven).map(({ current }) => current)
    const met = runs.map(({ experiment: { only }, history }): Met => {
      const refusers = refusersOf(history, { scopes, only, proven })
      return { history, refusers, streams: streamsOf(history, scope, refusers) }
    })
    const isReached = met.some(({ streams }) => streams.some(({ turns }) => turns.length > 0))
    // A run that was not about it may have made clear who refused before.
    if (!fired.includes(inquiry) && !isReached) continue
    const isAlone = scope === nested?.inner && !experiment.only.includes(nested.outer)
    guessAgain(inquiry, met, isReached, isAlone, clockDriftPpm)
  }
}

function guessAgain(
  inquiry: Inquiry,
  met: readonly Met[],
  isReached: boolean,
  isAlone: boolean,
  clockDriftPpm: number,
): void {
  const { documented, tried } = inquiry
  const { scope } = documented
  const last = met.at(-1) as Met
  const isBehind = isRefusedByOthers(last, scope)
  const guess = nextGuess(inquiry.current, {
    streams: met.flatMap(({ streams }) => streams),
    isBehind,
    isAlone,
    mostLimit: mostTimes * documented.limit,
    documented,
    tried,
    canBe: (limit) =>
      met.every((one) => canBeKept(withoutOthers(one, scope), { limits: [limit], clockDriftPpm })),
  })
  inquiry.isBehind = isBehind && !isReached
  if (guess.kind === 'above') {
    const histories = met.map((one) => ({
      history: withoutOthers(one, scope),
      letThrough: mostLetThrough(one.streams, documented.window),
    }))
    inquiry.above = contradictedUpTo(documented, histories, clockDriftPpm)
    return
  }
  inquiry.current = guess.limit
  inquiry.proven = guess.kind === 'proven'
  inquiry.unproven = guess.kind === 'unproven'
  const isFit = guess.kind === 'next' && guess.fits
  inquiry.timesUnsettled = isFit ? (tried.get(inWords(guess.limit))?.times ?? 0) : 0
}

/** The windows that explain a run as well as the one that it passed with. */
function windowsOf({ explainedBy = [] }: LimitResult, { window }: Limit): [number, number] {
  const known = explainedBy.flatMap(({ windowSeconds }) => (windowSeconds ? [windowSeconds] : []))
  const from = Math.max(...known.map(([seconds]) => seconds * 1000))
  const to = Math.min(...known.map(([, seconds]) => seconds * 1000))
  return known.length > 0 && from <= to ? [from, to] : [window, window]
}

/**
 * Is a limit that passed the one that refused? Where answers do not say which of two did, the outer one is
 * to be met alone, and the inner one beside an outer one that is known.
 */
function isToBeBelieved(
  { scope }: Limit,
  inquiries: readonly Inquiry[],
  nested: Nested | undefined,
  { only }: Experiment,
): boolean {
  if (!nested || nested.saysWho) return true
  const isKnown = (other: string) =>
    inquiries.every((one) => one.documented.scope !== other || one.proven || one.above !== undefined)
  if (scope === nested.outer) return !only.includes(nested.inner)
  return scope !== nested.inner || isKnown(nested.outer)
}

/** The history in which nobody knows of what others refused whether this limit counted it. */
function withoutOthers({ history, refusers }: Met, scope: string): History {
  const outcome = history.outcome.slice()
  for (let row = 0; row < history.count; row++) {
    if (outcome[row] === Outcome.limited && refusers[row] !== scope) outcome[row] = Outcome.unknown
  }
  return { ...history, outcome }
}

/** Did another limit refuse something that this one counts? */
function isRefusedByOthers({ history, refusers }: Met, scope: string): boolean {
  for (let row = 0; row < history.count; row++) {
    if (history.outcome[row] !== Outcome.limited || refusers[row] === scope) continue
    if (history.descriptors[history.descriptor[row] as number]?.scopes[scope] !== undefined) return true
  }
  return false
}
