import type { CaseFile } from './evidence/case-file.ts'
import type { Cell } from './evidence/cell.ts'
import { type Hypothesis, hypotheses } from './evidence/hypothesis.ts'
import { sortedBy } from './evidence/sorted-by.ts'
import type { Patience } from './forward/forward-witness.ts'
import { createAllowance } from './order/allowance.ts'
import type { Witness } from './replay/replay.ts'
import { rivalsOf } from './rivals.ts'
import {
  inZones,
  mended,
  ordered,
  playedWith,
  rowsOf,
  type Search,
  settled,
  settledOrPlayed,
  settledUnlessLong,
  type UnderWay,
  type ZonesTurn,
} from './searches.ts'

/** What became of one hypothesis about one limit. */
export interface Examined {
  hypothesis: Hypothesis
  /** Refuted hypotheses have a certificate; explained ones a witness; the others neither. */
  verdict: 'refuted' | 'explained' | 'open'
  witness?: Witness
  /** Whether an open one was looked at no harder than takes a moment: a rival is left in any case. */
  atAGlance?: boolean
}

/** Up to so many requests every hypothesis is settled exactly, one way or the other. */
const few = 60

/** How hard to look for a witness: by which search, and under how many choices for the other limits. */
interface Effort {
  search: Search
  mostChoices: number
  /** Whether to look at no other hypothesis once one has a witness. */
  oneIsEnough?: boolean
}

/** How long to play forward: at first only where that is easy. */
const glance: Patience = { starts: 16, inVain: { starts: 6, rest: 40 }, attempts: 1, again: 8 }
const search: Patience = { starts: 64, inVain: { starts: 60, rest: 100 }, attempts: 1, again: 32 }

/** Where the limit cannot pass in any case, so much of the work that is left for playing may be used up. */
const shareAtAGlance = 0.2

/** Beside playing, first how little, then how much is looked at in zones. */
const briefly: ZonesTurn = { mostAbreast: 32, share: { furthest: 0.2, others: 0.2 } }
const longer: ZonesTurn = { mostAbreast: 256, share: { furthest: 0.5, others: 0.1 } }
const atLength: ZonesTurn = { mostAbreast: Number.POSITIVE_INFINITY, share: { furthest: 0.8, others: 0.1 } }

/**
 * Settling is quick and mostly enough, playing forward finds more, mending sliding logs and orders in zones nearly
 * all of what is left, and going through orders is exact, for what is small.
 */
const efforts: readonly Effort[] = [
  { search: settledOrPlayed(glance), mostChoices: 4 },
  { search: playedWith(glance), mostChoices: 6, oneIsEnough: true },
  { search: mended, mostChoices: 6, oneIsEnough: true },
  { search: inZones(briefly), mostChoices: 6, oneIsEnough: true },
  { search: playedWith(search), mostChoices: 6, oneIsEnough: true },
  { search: inZones(longer), mostChoices: 6, oneIsEnough: true },
  { search: inZones(atLength), mostChoices: 6, oneIsEnough: true },
  { search: settledUnlessLong, mostChoices: Number.POSITIVE_INFINITY },
  { search: ordered, mostChoices: 6 },
]
/** Where the limit cannot pass in any case, what takes long is not worth it. */
const quickEfforts = efforts.slice(0, 2)
/** … but a little more than that where it has to be the only hypothesis that is left. */
const soleEfforts = efforts.slice(0, 4)
const exactEfforts: readonly Effort[] = [
  { search: settled, mostChoices: 1 },
  { search: ordered, mostChoices: Number.POSITIVE_INFINITY },
]

/**
 * For each hypothesis about one limit, tries to refute it, and otherwise looks for a witness that
 * explains all the requests its limiters share with other limits, under some hypothesis for each
 * of those: first those of the same algorithm, since one platform mostly uses one. Where there are
 * many requests, and a witness was found for one hypothesis, the others are looked at no harder than
 * that one took; and where a rival of the limit is not refuted, no harder than takes a moment.
 */
