import type { CaseFile } from './evidence/case-file.ts'
import type { Cell } from './evidence/cell.ts'
import { describeHypothesis, type Hypothesis, hypotheses } from './evidence/hypothesis.ts'
import { sortedBy } from './evidence/sorted-by.ts'
import { type Patience, witnessByPlaying } from './forward/forward-witness.ts'
import { PlayedComponent } from './forward/played-component.ts'
import { createAllowance } from './order/allowance.ts'
import { witnessByOrders } from './order/order-witness.ts'
import { ZoneWitness } from './order/zone-witness.ts'
import type { Witness } from './replay/replay.ts'
import { rivalsOf } from './rivals.ts'
import {
  evenSharedStarts,
  openRanges,
  openStartsToTry,
  rangesToTry,
  sharedStarts,
} from './settle/window-starts.ts'
import { type Assumed, combinations, findWitness, rowsToExplain } from './settle/witness.ts'

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

/** From so many requests on memory is worth more than the time to work something out again. */
const many = 1_000_000

/** How hard to look for a witness: by which search, and under how many choices for the other limits. */
interface Effort {
  search: (file: CaseFile, cells: readonly Cell[], choice: Choice, begun: Begun) => Witness | undefined
  mostChoices: number
  /** Whether to look at no other hypothesis once one has a witness. */
  oneIsEnough?: boolean
}

/** How long to play forward: at first only where that is easy. */
const glance: Patience = { starts: 16, inVain: { starts: 6, rest: 40 }, attempts: 2 }
const search: Patience = { starts: 64, inVain: { starts: 60, rest: 400 }, attempts: 8 }

/** Searches in zones that can be gone on with: of the same limiters, by what they assume. */
type Begun = Map<readonly Cell[], Map<string, ZoneWitness>>

/**
 * Orders in zones have work of their own to do. In each turn a choice may look at so many orders side by side,
 * and use up so much of what is left, or less where another choice got further.
 */
interface ZonesTurn {
  mostAbreast: number
  share: { furthest: number; others: number }
}
const briefly: ZonesTurn = { mostAbreast: 32, share: { furthest: 0.2, others: 0.2 } }
const longer: ZonesTurn = { mostAbreast: 256, share: { furthest: 0.5, others: 0.1 } }
const atLength: ZonesTurn = { mostAbreast: Number.POSITIVE_INFINITY, share: { furthest: 0.8, others: 0.1 } }

/**
 * Settling is quick and mostly enough, playing forward finds more, orders in zones nearly all of what is left,
 * and going through orders is exact, for what is small.
 */
const efforts: readonly Effort[] = [
  { search: settledOrPlayed, mostChoices: 4 },
  { search: playedWith(glance), mostChoices: 6, oneIsEnough: true },
  { search: inZones(briefly), mostChoices: 6, oneIsEnough: true },
  { search: playedWith(search), mostChoices: 6, oneIsEnough: true },
  { search: inZones(longer), mostChoices: 6, oneIsEnough: true },
  { search: inZones(atLength), mostChoices: 6, oneIsEnough: true },
  { search: settledUnlessLong, mostChoices: Number.POSITIVE_INFINITY },
  { search: ordered, mostChoices: 6 },
]
/** Where the limit cannot pass in any case, what takes long is not worth it. */
const quickEfforts = efforts.slice(0, 2)
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
    .map((cells) => cells.filter((cell) => !file.unconstrained.has(cell.limitIndex)))
  const exact = components.every((cells) => rowsOf(cells) <= few)
  const atAGlance = !exact && rivalsOf(file, limitIndex).some(({ refuted }) => !refuted)
  const begun: Begun = new Map()
  for (const effort of exact ? exactEfforts : atAGlance ? quickEfforts : efforts) {
    for (const hypothesis of open) {
      if (witnesses.has(hypothesis)) continue
      if (effort.oneIsEnough && witnesses.size > 0) break
      const witness = explain(file, components, limitIndex, hypothesis, effort, begun)
      if (witness) witnesses.set(hypothesis, witness)
    }
    if (!exact && witnesses.size > 0) break
  }
  return all.map((hypothesis) => {
    const witness = witnesses.get(hypothesis)
    if (witness) return { hypothesis, verdict: 'explained', witness }
    return open.includes(hypothesis)
      ? { hypothesis, verdict: 'open', atAGlance }
      : { hypothesis, verdict: 'refuted' }
  })
}

function rowsOf(cells: readonly Cell[]): number {
  return cells.reduce((rows, cell) => rows + cell.rows.length, 0)
}

