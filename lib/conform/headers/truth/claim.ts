import { fewLines } from '../rule.ts'

/** What answers claim with their words about limits. */
export const claims = {
  'remaining-falls': 'what remains falls by one with each accepted request',
  'last-says-zero': 'the last accepted request before a refusal is told that nothing remains',
  limit: 'the stated limit is the measured one',
  window: 'the stated window is the measured one',
  'reset-counts-down': 'the time to the reset counts down with the clock',
  'retry-after-suffices': 'a request after Retry-After is accepted',
  'retry-after-needed': 'no request before Retry-After is accepted',
  'in-seconds': 'delays are in seconds from now',
} as const
export type Claim = keyof typeof claims

/** Whether a claim is true, as far as the answers show. */
export type Judgement =
  | { verdict: 'true'; lines: readonly number[]; why: string }
  | { verdict: 'untrue'; lines: readonly number[]; why: string }
  | { verdict: 'cannot-tell'; why: string; settledBy: string; lines?: readonly number[] }

/** A claim that was held against what happened. No norm: a measurement, and an observation at most. */
export interface TruthFinding {
  claim: Claim
  label: 'measurement'
  level: 'observation'
  verdict: Judgement['verdict']
  /** Of the history, at most a few. */
  lines: number[]
  /** What is claimed, and what was seen. */
  sentence: string
  /** Where it cannot be told: what would settle it. */
  settledBy?: string
}

export function cannotTell(why: string, settledBy: string, lines: readonly number[] = []): Judgement {
  return { verdict: 'cannot-tell', why, settledBy, lines }
}

/** Several judgements of one claim as one: one untruth decides, then one truth, then the first doubt. */
export function together(judgements: readonly Judgement[], none: Judgement): Judgement {
  const of = (verdict: Judgement['verdict']) => judgements.find((each) => each.verdict === verdict)
  return of('untrue') ?? of('true') ?? of('cannot-tell') ?? none
}

export function findingOf(claim: Claim, judgement: Judgement): TruthFinding {
  const { verdict, lines, why } = judgement
  return {
    claim,
    label: 'measurement',
    level: 'observation',
    verdict,
    lines: fewLines(lines ?? []),
    sentence: `Claimed: ${claims[claim]}. ${verdict === 'cannot-tell' ? 'Cannot tell' : 'Seen'}: ${why}.`,
    ...(judgement.verdict === 'cannot-tell' && { settledBy: judgement.settledBy }),
  }
}
