import type { Answer } from './answer.ts'

/** How much a rule weighs: a `must` and a `should` are a document's own, an `observation` is no violation. */
export const ruleLevels = ['must', 'should', 'observation'] as const
export type RuleLevel = (typeof ruleLevels)[number]

/** What the answers show of a rule. */
export type Ruling =
  /** `lines` where there is something to look at. */
  | { state: 'holds'; lines?: readonly number[]; found: string }
  /** `level` where this way of breaking it weighs less than the rule. */
  | { state: 'broken'; lines: readonly number[]; found: string; level?: RuleLevel }
  | { state: 'not-testable'; why: string }

/** A rule about what answers say of limits. */
export interface Rule {
  /** Numbered from 1 to 32, for good: reports and people refer to it. */
  rule: number
  level: RuleLevel
  /** One sentence that reads on after "expected:". */
  expected: string
  /** Document and section. */
  source: string
  /** @param windowMs the longest that the window can be, where it was measured. */
  check(answers: readonly Answer[], windowMs: number | undefined): Ruling
}

/** A rule with what the answers showed of it. */
export interface RuleResult {
  rule: number
  level: RuleLevel
  state: Ruling['state']
  /** Of the history, at most a few. */
  lines: number[]
  /** What was expected, and what was found, or why it cannot be tested. */
  sentence: string
  source: string
}

/** Enough to look at. */
export const mostLines = 5

/** The first few of the lines, each once, in their order. */
export function fewLines(lines: Iterable<number>): number[] {
  return [...new Set(lines)].sort((one, other) => one - other).slice(0, mostLines)
}

/** `1 answer`, `2 answers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** One thing to which a rule applies, and the line of its answer. */
export interface Subject<Value> {
  line: number
  value: Value
}

/**
 * A rule that each subject keeps or breaks by itself.
 * @param none why there is nothing to test, where there are no subjects.
 * @param what what a subject is called, in the singular.
 * @param wrong what is wrong with a subject, as a clause without a subject; `undefined` if nothing is.
 */
export function each<Value>(
  subjects: readonly Subject<Value>[],
  none: string,
  what: string,
  wrong: (value: Value) => string | undefined,
): Ruling {
  if (subjects.length === 0) return { state: 'not-testable', why: none }
  const mistakes = subjects.flatMap(({ line, value }) => {
    const mistake = wrong(value)
    return mistake === undefined ? [] : [{ line, mistake }]
  })
  const [first] = mistakes
  if (!first) return { state: 'holds', found: `so it is in ${counted(subjects.length, what)}` }
  const share = `${mistakes.length} of ${counted(subjects.length, what)}`
  return {
    state: 'broken',
    lines: fewLines(mistakes.map(({ line }) => line)),
    found: `not so in ${share}: line ${first.line} ${first.mistake}`,
  }
}

/** The refusals among the answers. */
export function refusalsOf(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ seen }) => seen.outcome === 'limited')
}

/** The refusals as subjects. */
export function refusals(answers: readonly Answer[]): Subject<Answer>[] {
  return refusalsOf(answers).map((value) => ({ line: value.seen.line, value }))
}

export const noRefusals = 'no answer is a refusal; send more than a limit allows'