export function examine(file: CaseFile, limitIndex: number): Examined[] {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const all = hypotheses(spec, file.surroundings(limitIndex))
  const witnesses = new Map<Hypothesis, Witness>()
  const open = all.filter((hypothesis) => file.refuteLimit(limitIndex, hypothesis) === undefined)
  const components = file.components
    .filter((cells) => cells.some((cell) => cell.limitIndex === limitIndex))
    .map((cells) => inTheWay(file, cells, limitIndex))
  const exact = components.every((cells) => rowsOf(cells) <= few)
  const atAGlance = !exact && rivalsOf(file, limitIndex).some(({ refuted }) => !refuted)
  const work = file.toPlay.left * (atAGlance ? shareAtAGlance : 1)
  const underWay: UnderWay = { inZones: new Map(), toPlay: createAllowance(work) }
  const quick = open.length > 1 ? quickEfforts : soleEfforts
  for (const effort of exact ? exactEfforts : atAGlance ? quick : efforts) {
    for (const hypothesis of open) {
      if (witnesses.has(hypothesis)) continue
      if (effort.oneIsEnough && witnesses.size > 0) break
      const witness = explain(file, components, limitIndex, hypothesis, effort, underWay)
      if (witness) witnesses.set(hypothesis, witness)
    }
    if (!exact && witnesses.size > 0) break
  }
  file.toPlay.left -= work - underWay.toPlay.left
  return all.map((hypothesis) => {
    const witness = witnesses.get(hypothesis)
    if (witness) return { hypothesis, verdict: 'explained', witness }
    return open.includes(hypothesis)
      ? { hypothesis, verdict: 'open', atAGlance }
      : { hypothesis, verdict: 'refuted' }
  })
}

/**
 * The limiters of a component that can have been in anybody's way: what never was full fits into any explanation of
 * the others, and there may be thousands of such. One of the limit in question is always among them.
 */
function inTheWay(
  { unconstrained, refusers }: CaseFile,
  component: readonly Cell[],
  limitIndex: number,
): Cell[] {
  const cells = component.filter((cell) => !unconstrained.has(cell.limitIndex))
  if (cells.length < 2) return cells
  const found = cells.filter((cell) => !refusers.neverFull(cell))
  const own = cells.find((cell) => cell.limitIndex === limitIndex)
  return own && !found.some((cell) => cell.limitIndex === limitIndex) ? [own, ...found] : found
}

function explain(
  file: CaseFile,
  components: readonly Cell[][],
  limitIndex: number,
  hypothesis: Hypothesis,
  { search, mostChoices }: Effort,
  underWay: UnderWay,
): Witness | undefined {
  const beside = [...new Set(components.flat().map((cell) => cell.limitIndex))].filter(
    (i) => i !== limitIndex,
  )
  let tried = 0
  for (const choice of choices(file, beside, hypothesis)) {
    if (tried++ >= mostChoices) break
    choice.set(limitIndex, hypothesis)
    const witness = ofAll(components, (cells) => search(file, cells, choice, underWay))
    if (witness) return witness
  }
  return undefined
}

/** One hypothesis for each of the other limits, those that are most like the given one first. */
function* choices(
  file: CaseFile,
  limitIndices: readonly number[],
  like: Hypothesis,
): Generator<Map<number, Hypothesis>> {
  const [first, ...rest] = limitIndices
  if (first === undefined) {
    yield new Map()
    return
  }
  const unlike = (h: Hypothesis) =>
    8 * Number(h.algorithm !== like.algorithm) +
    4 * Number(h.rounding !== like.rounding) +
    2 * Number(h.limitedRequests !== like.limitedRequests) +
    Number(h.chargedWhenRefused !== like.chargedWhenRefused)
  for (const hypothesis of file.openHypotheses(first).toSorted((a, b) => unlike(a) - unlike(b))) {
    for (const choice of choices(file, rest, like)) yield choice.set(first, hypothesis)
  }
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
  const atUs = first.atUs.map(
    (us, row) =>
      [us, ...others.map(({ atUs }) => atUs[row] as number)].find((t) => !Number.isNaN(t)) ?? Number.NaN,
  )
  // They share no request: any order is as good that keeps the order of each.
  const orders = witnesses.map(({ order }) => order)
  const order = orders.every((one) => one !== undefined)
    ? [...sortedBy(Uint32Array.from(orders.flat()), atUs)]
    : undefined
  return {
    atUs,
    ...(order && { order }),
    hypotheses: first.hypotheses,
    startUs: (index, value) => witnesses.map((w) => w.startUs(index, value)).find((us) => us !== undefined),
  }
}
