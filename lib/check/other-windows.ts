import { saturates } from '../spec/index.ts'
import type { CaseFile } from './evidence/case-file.ts'
import type { Cell } from './evidence/cell.ts'
import { EvidenceIndex } from './evidence/evidence-index.ts'
import {
  type Hypothesis,
  hypotheses,
  refusalsAreFree,
  roundedDown,
  withWindow,
} from './evidence/hypothesis.ts'
import { loosened } from './evidence/loosened.ts'
import { refuteByBounds } from './refute/refute.ts'
import { unjustified } from './refute/sliding-log.ts'
import { verifyCertificate } from './verify/verify-certificate.ts'

/** Windows are looked at from the shortest to the longest, as shares of the spec's. */
const shortest = 1 / 10
const longest = 4

/** The longest window of the first ranges is so many times the shortest; ranges are halved down to the finest. */
const coarsest = 1.1
const finest = 1.0002

/** From ranges so narrow on, one of their windows is looked at by itself as well. */
const narrow = 1.005

/** So many requests are gone through for one limit, in all the looks taken: beyond that no other window is found. */
const mostWork = 5_000_000

/** A limit that shares no requests with others, and has more than so many, has shown its window time and again. */
const manyOfItsOwn = 100_000

/**
 * A limiter with quite another window than the spec's that nothing refutes. A window just a little off can be
 * excluded while one much further off is not: where another limit refused all that would have told them apart,
 * or by another algorithm, where traffic comes at intervals. So every window from a tenth to four times the
 * spec's is looked at, but for those within the tolerance, in ranges: one look excludes all windows of a range
 * (`loosened`), and what it does not exclude is halved. Bounded, see `mostWork` and `manyOfItsOwn`.
 *
 * Where the spec leaves open whether refused requests use the limit up, such as use nothing up are looked at:
 * others explain nearly anything while probed.
 */
export function otherWindowLeft(file: CaseFile, limitIndex: number): Hypothesis | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const windowUs = spec.window * 1000
  const surroundings = file.surroundings(limitIndex)
  const inAll = file.cellsOfLimit(limitIndex).reduce((sum, { rows }) => sum + rows.length, 0)
  if (inAll > manyOfItsOwn && !surroundings.earlier && !surroundings.later) return undefined
  const all = hypotheses(spec, surroundings)
  const plain = all.filter(refusalsAreFree)
  const asked = plain.length > 0 ? plain : all
  const startsUs = [
    ...below(windowUs * (1 - spec.tolerance), windowUs * shortest),
    ...above(windowUs * (1 + spec.tolerance), windowUs * longest),
  ]
  // Those next to the spec's first, for where not all can be looked at.
  const apart = (us: number) => Math.abs(Math.log(us / windowUs))
  startsUs.sort((one, other) => apart(one) - apart(other))
  const coarse = startsUs.flatMap((fromUs) =>
    asked
      .filter((hypothesis) => roundedDown(hypothesis) === hypothesis)
      .map((hypothesis) => ({ hypothesis, fromUs, ratio: coarsest })),
  )
  const looksAt = new Map<number, Looks>()
  const exact = new Looks(file, limitIndex, 1)
  let work = 0
  /** Whether a range is excluded, in one look. */
  const isExcluded = ({ hypothesis, fromUs, ratio }: Range) => {
    const stretch = Math.sqrt(ratio)
    const looks = looksAt.get(ratio) ?? new Looks(file, limitIndex, stretch)
    looksAt.set(ratio, looks)
    const before = looks.work
    const excluded = looks.exclude(withWindow(hypothesis, Math.round(fromUs * stretch)))
    work += looks.work - before
    return excluded
  }
  // One after another down to the finest: what nothing excludes is found early.
  const open = coarse.filter((range) => work <= mostWork && !isExcluded(range)).reverse()
  for (let range = open.pop(); range && work <= mostWork; range = open.pop()) {
    const { hypothesis, fromUs, ratio } = range
    if (ratio < finest) continue
    if (ratio < narrow) {
      const middle = withWindow(hypothesis, Math.round(fromUs * Math.sqrt(ratio)))
      work += inAll
      if (!exact.exclude(middle) && !file.isExcluded(limitIndex, middle)) {
        const left = eitherWay(middle).find((way) => file.refuteLimit(limitIndex, way) === undefined)
        if (left) return left
        // Only its orders speak against it: bounds would not exclude any part of the range, however narrow.
        continue
      }
    }
    const half = Math.sqrt(ratio)
    // The upper half is looked at last.
    for (const begin of [fromUs * half, fromUs]) {
      const part = { hypothesis, fromUs: begin, ratio: half }
      if (!isExcluded(part)) open.push(part)
    }
  }
  return undefined
}

