import type { Limit } from '../spec/index.ts'
import { CaseFile, type Proof } from './evidence/case-file.ts'
import { hypotheses } from './evidence/hypothesis.ts'
import { type JointProof, refuteTogether } from './order/refute-together.ts'
import { hasNoSteps, staysWithoutSteps } from './steps.ts'

/** Which limits are broken. */
export interface Blame {
  /** For each limit that is refuted under everything the spec allows, a proof for each hypothesis. */
  proofs: Map<number, Proof[]>
  /** The refuted limits that are broken whatever the others do. */
  guilty: Set<number>
  /** Limits of which at least one is broken, and no one can say which: those refuted first. */
  together: number[]
  /** What shows that several limits are not all kept, where none of them is refuted by itself. */
  joint?: JointProof
}

/**
 * Finds the limits that a history refutes, and which of them are to blame. A refusal that no limit
 * can justify speaks against each limit that the request met; the one to blame is refuted even if
 * the others may refuse whatever they like. Where no limit is, all that may be broken are named, also if just one
 * of them would explain the history with another number: a broken limiter need not be a limiter of another number.
 */
export function blame(file: CaseFile): Blame {
  const proofs = new Map<number, Proof[]>()
  file.limits.forEach((_, index) => {
    const found = refuteAll(file, index)
    if (found) proofs.set(index, found)
  })
  const refuted = [...proofs.keys()]
  if (refuted.length === 0) {
    const joint = hasNoSteps(file) ? refuteTogether(file) : undefined
    return { proofs, guilty: new Set(), together: joint?.limits ?? [], joint }
  }
  const guilty = new Set(refuted.filter((index) => refutedAlone(file, index)))
  const rest = refuted.filter((index) => !guilty.has(index))
  if (rest.length === 0) return { proofs, guilty, together: [] }
  // With the broken ones out of the way, the others may have an explanation.
  const without = guilty.size > 0 ? caseWithout(file, guilty) : file
  for (const index of rest) if (!refuteAll(without, index)) proofs.delete(index)
  const still = rest.filter((index) => proofs.has(index))
  if (still.length === 0) return { proofs, guilty, together: [] }
  const together = [...still, ...suspects(file, still, guilty)]
  return together.length === 1
    ? { proofs, guilty: new Set([...guilty, ...together]), together: [] }
    : { proofs, guilty, together }
}

/**
 * Limits that nothing refutes, and that may be broken in the place of those refuted: if one of them had refused
 * what it had room for, none of these would be refuted. Where it takes several of them for that, all of them may be.
 */
function suspects(file: CaseFile, refuted: readonly number[], guilty: ReadonlySet<number>): number[] {
  const others = file.limits
    .map((_, index) => index)
    .filter((index) => !refuted.includes(index) && !guilty.has(index) && file.cellsOfLimit(index).length > 0)
  const free = (broken: readonly number[]) => caseWithout(file, new Set([...guilty, ...broken]))
  const single = others.filter((index) => {
    const without = free([index])
    return refuted.every((one) => refuteAll(without, one) === undefined)
  })
  if (single.length === others.length) return single
  const without = free(others.filter((index) => !single.includes(index)))
  const stand = [...refuted, ...single].some((one) => refuteAll(without, one) !== undefined)
  return stand ? single : others
}

/** Is some limit surely not kept, whichever that is? */
export function isSomeBroken(file: CaseFile): boolean {
  if (file.limits.some((_, index) => refuteAll(file, index) !== undefined)) return true
  return hasNoSteps(file) && refuteTogether(file) !== undefined
}

/** A verified proof against every hypothesis that the spec allows for a limit, if there is one. */
function refuteAll(file: CaseFile, index: number): Proof[] | undefined {
  if (file.cellsOfLimit(index).length === 0) return undefined
  const proofs: Proof[] = []
  for (const hypothesis of hypotheses(file.limits[index] as Limit, file.surroundings(index))) {
    const proof = [
      file.refuteLimit(index, hypothesis),
      ...(hasNoSteps(file) ? [] : [file.refuteWhereverItStarts(index, hypothesis)]),
    ].find((one) => one !== undefined && staysWithoutSteps(file, one))
    if (!proof) return undefined
    proofs.push(proof)
  }
  return proofs
}

function refutedAlone(file: CaseFile, index: number): boolean {
  const others = file.limits.map((_, other) => other).filter((other) => other !== index)
  return others.length === 0 || refuteAll(caseWithout(file, new Set(others)), index) !== undefined
}

function caseWithout(file: CaseFile, unconstrained: ReadonlySet<number>): CaseFile {
  return new CaseFile(file.history, file.limits, file.clockDriftPpm, unconstrained)
}
