/** What a history says about a limit. `inconclusive` is a verdict: it never stands for a guess. */
export const verdicts = ['pass', 'fail', 'inconclusive'] as const

/** `pass` only with a witness, `fail` only with a certificate, otherwise `inconclusive`. */
export type Verdict = (typeof verdicts)[number]

/**
 * The verdict over several: a fail anywhere is a fail, else an inconclusive anywhere is
 * inconclusive. Nothing judged supports no pass, so no verdicts at all are `inconclusive`.
 */
export function overallVerdict(parts: Iterable<Verdict>): Verdict {
  let overall: Verdict | undefined
  for (const part of parts) {
    if (part === 'fail') return 'fail'
    if (part === 'inconclusive' || overall === undefined) overall = part
  }
  return overall ?? 'inconclusive'
}
