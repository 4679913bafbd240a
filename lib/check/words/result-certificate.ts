import type { Certificate } from '../../result/index.ts'
import type { CaseFile, Proof } from '../evidence/case-file.ts'
import type { JointProof } from '../order/refute-together.ts'
import type { Reason, Refuted } from '../refute/certificate.ts'
import {
  algorithmWords,
  instantWords,
  reasonsOf,
  reasonWords,
  rowsOf,
  ruleWords,
  startWords,
} from './words.ts'

/** More ranges of window starts than this are summed up in the words. */
const shownRanges = 6

/**
 * A refuted limit as it stands in a result: the plainest proof gives the headline and the records,
 * and a step each for the hypotheses that it takes another proof to refute.
 */
export function resultCertificate(file: CaseFile, limitIndex: number, proofs: readonly Proof[]): Certificate {
  const [main, ...others] = alike(file, limitIndex, proofs) as [Group, ...Group[]]
  const kinds = new Set(reasonsOf(main.proofs[0] as Proof).map(({ reason }) => reason.kind))
  const tooMuch = [...kinds].every((kind) => tooMuchKinds.has(kind))
  const tooLittle = kinds.size === 1 && kinds.has('unjustified-refusal')
  const step = (group: Group) => ({
    records: linesOf(file, group.proofs[0] as Proof),
    why: `Not ${hypothesesWords(group.proofs)}: ${group.why}.`,
  })
  return {
    kind: tooMuch ? 'over-admission' : tooLittle ? 'unjustified-refusal' : 'contradiction',
    ...step(main),
    descriptor: (main.proofs[0] as Proof).cell.scopeValue,
    ...(others.length > 0 && { steps: others.map(step) }),
  }
}

/** What shows that several limits are not all kept, as it stands in a result. */
export function jointCertificate(
  file: CaseFile,
  { cases }: JointProof,
): Pick<Certificate, 'records' | 'why' | 'steps'> {
  const steps = cases.map(({ hypotheses, rows }) => {
    const supposed = [...hypotheses].map(
      ([index, h]) => `"${file.limits[index]?.name}" as ${algorithmWords(h.algorithm)}${ruleWords(h)}`,
    )
    const why = reasonWords(
      file.history,
      file.limits[0] as CaseFile['limits'][number],
      { windowUs: 0 },
      {
        kind: 'no-order',
        rows,
      },
    )
    return { records: inLines(file, rows), why: `With ${supposed.join(' and ')}: ${why}.` }
  })
  const [first, ...others] = steps as [(typeof steps)[number], ...typeof steps]
  return { ...first, ...(others.length > 0 && { steps: others }) }
}

function inLines({ history }: CaseFile, rows: readonly number[]): number[] {
  return rows.map((row) => history.line[row] as number).sort((a, b) => a - b)
}

/** Reasons that say that too much was let through. */
const tooMuchKinds: ReadonlySet<Reason['kind']> = new Set([
  'over-admission',
  'over-refill',
  'admitted-when-full',
])

interface Group {
  proofs: Proof[]
  why: string
}

/** Proofs that say the same in words belong together; the shortest that refutes most comes first. */
function alike(file: CaseFile, limitIndex: number, proofs: readonly Proof[]): Group[] {
  const groups = new Map<string, Group>()
  for (const proof of proofs) {
    const why = proofWords(file, limitIndex, proof)
    const group = groups.get(why)
    if (group) group.proofs.push(proof)
    else groups.set(why, { proofs: [proof], why })
  }
  return [...groups.values()].sort(
    (a, b) =>
      weight(a.proofs[0] as Proof) - weight(b.proofs[0] as Proof) || b.proofs.length - a.proofs.length,
  )
}

/** `a fixed window, or a sliding log that counts refused requests`; plain ones first. */
function hypothesesWords(proofs: readonly Proof[]): string {
  const words = proofs.map(({ hypothesis: h }) => `${algorithmWords(h.algorithm)}${ruleWords(h)}`)
  const plain = words.filter((w) => !w.includes(' that '))
  const shown =
    plain.length > 0 && plain.length < words.length
      ? [...plain, 'variants that count refused requests']
      : words
  return [...new Set(shown)].join(', or ')
}

/** Proofs with fewer ranges and fewer rows are easier to follow. */
function weight(proof: Refuted): number {
  const reasons = reasonsOf(proof)
  return reasons.length * 10_000 + reasons.reduce((rows, { reason }) => rows + rowsOf(reason).length, 0)
}

function linesOf(file: CaseFile, proof: Refuted): number[] {
  return inLines(file, [...new Set(reasonsOf(proof).flatMap(({ reason }) => rowsOf(reason)))])
}

function proofWords(file: CaseFile, limitIndex: number, proof: Proof): string {
  const limit = file.limits[limitIndex] as CaseFile['limits'][number]
  const { hypothesis } = proof
  const reasons = reasonsOf(proof)
  const inWords = reasons.slice(0, shownRanges).map(({ startUs, reason }) => {
    const where =
      startUs && reasons.length > 1
        ? `if ${startWords(hypothesis)} from ${instantWords(startUs[0])} to ${instantWords(startUs[1])}, `
        : ''
    return `${where}${reasonWords(file.history, limit, hypothesis, reason, startUs)}`
  })
  const more =
    reasons.length > shownRanges ? [`and so for ${reasons.length - shownRanges} more ranges of starts`] : []
  return `${proof.cell.limit.scope} ${proof.cell.scopeValue}: ${[...inWords, ...more].join('; ')}`
}
