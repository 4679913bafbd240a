import type { Evidence } from '../evidence/evidence.ts'
import { caseHolds } from '../verify/verify-certificate.ts'
import type { Case, Refuted } from './certificate.ts'

/**
 * Says a proof about windows that follow one another in fewer cases: where the reason for one range of
 * starts holds for the next range as well, one case covers both. Ranges come out ascending.
 */
export function condensed(evidence: Evidence, proof: Refuted): Refuted {
  const { hypothesis, cases } = proof
  if (cases.some(({ startUs, next }) => !startUs || next)) return proof
  const ascending = cases.toSorted((a, b) => startOf(a) - startOf(b))
  const fewer: Case[] = []
  for (const one of ascending) {
    const last = fewer.at(-1)
    const [from, to] = one.startUs as [number, number]
    const joined = last && joinedCase(evidence, hypothesis, last, one)
    if (joined && from === (last.startUs as [number, number])[1] + 1) fewer[fewer.length - 1] = joined
    else fewer.push({ ...one, startUs: [from, to] })
  }
  return { ...proof, cases: fewer }
}

function startOf({ startUs }: Case): number {
  return (startUs as [number, number])[0]
}

/** One case for the ranges of two, if the reason of either holds for both. */
function joinedCase(
  evidence: Evidence,
  hypothesis: Refuted['hypothesis'],
  first: Case,
  second: Case,
): Case | undefined {
  const startUs: [number, number] = [startOf(first), (second.startUs as [number, number])[1]]
  return [first.reason, second.reason]
    .map((reason): Case => ({ startUs, reason }))
    .find((one) => caseHolds(evidence, hypothesis, one))
}
