import { type Answer, readAnswer } from './answer.ts'
import { type Dialect, dialects } from './dialect.ts'
import type { Observed } from './observed.ts'
import type { MalformedField } from './quota.ts'
import { fewLines, type Rule, type RuleResult } from './rule.ts'
import { rules } from './rules/index.ts'

/** What the answers' words about limits are like. */
export interface HeaderFindings {
  /** Each dialect that was spoken, and in how many answers. */
  dialects: { dialect: Dialect; answers: number }[]
  /** Fields that their dialect does not allow, in the order of the answers. They are ignored. */
  malformed: MalformedField[]
  /** One result for each rule, from 1 to 32. */
  rules: RuleResult[]
}

/**
 * Holds answers against the 32 numbered rules about 429, `Retry-After` and the RateLimit fields (RFC 6585,
 * RFC 9110, RFC 9651, draft-ietf-httpapi-ratelimit-headers-11). Whether the words are true is another
 * question.
 * @param observed in any order.
 * @param windowMs the longest that the window can be, where it was measured.
 */
export function headerFindings(observed: readonly Observed[], windowMs?: number): HeaderFindings {
  const answers = [...observed].sort((one, other) => one.sentMs - other.sentMs).map(readAnswer)
  return {
    dialects: dialects.flatMap((dialect) => {
      const count = answers.filter((answer) => answer.dialects.includes(dialect)).length
      return count === 0 ? [] : [{ dialect, answers: count }]
    }),
    malformed: answers.flatMap(({ malformed }) => malformed),
    rules: rules.map((rule) => resultOf(rule, answers, windowMs)),
  }
}

function resultOf(rule: Rule, answers: readonly Answer[], windowMs: number | undefined): RuleResult {
  const ruling = rule.check(answers, windowMs)
  const found = ruling.state === 'not-testable' ? `Not testable: ${ruling.why}` : `Found: ${ruling.found}`
  return {
    rule: rule.rule,
    level: (ruling.state === 'broken' ? ruling.level : undefined) ?? rule.level,
    state: ruling.state,
    lines: ruling.state === 'not-testable' ? [] : fewLines(ruling.lines ?? []),
    sentence: `Expected: ${rule.expected}. ${found}.`,
    source: rule.source,
  }
}
