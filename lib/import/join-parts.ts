import {
  createColumnBuilder,
  type Descriptor,
  type History,
  type HistoryEvent,
  type HistoryWarning,
  outcomeOf,
  type Scopes,
} from '../history/index.ts'
import { type Mistake, nearest, type OutcomeRule } from '../spec/index.ts'
import type { Part } from './part.ts'
import { type ScopeRule, scopeRuleText } from './scope-rule.ts'

/** What an import is told beside the file. */
export interface ImportTerms {
  file: string
  tool: string
  rules: readonly ScopeRule[]
  outcomes: OutcomeRule
  /** Every request that reached the server is in the file, and reached it once. */
  complete: boolean
  /** The share of lines that may be of no use, from 0 to 1. */
  mostMalformed: number
  /** The longest that a request takes whose line does not say when it was sent. Default: a minute. */
  longestMs?: number
}

/** An imported history with what a person should know about it, or why there is none. */
export type Imported =
  | { ok: true; history: History; warnings: HistoryWarning[]; notes: string[] }
  | { ok: false; mistakes: Mistake[]; sentences: string[] }

/** By how much the clock of the machine that recorded may step between two readings, at the least. */
const clockSlackMs = 1

/** Joins the parts of a file, in the order of the file, to one history. Pure. */
export function joinParts(parts: readonly Part[], terms: ImportTerms): Imported {
  const { file, rules } = terms
  const lines = sum(parts, (part) => part.lines)
  const malformed = sum(parts, (part) => part.malformed)
  const mistakes = mistakesOf(parts, file)
  const count = sum(parts, (part) => part.rows.count)
  const sentences: string[] = []
  const tooMany = malformed > terms.mostMalformed * lines
  if (tooMany) {
    const share = ((100 * malformed) / lines).toPrecision(2)
    sentences.push(
      `${file}: ${malformed} of ${lines} lines are of no use (${share} %); --max-malformed says how many may be`,
    )
  }
  if (count + sum(parts, (part) => part.leftOut) === 0) {
    if (!tooMany) sentences.push(`${file}: expected requests, found none in ${lines} lines`)
  } else sentences.push(...unknownFields(parts, rules))
  if (sentences.length > 0) return { ok: false, mistakes: tooMany ? mistakes : [], sentences }

  const { descriptors, numbersOfPart } = describe(parts, rules)
  const startedAtMs = earliestMs(parts)
  const outcomeOfStatus = outcomeOf(terms.outcomes)
  const rows = createColumnBuilder(count)
  let linesBefore = 0
  let lastUs = 0
  parts.forEach((part, index) => {
    const numbers = numbersOfPart[index] as number[]
    const shiftUs = (part.baseMs - startedAtMs) * 1000
    const { descriptor, sentUs, receivedUs, status, durationUs, line } = part.rows
    for (let row = 0; row < part.rows.count; row++) {
      const itsStatus = status[row] as number
      const endUs = (sentUs[row] as number) + (durationUs[row] as number)
      lastUs = Math.max(lastUs, (receivedUs[row] as number) + shiftUs)
      // NaN where it is not known.
      if (endUs + shiftUs > lastUs) lastUs = endUs + shiftUs
      rows.add(
        linesBefore + (line[row] as number),
        numbers[descriptor[row] as number] as number,
        (sentUs[row] as number) + shiftUs,
        (receivedUs[row] as number) + shiftUs,
        itsStatus,
        outcomeOfStatus(itsStatus),
        1,
        -1,
        durationUs[row] as number,
      )
    }
    linesBefore += part.lines
  })
  const cutOff = parts.some((part) => part.cutOff)
  const torn = cutOff || !terms.complete
  const events: HistoryEvent[] = torn
    ? []
    : [{ event: 'end', line: linesBefore, atUs: lastUs, reason: 'finished' }]
  const history: History = {
    startedAtMs,
    tool: terms.tool,
    clockSlackMs,
    descriptors,
    ...rows.finish(),
    events,
    torn,
    skipped: malformed,
  }
  return { ok: true, history, warnings: warningsOf(parts, terms, malformed), notes: notesOf(parts, terms) }
}

