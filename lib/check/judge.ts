import type { History } from '../history/history.ts'
import {
  type Assumption,
  type Certificate,
  type Coverage,
  type ExplainedLine,
  type LimitResult,
  overallVerdict,
  type Verdict,
} from '../result/index.ts'
import type { Limit, Spec } from '../spec/index.ts'
import { checkAssumptions, coverageOf } from './assumptions.ts'
import { type Blame, blame } from './blame.ts'
import { CaseFile } from './evidence/case-file.ts'
import { failedLimit, failedTogether, judgeLimit } from './judge-limit.ts'
import { narrowed } from './narrow.ts'
import { explainLines } from './words/explain-line.ts'
import { jointCertificate, resultCertificate } from './words/result-certificate.ts'

/** What a history says about the limits of a spec. */
export interface Judgement {
  verdict: Verdict
  limits: LimitResult[]
  /** Failures that only several limits together show. */
  certificates: Certificate[]
  assumptions: Assumption[]
  coverage: Coverage
  /** The stories of the lines that were asked for; left out where none was. */
  explained?: ExplainedLine[]
}

/**
 * Judges a history against the limits of a spec: *pass* with a witness and all rivals refuted,
 * *fail* with a certificate that was verified again, otherwise *inconclusive* with the reason and
 * what would settle it. Pure; never throws for what a history holds.
 * @param explain numbers of lines whose story is to be told.
 */
export function judge(
  history: History,
  spec: Pick<Spec, 'limits' | 'clockDriftPpm'>,
  explain: readonly number[] = [],
): Judgement {
  const checked = checkAssumptions(history, spec.limits, spec.clockDriftPpm)
  const limits = asJudged(history, spec.limits)
  const file = new CaseFile(history, limits, spec.clockDriftPpm)
  const verdict = blame(file)
  // Whatever a broken limit may have refused is nothing that the others have to explain.
  const rest = narrowed(
    verdict.guilty.size > 0 ? new CaseFile(history, limits, spec.clockDriftPpm, verdict.guilty) : file,
  )
  const results = limits.map((_, index) => {
    const proofs = verdict.proofs.get(index)
    if (proofs && verdict.guilty.has(index)) return failedLimit(file, index, proofs)
    if (verdict.together.includes(index)) return failedTogether(file, index, verdict)
    const removedBy = checked.filter(({ removesPass }) => removesPass.includes((limits[index] as Limit).name))
    return judgeLimit(rest, index, removedBy)
  })
  const certificates = verdict.together.length > 0 ? [togetherCertificate(file, verdict)] : []
  return {
    verdict: certificates.length > 0 ? 'fail' : overallVerdict(results.map((result) => result.verdict)),
    limits: results,
    certificates,
    assumptions: [...checked.map(({ assumption }) => assumption), proofsHold([file, rest])],
    coverage: coverageOf(history, limits),
    ...(explain.length > 0 && {
      explained: explainLines({ file, rest, guilty: verdict.guilty, results, certificates }, explain),
    }),
  }
}

/** The limits as a history can be held against: what it lost may have used them up, as foreign traffic would have. */
export function asJudged(history: History, limits: Limit[]): Limit[] {
  const incomplete = history.torn || history.skipped > 0
  return incomplete ? limits.map((limit) => ({ ...limit, foreignTraffic: 'possible' })) : limits
}

/** A proof of ours that the arithmetic rejects is not used; that there was one is said. */
function proofsHold(files: readonly CaseFile[]): Assumption {
  const rejected = [...new Set(files.flatMap(({ rejectedProofs }) => rejectedProofs))]
  const name = 'every proof adds up when checked again'
  if (rejected.length === 0) return { name, held: true }
  return {
    name,
    held: false,
    why: `${rejected[0]}; such proofs were not used. This is a fault of Onset: please report it with the history`,
  }
}

function togetherCertificate(file: CaseFile, { proofs, together, joint }: Blame): Certificate {
  const limits = together.map((index) => (file.limits[index] as Limit).name)
  if (joint) return { ...jointCertificate(file, joint), kind: 'several-limits', limits }
  const first = together[0] as number
  return { ...resultCertificate(file, first, proofs.get(first) ?? []), kind: 'several-limits', limits }
}
