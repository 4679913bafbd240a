import type { Certificate, ExplainedLine, LimitResult } from '../../result/index.ts'
import type { Limit } from '../../spec/index.ts'
import type { CaseFile } from '../evidence/case-file.ts'
import { type Hypothesis, hypotheses } from '../evidence/hypothesis.ts'
import type { Case } from '../refute/certificate.ts'
import { mergeRanges } from '../refute/phases.ts'
import { algorithmWords, instantWords, reasonWords, rowsOf, ruleWords, startWords } from './words.ts'

/** What was proved, and how it stands in the result. */
export interface Proved {
  file: CaseFile
  /** One for each limit. */
  results: readonly LimitResult[]
  /** Failures of several limits together. */
  certificates: readonly Certificate[]
}

/**
 * What the proofs say about one line. A certificate sums up a proof with many cases; here each case that
 * needs the line is told, with the window starts for which it does.
 */
export function reasonsNaming(
  { file, results, certificates }: Proved,
  line: number,
  row: number,
): NonNullable<ExplainedLine['reasons']> {
  const found: NonNullable<ExplainedLine['reasons']> = []
  results.forEach(({ verdict, name }, index) => {
    if (verdict !== 'fail') return
    const limit = file.limits[index] as Limit
    const kindsByWords = new Map<string, Set<string>>()
    for (const hypothesis of hypotheses(limit, file.surroundings(index))) {
      const proof = file.refuteLimit(index, hypothesis)
      if (!proof) continue
      const kind = `${algorithmWords(hypothesis.algorithm)}${ruleWords(hypothesis)}`
      for (const words of casesNaming(file, limit, hypothesis, proof.cases, row)) {
        kindsByWords.set(words, (kindsByWords.get(words) ?? new Set()).add(kind))
      }
    }
    for (const [words, kinds] of kindsByWords) {
      found.push({ limits: [name], why: `Not ${[...kinds].join(', or ')}: ${words}.` })
    }
  })
  for (const { limits = [], records, why, steps = [] } of certificates) {
    for (const part of [{ records, why }, ...steps]) {
      if (part.records.includes(line)) found.push({ limits, why: part.why })
    }
  }
  return found
}

/** The cases of one proof that name a row, in words; those that say the same as one. */
function casesNaming(
  { history }: CaseFile,
  limit: Limit,
  hypothesis: Hypothesis,
  cases: readonly Case[],
  row: number,
): string[] {
  const startsByWords = new Map<string, [number, number][]>()
  let total = 0
  const visit = (all: readonly Case[]): void => {
    for (const { startUs, reason, next } of all) {
      if (next) visit(next)
      if (!reason) continue
      total++
      if (!rowsOf(reason).includes(row)) continue
      const words = reasonWords(history, limit, hypothesis, reason, startUs)
      const starts = startsByWords.get(words) ?? []
      startsByWords.set(words, startUs ? [...starts, [...startUs]] : starts)
    }
  }
  visit(cases)
  return [...startsByWords].map(([words, starts]) => {
    if (starts.length === 0 || total === 1) return words
    const ranges = mergeRanges(starts).map(([from, to]) => `${instantWords(from)} to ${instantWords(to)}`)
    return `if ${startWords(hypothesis)} from ${ranges.join(' or ')}, ${words}`
  })
}