/** Both ways to round, of a hypothesis that rounds down. */
function eitherWay(hypothesis: Hypothesis): Hypothesis[] {
  return hypothesis.rounding ? [hypothesis, { ...hypothesis, rounding: 'ceil' }] : [hypothesis]
}

/** The windows of a range, from the shortest to so many times as long. */
interface Range {
  hypothesis: Hypothesis
  fromUs: number
  ratio: number
}

/** Where ranges of the coarsest width begin that lie below a window, down to another one at least. */
function below(windowUs: number, downToUs: number): number[] {
  const parts = Math.ceil(Math.log(windowUs / downToUs) / Math.log(coarsest))
  return Array.from({ length: parts }, (_, k) => windowUs / coarsest ** (k + 1))
}

/** Where such ranges begin that lie above a window, up to another one at least. */
function above(windowUs: number, upToUs: number): number[] {
  const parts = Math.ceil(Math.log(upToUs / windowUs) / Math.log(coarsest))
  return Array.from({ length: parts }, (_, k) => windowUs * coarsest ** k)
}

/** Whether bounds exclude a hypothesis, the quickest of them first where windows follow requests or have any phase. */
function speaksAgainst(index: EvidenceIndex, hypothesis: Hypothesis, narrowestUs: number): boolean {
  const isPlainWindow = saturates(hypothesis.algorithm) && refusalsAreFree(hypothesis)
  if (isPlainWindow && unjustified(index, hypothesis)) return true
  const refutation = refuteByBounds(index, hypothesis, true, narrowestUs)
  return refutation.refuted && verifyCertificate(index.evidence, refutation) === undefined
}

/** A range is looked at in so many requests from a limiter's first on at most: all moves further the longer it goes on. */
const mostLookedAt = 65_536

/** Decisions move by a share of the time that a history takes: to cut phases much finer than that share of a window excludes no more. */
const phasesApart = 1 / 4

/** Looks at ranges of windows of one width. */
class Looks {
  /** Requests gone through so far. */
  work = 0
  private readonly file: CaseFile
  private readonly cells: readonly Cell[]
  private readonly stretch: number
  private readonly indices = new Map<EvidenceIndex, EvidenceIndex>()
  /** How long the beginnings were that excluded something, of each limiter: shorter ones are left out from then on. */
  private readonly enough = new Map<Cell, number>()

  /** @param stretch how much longer than the middle a range's longest window is, and shorter its shortest, as a factor. */
  constructor(file: CaseFile, limitIndex: number, stretch: number) {
    this.file = file
    this.cells = file.cellsOfLimit(limitIndex)
    this.stretch = stretch
  }

  /** Is every window of a range excluded? */
  exclude(middle: Hypothesis): boolean {
    return this.cells.some((cell) => {
      for (const count of this.file.beginnings(cell)) {
        if (count < (this.enough.get(cell) ?? 0)) continue
        if (count > mostLookedAt && cell.rows.length > count) return false
        const index = this.index(cell, middle, count)
        this.work += count
        if (!speaksAgainst(index, middle, phasesApart * (this.stretch - 1) * middle.windowUs)) continue
        this.enough.set(cell, count)
        return true
      }
      return false
    })
  }

  private index(cell: Cell, middle: Hypothesis, count: number): EvidenceIndex {
    const at = (factor: number) =>
      this.file.index(cell, withWindow(middle, Math.round(middle.windowUs * factor)), count)
    const [least, most] = [at(1 / this.stretch), at(this.stretch)]
    const known = least === most ? this.indices.get(least) : undefined
    if (known) return known
    const aboutUs = Math.round((least.firstUs + least.lastUs) / 2)
    const index = new EvidenceIndex(loosened(least.evidence, most.evidence, this.stretch, aboutUs))
    if (least === most) this.indices.set(least, index)
    return index
  }
}
