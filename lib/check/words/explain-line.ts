import { type History, type Outcome, outcomeNames } from '../../history/index.ts'
import type { ExplainedLine, LimitResult, Reading } from '../../result/index.ts'
import type { Limit } from '../../spec/index.ts'
import type { CaseFile } from '../evidence/case-file.ts'
import type { Cell } from '../evidence/cell.ts'
import { countedBefore, firstHitStarts, type Starts } from '../evidence/counted-before.ts'
import { Demand, Use } from '../evidence/evidence.ts'
import { type Hypothesis, hypotheses } from '../evidence/hypothesis.ts'
import { type Examined, examine } from '../explain.ts'
import { witnessCount } from '../replay/witness-count.ts'
import { lineWords, requestWords } from './line-words.ts'
import { type Proved, reasonsNaming } from './reasons-naming.ts'

/** What was found out about a history, as far as a line's story needs it. */
export interface Judged extends Proved {
  /** As `file`, with the guilty limits free to refuse what they like. */
  rest: CaseFile
  guilty: ReadonlySet<number>
}

/**
 * Tells what stands in some lines of a history and what each means to the limits that it met. Pure;
 * a line that is no request gets a sentence and nothing else. Lines are counted from 1, the header
 * being line 1.
 */
export function explainLines(judged: Judged, lines: readonly number[]): ExplainedLine[] {
  const examined = new Map<number, Examined[]>()
  const starts = new Map<string, Starts>()
  const views: Views = {
    examinedOf(limitIndex) {
      let found = examined.get(limitIndex)
      if (!found) {
        found = toShow(examinedLimit(judged, limitIndex))
        examined.set(limitIndex, found)
      }
      return found
    },
    startsOf(file, cell, hypothesis) {
      const key = `${file.cells.indexOf(cell)} ${JSON.stringify(hypothesis)}`
      let found = starts.get(key)
      if (!found) {
        found = startsOf(file, cell, hypothesis)
        starts.set(key, found)
      }
      return found
    },
  }
  return lines.map((line) => explainLine(judged, views, line))
}

/** What several lines ask for, found once. */
interface Views {
  examinedOf(limitIndex: number): Examined[]
  startsOf(file: CaseFile, cell: Cell, hypothesis: Hypothesis): Starts
}

function explainLine(judged: Judged, views: Views, line: number): ExplainedLine {
  const { history, bounds } = judged.file
  const row = history.line.subarray(0, history.count).indexOf(line)
  if (row < 0) return { line, what: lineWords(history, line) }
  const { descriptor, outcome, limitedBy, looks } = requestOf(history, row)
  const cells = judged.file.cells.filter((cell) => descriptor.scopes[cell.limit.scope] === cell.scopeValue)
  const reasons = reasonsNaming(judged, line, row)
  return {
    line,
    what: requestWords(history, row),
    request: {
      descriptor: descriptor.name,
      scopes: { ...descriptor.scopes },
      sentMs: (history.sentUs[row] as number) / 1000,
      receivedMs: (history.receivedUs[row] as number) / 1000,
      decidedMs: [(bounds.loUs[row] as number) / 1000, (bounds.hiUs[row] as number) / 1000],
      status: history.status[row] as number,
      outcome,
      cost: history.cost[row] as number,
      ...(limitedBy !== undefined && { limitedBy }),
      ...(looks !== undefined && { looks }),
    },
    limits: cells.map(({ limit, limitIndex, scopeValue }) => ({
      name: limit.name,
      scope: limit.scope,
      value: scopeValue,
      limit: limit.limit,
      windowSeconds: limit.window / 1000,
      readings: views
        .examinedOf(limitIndex)
        .map((one) => readingOf(viewOn(judged, limitIndex), views, limitIndex, scopeValue, row, one)),
    })),
    ...(reasons.length > 0 && { reasons }),
  }
}

