// Past the index of the folder: a thread would load all the libraries of specs for this alone.
import { createColumnBuilder } from '../history/columns.ts'
import type { FieldMistake, HistoryColumns } from '../history/index.ts'
import { createDescriptorSorter, type Described } from './descriptor-sorter.ts'
import type { ScopeRule } from './scope-rule.ts'

/** A line that could not be used. */
export type LineMistake = Omit<FieldMistake, 'path'> & { line: number; column: number }

/** What was read from one part of a file. Only plain values and columns, so that a thread can hand it over. */
export interface Part {
  /** Lines in this part; numbers of lines are counted from 1 within it. */
  lines: number
  /** Times are whole microseconds since this instant, in Unix milliseconds. */
  baseMs: number
  /** `descriptor` is a number in `values`; the outcome is not known yet. */
  rows: HistoryColumns
  values: (string | undefined)[][]
  /** Requests that carry none of the scopes, and are not in `rows`. */
  leftOut: number
  /** How many lines or requests could not be used, and the first of them. */
  malformed: number
  mistakes: LineMistake[]
  /** Names that requests have values under. */
  fields: string[]
  /** Requests that the transport may have sent more than once. */
  repeatable: number
  /** Requests of which it is not said when they were sent: they are given the longest time. */
  sentUnknown: number
  /** The part ends in the middle of a line or of a request. */
  cutOff: boolean
}

/** One request; times are nanoseconds since the part's `baseMs`, and may have fractions. */
export interface ImportedRequest {
  line: number
  descriptor: number
  /** At the earliest. */
  sentNs: number
  /** At the latest. */
  receivedNs: number
  /** The last byte, if it was sent at `sentNs`: how long it took. */
  endNs: number
  status: number
}

/** Collects what is read from a part of a file. */
export interface PartBuilder {
  readonly part: Omit<Part, 'rows'>
  /** The number of its descriptor, or -1; counts nothing. Names its fields, too. */
  descriptorOf(request: Described, fields: Iterable<string>): number
  /** Adds a request, its interval widened to whole microseconds; one with descriptor -1 is counted and left out. */
  add(request: ImportedRequest): void
  refuse(mistake: LineMistake): void
  finish(): Part
}

/** So many mistakes of a part are told. */
const mostMistakes = 5

/** So many names are told where one is looked for in vain. */
const mostFields = 200

/** Makes an empty part. */
export function createPartBuilder(rules: readonly ScopeRule[]): PartBuilder {
  const rows = createColumnBuilder()
  const sorter = createDescriptorSorter(rules)
  const fieldNames = new Set<string>()
  const part: Omit<Part, 'rows'> = {
    lines: 0,
    baseMs: 0,
    values: sorter.values,
    leftOut: 0,
    malformed: 0,
    mistakes: [],
    fields: [],
    repeatable: 0,
    sentUnknown: 0,
    cutOff: false,
  }
  return {
    part,
    descriptorOf(request, fields) {
      for (const field of fields) if (fieldNames.size < mostFields) fieldNames.add(field)
      return sorter.numberOf(request)
    },
    add({ line, descriptor, sentNs, receivedNs, endNs, status }) {
      if (descriptor < 0) {
        part.leftOut++
        return
      }
      const sentUs = Math.floor(sentNs / 1000)
      const durationUs = Math.ceil(endNs / 1000) - sentUs
      rows.add(line, descriptor, sentUs, Math.ceil(receivedNs / 1000), status, 2, 1, -1, durationUs)
    },
    refuse(mistake) {
      part.malformed++
      if (part.mistakes.length < mostMistakes) part.mistakes.push(mistake)
    },
    finish: () => ({ ...part, fields: [...fieldNames], rows: rows.finish() }),
  }
}
