import type { CaseFile } from './case-file.ts'
import type { Cell } from './cell.ts'
import { type Hypothesis, hypotheses } from './hypothesis.ts'
import type { Witness } from './replay.ts'
import { type Assumed, findWitness } from './witness.ts'

/** How many window starts of one limiter are tried in search of a witness. */
const maxStarts = 8

/** What became of one hypothesis about one limit. */
export interface Examined {
  hypothesis: Hypothesis
  /** Refuted hypotheses have a certificate; explained ones a witness; the others neither. */
  verdict: 'refuted' | 'explained' | 'open'
  witness?: Witness
}

/**
 * For each hypothesis about one limit, tries to refute it, and otherwise looks for a witness that
 * explains all the requests its limiters share with other limits, under some hypothesis for each
 * of those: first those of the same algorithm, since one platform mostly uses one.
 */
export function examine(
  file: CaseFile,
  limitIndex: number,
  openOf: (limitIndex: number) => Hypothesis[],
): Examined[] {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  return hypotheses(spec, file.neighbours(limitIndex)).map((hypothesis) => {
    if (!openOf(limitIndex).includes(hypothesis) && file.refuteLimit(limitIndex, hypothesis)) {
      return { hypothesis, verdict: 'refuted' }
    }
    const witness = explain(file, limitIndex, hypothesis, openOf)
    return witness ? { hypothesis, verdict: 'explained', witness } : { hypothesis, verdict: 'open' }
  })
}

function explain(
  file: CaseFile,
  limitIndex: number,
  hypothesis: Hypothesis,
  openOf: (limitIndex: number) => Hypothesis[],
): Witness | undefined {
  const components = file.components
    .filter((cells) => cells.some((cell) => cell.limitIndex === limitIndex))
    .map((cells) => cells.filter((cell) => !file.unconstrained.has(cell.limitIndex)))
  const beside = [...new Set(components.flat().map((cell) => cell.limitIndex))].filter(
    (i) => i !== limitIndex,
  )
  for (const choice of choices(beside, hypothesis, openOf)) {
    choice.set(limitIndex, hypothesis)
    const witness = witnessOfAll(file, components, choice)
    if (witness) return witness
  }
  return undefined
}

/** One hypothesis for each of the other limits, those that are most like the given one first. */
function* choices(
  limitIndices: readonly number[],
  like: Hypothesis,
  openOf: (limitIndex: number) => Hypothesis[],
): Generator<Map<number, Hypothesis>> {
  const [first, ...rest] = limitIndices
  if (first === undefined) {
    yield new Map()
    return
  }
  const unlike = (h: Hypothesis) => Number(h.algorithm !== like.algorithm)
  for (const hypothesis of [...openOf(first)].sort((a, b) => unlike(a) - unlike(b))) {
    for (const choice of choices(rest, like, openOf)) yield choice.set(first, hypothesis)
  }
}

function witnessOfAll(
  file: CaseFile,
  components: readonly Cell[][],
  choice: ReadonlyMap<number, Hypothesis>,
): Witness | undefined {
  const witnesses: Witness[] = []
  for (const cells of components) {
    const assumed = cells.map((cell): Assumed => {
      const hypothesis = choice.get(cell.limitIndex) as Hypothesis
      return {
        cell,
        hypothesis,
        evidence: file.evidence(cell, hypothesis),
        startsUs: startsToTry(file, cell, hypothesis),
      }
    })
    const witness = findWitness(file.history, file.limits, file.bounds, assumed, file.refusers)
    if (!witness) return undefined
    witnesses.push(witness)
  }
  const [first, ...others] = witnesses
  if (!first || others.length === 0) return first
  return {
    atUs: first.atUs.map(
      (us, row) =>
        [us, ...others.map(({ atUs }) => atUs[row] as number)].find((t) => !Number.isNaN(t)) ?? Number.NaN,
    ),
    hypotheses: first.hypotheses,
    startUs: (index, value) => witnesses.map((w) => w.startUs(index, value)).find((us) => us !== undefined),
  }
}

/** Instants at which a fixed window may start, spread over those that no reason excludes. */
function startsToTry(file: CaseFile, cell: Cell, hypothesis: Hypothesis): number[] {
  if (hypothesis.algorithm !== 'fixed-window') return []
  const refutation = file.refuteCell(cell, hypothesis, false)
  if (refutation.refuted) return []
  const middles = refutation.openUs.map(([from, to]) => Math.floor((from + to) / 2))
  if (middles.length <= maxStarts) return middles
  const step = (middles.length - 1) / (maxStarts - 1)
  return Array.from({ length: maxStarts }, (_, k) => middles[Math.round(k * step)] as number)
}