function explain(
  file: CaseFile,
  components: readonly Cell[][],
  limitIndex: number,
  hypothesis: Hypothesis,
  { search, mostChoices }: Effort,
  begun: Begun,
): Witness | undefined {
  const beside = [...new Set(components.flat().map((cell) => cell.limitIndex))].filter(
    (i) => i !== limitIndex,
  )
  let tried = 0
  for (const choice of choices(file, beside, hypothesis)) {
    if (tried++ >= mostChoices) break
    choice.set(limitIndex, hypothesis)
    const witness = ofAll(components, (cells) => search(file, cells, choice, begun))
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

type Choice = ReadonlyMap<number, Hypothesis>

function settled(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  return searchedOnce(file, cells, choice, 'settled', () => settle(file, cells, choice))
}

function settle(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  const assumed = cells.map((cell): Assumed => {
    const hypothesis = choice.get(cell.limitIndex) as Hypothesis
    return {
      cell,
      hypothesis,
      evidence: file.evidence(cell, hypothesis),
      startsUs: file.likelyStarts(cell, hypothesis),
    }
  })
  const together = sharedStarts(file, assumed)
  if (rowsOf(cells) > many) file.slim()
  return findWitness(file.history, file.limits, file.bounds, assumed, file.refusers, together)
}

/** Sliding counters take long to settle, and are played soon. */
function settledOrPlayed(
  file: CaseFile,
  cells: readonly Cell[],
  choice: Choice,
  begun: Begun,
): Witness | undefined {
  const search = hasCounters(choice) ? playedWith(glance) : settled
  return search(file, cells, choice, begun)
}

/** Several limits with sliding counters among them take too long to settle, for what comes of it. */
function settledUnlessLong(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  return choice.size > 1 && hasCounters(choice) ? undefined : settled(file, cells, choice)
}

function hasCounters(choice: Choice): boolean {
  return [...choice.values()].some(({ algorithm }) => algorithm === 'sliding-counter')
}

/** Limits that share requests are examined one after another: what was tried for one is known for the next. */
function searchedOnce(
  file: CaseFile,
  cells: readonly Cell[],
  choice: Choice,
  search: string,
  find: () => Witness | undefined,
): Witness | undefined {
  const told = toldOf(file, cells, choice)
  if (file.impossible.has(told)) return undefined
  const key = `${search},${told}`
  if (!file.searched.has(key)) file.searched.set(key, find())
  return file.searched.get(key)
}

/** What is assumed of which limiters, in words. */
function toldOf({ components }: CaseFile, cells: readonly Cell[], choice: Choice): string {
  const told = [...choice].sort(([a], [b]) => a - b).map(([i, h]) => `${i} ${describeHypothesis(h)}`)
  return [components.findIndex((c) => c.includes(cells[0] as Cell)), ...told].join()
}

function playedWith(patience: Patience): Effort['search'] {
  const play = (file: CaseFile, cells: readonly Cell[], choice: Choice) => {
    const assumed = cells.map((cell) => {
      const hypothesis = choice.get(cell.limitIndex) as Hypothesis
      return { cell, hypothesis, startsUs: openStartsToTry(file, cell, hypothesis, patience.starts) }
    })
    const together = evenSharedStarts(file, assumed, patience.starts)
    return witnessByPlaying(componentToPlay(file, assumed), assumed, together, patience, file.toPlay)
  }
  return (file, cells, choice) =>
    searchedOnce(file, cells, choice, `played ${patience.starts}`, () => play(file, cells, choice))
}

function inZones({ mostAbreast, share }: ZonesTurn): Effort['search'] {
  return (file, cells, choice, begun) =>
    searchedOnce(file, cells, choice, `in zones ${mostAbreast}`, () => {
      const ofCells = begun.get(cells) ?? new Map<string, ZoneWitness>()
      begun.set(cells, ofCells)
      const told = toldOf(file, cells, choice)
      const search = ofCells.get(told) ?? zoneWitness(file, cells, choice)
      ofCells.set(told, search)
      const isFurthest = [...ofCells.values()].every(({ furthest }) => furthest <= search.furthest)
      const { left } = file.toSearchZones
      const work = left * (isFurthest ? share.furthest : share.others)
      const spare = createAllowance(work)
      const found = search.goOn(spare, mostAbreast)
      file.toSearchZones.left -= work - spare.left
      if (found.kind === 'impossible') file.impossible.add(told)
      return found.kind === 'found' ? found.witness : undefined
    })
}

function zoneWitness(file: CaseFile, cells: readonly Cell[], choice: Choice): ZoneWitness {
  const assumed = cells.map((cell) => {
    const hypothesis = choice.get(cell.limitIndex) as Hypothesis
    return { cell, hypothesis, openUs: openRanges(file, cell, hypothesis) }
  })
  const { history, limits, bounds, refusers } = file
  return new ZoneWitness(history, limits, bounds, assumed, rowsToExplain(history, assumed, refusers))
}

function componentToPlay(
  { history, limits, bounds, refusers }: CaseFile,
  assumed: readonly { cell: Cell; hypothesis: Hypothesis }[],
): PlayedComponent {
  const rows = rowsToExplain(history, assumed, refusers)
  return new PlayedComponent(history, limits, bounds, refusers, assumed, rows)
}

function ordered(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  const assumed = cells.map((cell) => ({ cell, hypothesis: choice.get(cell.limitIndex) as Hypothesis }))
  const rows = rowsToExplain(file.history, assumed, file.refusers)
  const phases = assumed.map(({ cell, hypothesis }) => rangesToTry(file, cell, hypothesis))
  for (const phasesUs of combinations(phases)) {
    const found = witnessByOrders(
      file.history,
      file.limits,
      file.bounds,
      assumed,
      rows,
      file.toExplain,
      phasesUs,
    )
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
