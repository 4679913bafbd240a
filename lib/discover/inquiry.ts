import { canBeKept } from '../check/index.ts'
import { type History, Outcome } from '../history/index.ts'
import type { LimitResult } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import { contradictedUpTo } from './above.ts'
import type { Experiment, Nested } from './experiment.ts'
import { mostLetThrough } from './let-through.ts'
import { inWords, nextGuess, type Tried } from './next-guess.ts'
import { canHaveRefused, type Refusers, refusersOf } from './refusers.ts'
import { type Stream, streamsOf } from './stream.ts'

/** Limits are looked for up to so many times what the spec says. */
const mostTimes = 20

/** An outer limit that all of an inner one's requests share is fired at so many times in all. */
const mostTimesShut = 5

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
  /** One count for all values of its scope: it refused some that nothing had been let through for. */
  isShared: boolean
  /** Others refused what came as fast as it could, and this one never has. */
  isBehind: boolean
}

/** A run that was made, and what it was made for. */
export interface Run {
  experiment: Experiment
  history: History
}

/** What one limit met in a run. */
interface Met {
  experiment: Experiment
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
  const { experiment, history } = runs.at(-1) as Run
  const said = isVoid(inquiries, nested, experiment, history) ? [] : results
  const fired = inquiries.filter(
    (inquiry) => isOpen(inquiry) && experiment.only.includes(inquiry.documented.scope),
  )
  const contradicted = said.filter(({ verdict, reason }) => verdict === 'fail' || reason === 'several-limits')
  // With another limit known, it is this one that is not as it was taken to be.
  const isKnownContradicted = inquiries.some(
    ({ proven, documented }) => proven && contradicted.some(({ name }) => name === documented.name),
  )
  for (const { documented, tried } of fired) {
    const result = said.find(({ name }) => name === documented.name)
    const limit = experiment.limits.find(({ name }) => name === documented.name)
    if (!limit) continue
    const before = tried.get(inWords(limit))
    const isPassed = result?.verdict === 'pass' && isToBeBelieved(documented, inquiries, nested, experiment)
    const isAlert = documented.scope === nested?.inner || documented.scope === nested?.outer
    tried.set(inWords(limit), {
      limit,
      times: (before?.times ?? 0) + 1,
      failed:
        before?.failed === true ||
        result?.verdict === 'fail' ||
        (isKnownContradicted && isAlert && result?.verdict !== 'pass'),
      passed: isPassed ? windowsOf(result, limit) : before?.passed,
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
    const met = runs.map((run): Met => {
      const refusers = refusersOf(run.history, { scopes, only: run.experiment.only, proven })
      const streams = streamsOf(run.history, scope, refusers)
      if (nested?.saysWho && scope === nested.inner) inquiry.isShared ||= streams.some(isRefusedAtOnce)
      if (!inquiry.isShared || !nested) return { ...run, refusers, streams }
      return { ...run, refusers, streams: streamsOf(run.history, nested.outer, refusers, scope) }
    })
    const isReached = met.some(({ streams }) => streams.some(({ turns }) => turns.length > 0))
    // A run that was not about it may have made clear who refused before.
    if (!fired.includes(inquiry) && !isReached) continue
    const isAlone = scope === nested?.inner && !experiment.only.includes(nested.outer)
    const canBePaced = proven.some((limit) => limit.scope === nested?.outer)
    const isShut = scope === nested?.outer && inquiries.some((one) => one.isShared)
    const isTried = isShut || (canBePaced ? experiment.isPaced === true : isAlone)
    guessAgain(inquiry, met, isReached, isTried, clockDriftPpm)
    // Behind a limit that all share there is mostly too little to see, and judging that takes long.
    if (isShut && isOpen(inquiry) && timesFired(inquiry) >= mostTimesShut) inquiry.unproven = true
  }
}

function guessAgain(
  inquiry: Inquiry,
  met: readonly Met[],
  isReached: boolean,
  isTried: boolean,
  clockDriftPpm: number,
): void {
  const { documented, tried } = inquiry
  const { scope } = documented
  const isBehind = met.some((one) => {
    const { only, isPaced } = one.experiment
    return only.includes(scope) && !isPaced && isRefusedByOthers(one, scope)
  })
  const guess = nextGuess(inquiry.current, {
    streams: met.flatMap(({ streams }) => streams),
    isBehind,
    isTried,
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
  inquiry.timesUnsettled = guess.kind === 'next' ? guess.timesTried : 0
}

function timesFired({ tried }: Inquiry): number {
  return [...tried.values()].reduce((sum, { times }) => sum + times, 0)
}

/** Was something refused before anything was let through? No limit of its own does that. */
function isRefusedAtOnce({ turns }: Stream): boolean {
  return turns[0]?.acceptedBefore === 0
}

/** Was a run made as if a known outer limit were not there, and may that have refused all the same? */
function isVoid(
  inquiries: readonly Inquiry[],
  nested: Nested | undefined,
  { limits }: Experiment,
  history: History,
): boolean {
  return inquiries.some(
    ({ proven, current }) =>
      proven &&
      current.scope === nested?.outer &&
      !limits.some(({ name }) => name === current.name) &&
      canHaveRefused(history, current),
  )
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

/** Did another limit refuse requests of the value that was let through most? */
function isRefusedByOthers({ history, refusers }: Met, scope: string): boolean {
  const values = new Map<string, { accepted: number; refused: number }>()
  for (let row = 0; row < history.count; row++) {
    const value = history.descriptors[history.descriptor[row] as number]?.scopes[scope]
    if (value === undefined) continue
    const counts = values.get(value) ?? { accepted: 0, refused: 0 }
    values.set(value, counts)
    if (history.outcome[row] === Outcome.accepted) counts.accepted++
    else if (history.outcome[row] === Outcome.limited && refusers[row] !== scope) counts.refused++
  }
  const [most] = [...values.values()].sort((one, other) => other.accepted - one.accepted)
  return most !== undefined && most.refused > 0
}
