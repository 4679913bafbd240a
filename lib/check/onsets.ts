import { type History, Outcome } from '../history/history.ts'
import type { Onset } from '../result/index.ts'
import type { CaseFile } from './evidence/case-file.ts'
import type { Cell } from './evidence/cell.ts'
import { Demand, rowsWhere, valuesAt } from './evidence/evidence.ts'
import { giveBack } from './evidence/give-back.ts'
import type { Hypothesis } from './evidence/hypothesis.ts'
import { firstAbove, firstAtLeast } from './evidence/search.ts'
import { sortBy } from './evidence/sorted-by.ts'
import { type Sums, sumsOf } from './evidence/sums.ts'
import type { Witness } from './replay/replay.ts'

/** A limit counts as reached anew after so much of it was let through since the last recovery. */
const shareOfLimit = 0.5

/** An onset, with from when to when its first refusal can have been decided. */
type Open = Onset & { us: number; hiUs: number }

/**
 * The points at which refusals by one limit began, in time order, with when it let requests
 * through again. A refusal right after a recovery (probes, entries of a log that expire one by
 * one) begins no new onset, and what may have been let through before the first refusal is no recovery:
 * in a burst requests overlap.
 */
export function onsetsOf(
  file: CaseFile,
  limitIndex: number,
  hypothesis: Hypothesis,
  witnesses: readonly Witness[],
): Onset[] {
  const onsets: Open[] = []
  for (const cell of file.cellsOfLimit(limitIndex)) {
    const { rows, demand, loUs, hiUs, cost } = file.evidence(cell, hypothesis)
    let units = 0
    let open: Open | undefined
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      if (demand[i] === Demand.refuse && units >= shareOfLimit * hypothesis.limit) {
        open = {
          us: loUs[i] as number,
          hiUs: hiUs[i] as number,
          descriptor:
            file.history.descriptors[file.history.descriptor[row] as number]?.name ?? cell.scopeValue,
          acceptedBefore: acceptedBefore(file, cell, hypothesis, i, rows, witnesses),
          firstLimitedAt: file.history.startedAtMs + (file.history.sentUs[row] as number) / 1000,
        }
        onsets.push(open)
        units = 0
      } else if (demand[i] === Demand.admit || demand[i] === Demand.vacant) {
        if (open && open.recoveredAt === undefined && (loUs[i] as number) > open.hiUs) {
          open.recoveredAt = file.history.startedAtMs + (file.history.sentUs[row] as number) / 1000
        }
        if (demand[i] === Demand.admit) units += cost[i] as number
      }
    }
  }
  return onsets.sort((a, b) => a.us - b.us).map(({ us: _, hiUs: __, ...onset }) => onset)
}

/**
 * The least and the most that can have been accepted in the window in which a refusal fell: over
 * the witnesses where there are any, else by the bounds of the requests within one window back.
 */
function acceptedBefore(
  file: CaseFile,
  cell: Cell,
  hypothesis: Hypothesis,
  refusal: number,
  rows: Uint32Array,
  witnesses: readonly Witness[],
): [number, number] {
  const counts = witnesses
    .map((witness) => countInWindow(file, cell, refusal, rows, witness))
    .filter((n) => n !== undefined)
  if (counts.length > 0) return [Math.min(...counts), Math.max(...counts)]
  const { admitted, evidence } = file.index(cell, hypothesis)
  const lo = evidence.loUs[refusal] as number
  const hi = evidence.hiUs[refusal] as number
  const { windowUs } = hypothesis
  return [admitted.surelyWithin(hi - windowUs + 1, lo - 1), admitted.possiblyWithin(lo - windowUs + 1, hi)]
}

/** What one witness says about one limiter: what was accepted, in order, and where its windows start. */
interface Told {
  times: Float64Array
  units: Sums
  startsUs: readonly number[]
}

const told = new WeakMap<Witness, Map<Cell, Told>>()

function tellOf(history: History, cell: Cell, rows: Uint32Array, witness: Witness, windowUs: number): Told {
  const cells = told.get(witness) ?? new Map<Cell, Told>()
  told.set(witness, cells)
  let known = cells.get(cell)
  if (!known) {
    const accepted = sortBy(acceptedRows(history, rows, witness), witness.atUs)
    const times = valuesAt(witness.atUs, accepted)
    const units = sumsOf(history.cost, accepted)
    giveBack(accepted)
    known = { times, units, startsUs: firstHits(times, windowUs) }
    cells.set(cell, known)
  }
  return known
}

/** Those of some rows that were let through, and that the witness decides. */
function acceptedRows({ outcome }: History, rows: Uint32Array, { atUs }: Witness): Uint32Array<ArrayBuffer> {
  return rowsWhere(rows, (row) => outcome[row] === Outcome.accepted && !Number.isNaN(atUs[row] as number))
}

/** Where first-hit windows start, of what was counted at some instants, ascending. */
function firstHits(times: Float64Array, windowUs: number): number[] {
  const startsUs: number[] = []
  for (let k = 0, endUs = Number.NEGATIVE_INFINITY; k < times.length; k++) {
    const us = times[k] as number
    if (us < endUs) continue
    startsUs.push(us)
    endUs = us + windowUs
  }
  return startsUs
}

/** What was accepted in a refusal's window according to one witness. */
function countInWindow(
  { history }: CaseFile,
  cell: Cell,
  refusal: number,
  rows: Uint32Array,
  witness: Witness,
): number | undefined {
  const hypothesis = witness.hypotheses.get(cell.limitIndex)
  const us = witness.atUs[rows[refusal] as number] as number
  if (!hypothesis || Number.isNaN(us)) return undefined
  const known = tellOf(history, cell, rows, witness, hypothesis.windowUs)
  const fromUs = windowStart(hypothesis, us, known, witness.startUs(cell.limitIndex, cell.scopeValue))
  const { times, units } = known
  return Math.max(0, units.before(firstAbove(times, us)) - units.before(firstAtLeast(times, fromUs)))
}

function windowStart(
  { algorithm, windowUs }: Hypothesis,
  us: number,
  { startsUs }: Told,
  startUs: number | undefined,
): number {
  // What a bucket's witness tells is when refills come, and not where a window starts.
  if (startUs !== undefined && algorithm !== 'token-bucket') {
    return us - ((((us - startUs) % windowUs) + windowUs) % windowUs)
  }
  if (algorithm === 'first-hit-window') {
    return startsUs[firstAbove(startsUs, us) - 1] ?? Number.NEGATIVE_INFINITY
  }
  return us - windowUs + 1
}
