import type { CaseFile } from './evidence/case-file.ts'
import type { Cell } from './evidence/cell.ts'
import { describeHypothesis, type Hypothesis } from './evidence/hypothesis.ts'
import { type Patience, witnessByPlaying } from './forward/forward-witness.ts'
import { PlayedComponent } from './forward/played-component.ts'
import { witnessByMending } from './mend/mended-witness.ts'
import { type Allowance, createAllowance } from './order/allowance.ts'
import { witnessByOrders } from './order/order-witness.ts'
import { ZoneWitness } from './order/zone-witness.ts'
import type { Witness } from './replay/replay.ts'
import { combinations } from './settle/combinations.ts'
import {
  evenSharedStarts,
  openRanges,
  openStartsToTry,
  rangesToTry,
  sharedStarts,
} from './settle/window-starts.ts'
import { type Assumed, findWitness, rowsToExplain } from './settle/witness.ts'

/** From so many requests on memory is worth more than the time to work something out again. */
const many = 1_000_000

/** So much of the work that is left for mending may be done on one choice of hypotheses. */
const shareOfMending = 0.5

/**
 * Looks for a witness for all that the limiters of a component have to explain, under a choice of hypotheses.
 * What it returns has been replayed; that it returns nothing proves nothing.
 */
export type Search = (
  file: CaseFile,
  cells: readonly Cell[],
  choice: Choice,
  underWay: UnderWay,
) => Witness | undefined

/** One hypothesis for each limit, by its index. */
export type Choice = ReadonlyMap<number, Hypothesis>

/** What the searches about one limit have in common. */
export interface UnderWay {
  /** Those in zones can be gone on with: of the same limiters, by what they assume. */
  inZones: Map<readonly Cell[], Map<string, ZoneWitness>>
  /** The work that may still be done on playing. */
  toPlay: Allowance
}

/**
 * Orders in zones have work of their own to do. In each turn a choice may look at so many orders side by side,
 * and use up so much of what is left, or less where another choice got further.
 */
export interface ZonesTurn {
  mostAbreast: number
  share: { furthest: number; others: number }
}

/** Every request as early as it can be, moved later as little as a limiter needs. */
export function settled(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
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

/** Settles, but for sliding counters: they take long to settle, and are played soon. */
export function settledOrPlayed(patience: Patience): Search {
  const played = playedWith(patience)
  return (file, cells, choice, underWay) =>
    (hasCounters(choice) ? played : settled)(file, cells, choice, underWay)
}

/** Several limits with sliding counters among them take too long to settle, for what comes of it. */
export function settledUnlessLong(
  file: CaseFile,
  cells: readonly Cell[],
  choice: Choice,
): Witness | undefined {
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

/** The limiters played forward. */
export function playedWith(patience: Patience): Search {
  const play: Search = (file, cells, choice, { toPlay }) => {
    const assumed = cells.map((cell) => {
      const hypothesis = choice.get(cell.limitIndex) as Hypothesis
      return { cell, hypothesis, startsUs: openStartsToTry(file, cell, hypothesis, patience.starts) }
    })
    const together = evenSharedStarts(file, assumed, patience.starts)
    return witnessByPlaying(componentToPlay(file, assumed), assumed, together, patience, toPlay)
  }
  return (file, cells, choice, underWay) =>
    underWay.toPlay.left <= 0
      ? undefined
      : searchedOnce(file, cells, choice, `played ${patience.starts}`, () =>
          play(file, cells, choice, underWay),
        )
}

/** Sliding logs, from an instant for each request that is then mended. */
export function mended(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
  if ([...choice.values()].some(({ algorithm }) => algorithm !== 'sliding-log')) return undefined
  return searchedOnce(file, cells, choice, 'mended', () => {
    const assumed = cells.map((cell) => {
      const hypothesis = choice.get(cell.limitIndex) as Hypothesis
      return { cell, hypothesis, evidence: file.evidence(cell, hypothesis) }
    })
    const work = file.toMend.left * shareOfMending
    const spare = createAllowance(work)
    const witness = witnessByMending(componentToPlay(file, assumed), assumed, spare)
    file.toMend.left -= work - spare.left
    return witness
  })
}

/** Many orders side by side, gone on with from where the last turn left off. */
export function inZones({ mostAbreast, share }: ZonesTurn): Search {
  return (file, cells, choice, { inZones }) =>
    searchedOnce(file, cells, choice, `in zones ${mostAbreast}`, () => {
      const ofCells = inZones.get(cells) ?? new Map<string, ZoneWitness>()
      inZones.set(cells, ofCells)
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

/** Orders one after another. */
export function ordered(file: CaseFile, cells: readonly Cell[], choice: Choice): Witness | undefined {
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

/** How many requests there are, counted once for each limiter that they met. */
export function rowsOf(cells: readonly Cell[]): number {
  return cells.reduce((rows, cell) => rows + cell.rows.length, 0)
}