function requestOf(history: History, row: number) {
  const descriptor = history.descriptors[history.descriptor[row] as number]
  if (!descriptor) throw new Error(`row ${row} has no descriptor: the history breaks its own promise`)
  const limitedBy = history.scopeNames[history.limitedBy[row] as number]
  const looks = history.lookNames[history.looks[row] as number]
  return { descriptor, outcome: outcomeNames[history.outcome[row] as Outcome], limitedBy, looks }
}

/** A broken limit is looked at with the others in their place, and the others with it out of the way. */
function viewOn({ file, rest, guilty }: Judged, limitIndex: number): CaseFile {
  return guilty.has(limitIndex) ? file : rest
}

function examinedLimit(judged: Judged, limitIndex: number): Examined[] {
  const file = viewOn(judged, limitIndex)
  const { verdict, reason } = judged.results[limitIndex] as LimitResult
  if (verdict !== 'fail' && reason !== 'several-limits') return examine(file, limitIndex)
  // Nothing explains it, so there is no witness to look for.
  return hypotheses(file.limits[limitIndex] as Limit, file.surroundings(limitIndex)).map((hypothesis) => ({
    hypothesis,
    verdict: file.refuteLimit(limitIndex, hypothesis) ? 'refuted' : 'open',
  }))
}

/** What explains it all makes the rest superfluous; what is refuted is told only where nothing else is left. */
function toShow(examined: Examined[]): Examined[] {
  for (const verdict of ['explained', 'open'] as const) {
    const found = examined.filter((one) => one.verdict === verdict)
    if (found.length > 0) return found
  }
  return examined
}

const demandNames = {
  [Demand.none]: 'none',
  [Demand.admit]: 'admit',
  [Demand.refuse]: 'refuse',
  [Demand.vacant]: 'vacant',
} as const

const useNames = { [Use.never]: 'never', [Use.surely]: 'surely', [Use.maybe]: 'possibly' } as const

const standings = { explained: 'explains', open: 'open', refuted: 'refuted' } as const

function readingOf(
  file: CaseFile,
  views: Views,
  limitIndex: number,
  scopeValue: string,
  row: number,
  { hypothesis, verdict, witness }: Examined,
): Reading {
  const cell = file.cellsOfLimit(limitIndex).find((one) => one.scopeValue === scopeValue) as Cell
  const index = file.index(cell, hypothesis)
  const i = index.evidence.rows.indexOf(row)
  const before = countedBefore(index, hypothesis, i, views.startsOf(file, cell, hypothesis))
  const seen = witness && witnessCount(file, witness, cell, row)
  return {
    algorithm: hypothesis.algorithm,
    limitedRequests: hypothesis.limitedRequests,
    chargedWhenRefused: hypothesis.chargedWhenRefused,
    ...(hypothesis.rounding && { rounding: hypothesis.rounding }),
    standing: standings[verdict],
    demand: demandNames[index.evidence.demand[i] as Demand],
    counted: useNames[index.evidence.use[i] as Use],
    countedBefore: [before.surely, Number.isFinite(before.possibly) ? before.possibly : null],
    ...(before.windowStartUs && {
      windowStartMs: [before.windowStartUs[0] / 1000, before.windowStartUs[1] / 1000],
    }),
    ...(seen && { witness: { atMs: seen.atUs / 1000, countedBefore: seen.counted } }),
  }
}

function startsOf(file: CaseFile, cell: Cell, hypothesis: Hypothesis): Starts {
  if (hypothesis.algorithm === 'first-hit-window') {
    return firstHitStarts(file.index(cell, hypothesis), hypothesis.windowUs)
  }
  const found = file.refutedStarts(cell, hypothesis)
  // A search that was given up has not seen all starts that are open.
  const known = !found.refuted && !found.exhausted && found.openUs.length > 0
  return known
    ? {
        windows: found.openUs.map((range) => ({ range, sureFromUs: range[1] })),
        unknownFromUs: Number.POSITIVE_INFINITY,
      }
    : { windows: [], unknownFromUs: Number.NEGATIVE_INFINITY }
}
