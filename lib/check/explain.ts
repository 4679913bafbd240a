import type { CaseFile } from './case-file.ts'
import type { Cell } from './cell.ts'
import { type Hypothesis, hypotheses } from './hypothesis.ts'
import { witnessByOrders } from './order/order-witness.ts'
import type { Witness } from './replay.ts'
import { rangesToTry } from './window-starts.ts'
import { type Assumed, combinations, findWitness, rowsToExplain } from './witness.ts'

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
  return hypotheses(spec, file.surroundings(limitIndex)).map((hypothesis) => {
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
  const all = [...choices(beside, hypothesis, openOf)]
  for (const choice of all) choice.set(limitIndex, hypothesis)
  // Settling is quick and mostly enough; going through all orders is exact, for what is small.
  for (const search of [settled, ordered]) {
    for (const choice of all) {
      const witness = ofAll(components, (cells) => search(file, cells, choice))
      if (witness) return witness
    }
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

type Choice = ReadonlyMap<number, Hypothesis>

function settled(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  const assumed = cells.map((cell): Assumed => {
    const hypothesis = choice.get(cell.limitIndex) as Hypothesis
    return {
      cell,
      hypothesis,
      evidence: file.evidence(cell, hypothesis),
      startsUs: file.likelyStarts(cell, hypothesis),
    }
  })
  return findWitness(file.history, file.limits, file.bounds, assumed, file.refusers)
}

function ordered(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  const assumed = cells.map((cell) => ({ cell, hypothesis: choice.get(cell.limitIndex) as Hypothesis }))
  const rows = rowsToExplain(file.history, assumed, file.refusers)
  const phases = assumed.map(({ cell, hypothesis }) => rangesToTry(file, cell, hypothesis))
  for (const phasesUs of combinations(phases)) {
    const found = witnessByOrders(file.history, file.limits, file.bounds, assumed, rows, phasesUs)
    if (found.kind === 'found') return found.witness
  }
  return undefined
}

/** One witness for components that share no request, if each of them has one. */
function ofAll(
  components: readonly Cell[][],
  witnessOf: (cells: readonly Cell[]) => Witness | undefined,
): Witness | undefined {
  const witnesses: Witness[] = []
  for (const cells of components) {
    const witness = witnessOf(cells)
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