function warningsOf(parts: readonly Part[], { file, complete }: ImportTerms, malformed: number) {
  const found: HistoryWarning[] = []
  if (parts.some((part) => part.cutOff)) {
    found.push({ code: 'cut-off', message: `${file} is cut off: it was read up to there` })
  } else if (!complete) {
    found.push({
      code: 'no-end',
      message: `${file} does not say what was in flight when the run ended, so it is judged as a history without an end; --complete says that nothing is missing`,
    })
  }
  if (malformed > 0) {
    const [first] = mistakesOf(parts, file)
    const where = first ? `, the first at ${first.line}:${first.column}` : ''
    found.push({
      code: 'skipped',
      message: `${file}: ${malformed} lines that are of no use were left out${where}`,
    })
  }
  return found
}

/** What changes no verdict by itself, and may explain one. */
function notesOf(parts: readonly Part[], { complete, rules, longestMs = 60_000 }: ImportTerms): string[] {
  const notes: string[] = []
  const leftOut = sum(parts, (part) => part.leftOut)
  const repeatable = sum(parts, (part) => part.repeatable)
  const sentUnknown = sum(parts, (part) => part.sentUnknown)
  if (leftOut > 0) {
    const named = rules.map(({ scope }) => scope).join(', ')
    notes.push(`${leftOut} requests carry none of the scopes (${named}) and were left out`)
  }
  if (complete && repeatable > 0) {
    notes.push(
      `${repeatable} requests are GETs or the like, which the transport may repeat unseen on connections that were kept; --complete says that it did not (in k6, noConnectionReuse)`,
    )
  }
  if (sentUnknown > 0) {
    notes.push(
      `${sentUnknown} requests do not say when they were sent: they are taken to have been under way for up to ${longestMs / 1000} s`,
    )
  }
  return notes
}

function mistakesOf(parts: readonly Part[], file: string): Mistake[] {
  let before = 0
  return parts
    .flatMap((part) => {
      const found = part.mistakes.map((mistake) => ({
        ...mistake,
        file,
        path: '',
        line: mistake.line + before,
      }))
      before += part.lines
      return found
    })
    .slice(0, 5)
}

/** A rule that finds nothing in the whole file is a mistake: its limit would seem never to be met. */
function unknownFields(parts: readonly Part[], rules: readonly ScopeRule[]): string[] {
  return rules.flatMap((rule, index) => {
    if (parts.some(({ values }) => values.some((value) => value[index] !== undefined))) return []
    const fields = [...new Set(parts.flatMap((part) => part.fields))].sort()
    const near = 'name' in rule.from ? nearest(rule.from.name, fields) : undefined
    const sought = rule.from.kind === 'url' ? 'an address that it matches' : 'a value under that name'
    const named = rule.from.kind === 'url' ? '' : `; there are: ${fields.join(', ')}`
    const hint = near ? ` — did you mean ${near}?` : ''
    return [`--scope ${scopeRuleText(rule)}: expected ${sought}, found none in any request${named}${hint}`]
  })
}

/** One list of descriptors for all parts, and for each part which of its numbers is which of them. */
function describe(parts: readonly Part[], rules: readonly ScopeRule[]) {
  const descriptors: Descriptor[] = []
  const places = new Map<string, number>()
  const names = new Set<string>()
  const numbersOfPart = parts.map(({ values }) =>
    values.map((found) => {
      const key = JSON.stringify(found)
      const known = places.get(key)
      if (known !== undefined) return known
      const carried = rules.flatMap(({ scope }, index) => {
        const value = found[index]
        return value === undefined ? [] : [[scope, value] as const]
      })
      const plain =
        rules.length === 1 ? String(found[0]) : carried.map(([scope, value]) => `${scope}=${value}`).join(' ')
      let name = plain
      for (let again = 2; names.has(name); again++) name = `${plain} (${again})`
      names.add(name)
      places.set(key, descriptors.length)
      return descriptors.push({ name, scopes: Object.fromEntries(carried) as Scopes }) - 1
    }),
  )
  return { descriptors, numbersOfPart }
}

function earliestMs(parts: readonly Part[]): number {
  let earliest = Number.POSITIVE_INFINITY
  for (const { rows, baseMs } of parts) {
    for (let row = 0; row < rows.count; row++)
      earliest = Math.min(earliest, baseMs * 1000 + (rows.sentUs[row] as number))
  }
  return Number.isFinite(earliest) ? Math.floor(earliest / 1000) : 0
}

function sum(parts: readonly Part[], of: (part: Part) => number): number {
  return parts.reduce((total, part) => total + of(part), 0)
}
