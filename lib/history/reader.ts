import { type Mistake, type OutcomeRule, shown } from '../spec/index.ts'
import { createColumnBuilder, moveRow, spareRows } from './columns.ts'
import { createDescriptorTable } from './descriptor-table.ts'
import { readEvent } from './event.ts'
import { createFastRecords, type FastRecords } from './fast-record.ts'
import { type FieldMistake, type Fields, isFields, sinceStartUs, timeRangeMs } from './field.ts'
import { type HistoryHeader, readHeader } from './header.ts'
import type { History, HistoryEvent } from './history.ts'
import { createLineSplitter, longestLine } from './lines.ts'
import { createMistakeList } from './mistake-list.ts'
import { defaultOutcomeRule, outcomeOf, sameOutcomeRule } from './outcome.ts'
import { isAmount, isCost, isStatus, longestLook, recordMistakes } from './record.ts'
import type { SharedRecords } from './threads/share.ts'

/** How a history is read. */
export interface ReadHistoryOptions {
  /** Leave lines that break the format out, and count them in `skipped`. Default: false. */
  skipInvalid?: boolean
  /** Name of the file in mistakes. Default: `history`. */
  file?: string
}

/** Something that a person should know about a history that could be read all the same. */
export interface HistoryWarning {
  code: 'cut-off' | 'no-end' | 'records-after-end' | 'skipped' | 'outcome-rule'
  message: string
}

/** A history, or what is wrong with it: the first `mistakes` of `total`. */
export type ReadHistoryResult =
  | { ok: true; history: History; header: HistoryHeader; warnings: HistoryWarning[] }
  | { ok: false; mistakes: Mistake[]; total: number }

/** Takes a history in pieces of any size. */
export interface HistoryReader {
  push(chunk: Uint8Array): void
  /** Makes room for a history of so many bytes in all, if it goes on as it has begun. It may turn out longer or shorter. */
  expect(sizeBytes: number): void
  /** How the records that follow are read; `undefined` where no header was read yet. */
  readonly records: { startedAtMs: number; outcomes: OutcomeRule } | undefined
  /**
   * Takes records that were read elsewhere from where the last piece ended, in just that way, as if they were pushed.
   * @returns false where it has no room for their names or is within a line: then nothing was taken.
   */
  take(read: SharedRecords): boolean
  /** Ends the reading; nothing may be pushed afterwards. */
  finish(): ReadHistoryResult
}

const lineBreak = 0x0a

/** So many bytes are read as JSON before the next line is tried again, where none was as Onset writes it. */
const longestStride = 1 << 16

const declaredDescriptor = 'a descriptor that the header or an event declares'

/**
 * Makes a reader for the history format, version 1. It never throws, whatever the bytes are.
 * @param rule which statuses mean accepted and which limited; where it is left out, the header's
 * rule decides, or else the default.
 */
export function createHistoryReader(
  rule: OutcomeRule | undefined,
  { skipInvalid = false, file = 'history' }: ReadHistoryOptions = {},
): HistoryReader {
  const mistakes = createMistakeList(file)
  const rows = createColumnBuilder()
  const descriptors = createDescriptorTable()
  const splitter = createLineSplitter(takeLine)
  let events: HistoryEvent[] = []
  let header: HistoryHeader | undefined
  let fastRecords: FastRecords | undefined
  let outcomeOfStatus = outcomeOf(rule ?? defaultOutcomeRule)
  let startedAtMs = 0
  let fromMs = 0
  let toMs = 0
  let pushedBytes = 0
  let lineNumber = 0
  let unreadable = false
  let cutOff = false
  let skipped = 0
  let ended = false
  let recordsAfterEnd = 0

  /** Lines that Onset wrote go straight into the columns; all others are split off and read as JSON. */
  function push(chunk: Uint8Array): void {
    pushedBytes += chunk.length
    const to = chunk.lastIndexOf(lineBreak) + 1
    let at = 0
    let stride = 0
    while (at < to) {
      if (fastRecords && splitter.atLineStart) {
        const next = takeFast(fastRecords, chunk, at, to)
        if (next > at) stride = 0
        at = next
        if (at === to) break
      }
      // A history in which no line is as Onset writes it should not be looked at line by line.
      const breakAt = chunk.indexOf(lineBreak, Math.min(at + stride, to - 1))
      splitter.push(chunk.subarray(at, breakAt + 1))
      at = breakAt + 1
      stride = Math.min(2 * stride + 64, longestStride)
    }
    if (at < chunk.length) splitter.push(chunk.subarray(at))
  }

  function takeFast(records: FastRecords, chunk: Uint8Array, from: number, to: number): number {
    const before = rows.count
    const next = records.take(chunk, from, to, lineNumber + 1)
    const taken = rows.count - before
    lineNumber += taken
    if (ended) recordsAfterEnd += taken
    return next
  }

  function take({ columns, descriptorNames }: SharedRecords): boolean {
    if (!fastRecords || !splitter.atLineStart || !rows.canAppend(columns)) return false
    rows.append(
      columns,
      descriptorNames.map((name) => descriptors.numberOf(name)),
      lineNumber,
    )
    lineNumber += columns.count
    if (ended) recordsAfterEnd += columns.count
    return true
  }

  function takeLine(text: string, whole: boolean): void {
    lineNumber++
    if (unreadable || (text.charCodeAt(0) !== 0x7b && text.trim() === '')) return
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      if (whole || !header) refuse(text, [notJson(text, String(error))])
      else cutOff = true
      return
    }
    if (!header) takeHeader(text, value)
    else if (!isFields(value)) {
      refuse(text, [{ path: '', expected: 'a record or an event', found: shown(value) }])
    } else if (value.event !== undefined) takeEvent(text, value)
    else takeRecord(text, value)
  }

  function takeHeader(text: string, value: unknown): void {
    const read = readHeader(value)
    if ('mistakes' in read) {
      refuse(text, read.mistakes)
      return
    }
    header = read.header
    startedAtMs = header.startedAtMs
    const range = timeRangeMs(startedAtMs)
    fromMs = range.fromMs
    toMs = range.toMs
    for (const { name, scopes } of header.descriptors) descriptors.declare(name, scopes)
    if (!rule && header.outcomes) outcomeOfStatus = outcomeOf(header.outcomes)
    fastRecords = createFastRecords(startedAtMs, outcomeOfStatus, rows, descriptors)
  }

  function takeRecord(text: string, record: Fields): void {
    const { descriptor, sent, received, status, cost, limitedBy, looks, durationMs } = record
    // Every record of millions comes through here, so only a bad one pays for being told what is wrong.
    if (
      typeof descriptor !== 'string' ||
      descriptor === '' ||
      typeof sent !== 'number' ||
      typeof received !== 'number' ||
      !(sent >= fromMs && sent <= received && received <= toMs) ||
      !isStatus(status) ||
      !(cost === undefined || isCost(cost)) ||
      !(durationMs === undefined || isAmount(durationMs)) ||
      !(limitedBy === undefined || (typeof limitedBy === 'string' && limitedBy !== ''))
    ) {
      refuse(text, record.format === undefined ? recordMistakes(record, startedAtMs) : [secondHeader])
      return
    }
    if (limitedBy !== undefined && !rows.canIntern(limitedBy)) {
      refuse(text, [tooManyScopes(limitedBy)])
      return
    }
    if (ended) recordsAfterEnd++
    rows.add(
      lineNumber,
      descriptors.numberOf(descriptor),
      sinceStartUs(sent, startedAtMs),
      sinceStartUs(received, startedAtMs),
      status,
      outcomeOfStatus(status),
      cost ?? 1,
      limitedBy === undefined ? -1 : rows.intern(limitedBy),
      durationMs === undefined ? Number.NaN : Math.round(durationMs * 1000),
      // The first readers ignored the field, so no value of it breaks the format.
      typeof looks === 'string' && looks !== '' ? rows.internLook(looks.slice(0, longestLook)) : -1,
    )
  }

  function takeEvent(text: string, fields: Fields): void {
    const read = readEvent(fields, lineNumber, startedAtMs)
    if ('mistakes' in read) {
      refuse(text, read.mistakes)
      return
    }
    const { event } = read
    if (event.event === 'descriptor' && !descriptors.declare(event.name, event.scopes)) {
      const found = `a second one for ${shown(event.name)}`
      refuse(text, [{ path: 'scopes', expected: 'one set of scopes for each descriptor', found }])
      return
    }
    if (event.event === 'end') ended = true
    events.push(event)
  }

  function refuse(text: string, found: readonly FieldMistake[], line = lineNumber): void {
    // Without a header no line means anything, so the first mistake is the only one.
    if (!header) unreadable = true
    if (header && skipInvalid) skipped++
    else mistakes.add(line, text, found)
  }

  /** A descriptor may be declared after the records that use it, so this is known only at the end. */
  function refuseUndeclared(): void {
    const undeclared = (name: string) => [
      { path: 'descriptor', expected: declaredDescriptor, found: shown(name) },
    ]
    events = events.filter((event) => {
      if (event.event !== 'dropped' || descriptors.isDeclared(event.descriptor)) return true
      refuse('', undeclared(event.descriptor), event.line)
      return false
    })
    const places = descriptors.places()
    if (!places.includes(-1)) return
    const columns = rows.finish()
    let kept = 0
    for (let row = 0; row < columns.count; row++) {
      const number = columns.descriptor[row] as number
      const place = places[number] as number
      if (place < 0) {
        refuse('', undeclared(descriptors.nameOf(number)), columns.line[row])
        continue
      }
      moveRow(columns, row, kept)
      columns.descriptor[kept++] = place
    }
    rows.truncate(kept)
  }

  function warnings(): HistoryWarning[] {
    const found: HistoryWarning[] = []
    if (cutOff) {
      found.push({
        code: 'cut-off',
        message: `${file} is cut off in the middle of line ${lineNumber}: it was read up to there`,
      })
    }
    if (!ended) {
      const message = `${file} has no end: the recording stopped before the run did, and what is there is judged`
      found.push({ code: 'no-end', message })
    }
    if (recordsAfterEnd > 0) {
      const message = `${file} has ${recordsAfterEnd} records after its end: they are judged with the others`
      found.push({ code: 'records-after-end', message })
    }
    if (skipped > 0) {
      const message = `${file}: ${skipped} lines that break the format were left out`
      found.push({ code: 'skipped', message })
    }
    if (rule && header?.outcomes && !sameOutcomeRule(rule, header.outcomes)) {
      const message = `${file} was recorded with another rule for accepted and limited than the spec's, which is used`
      found.push({ code: 'outcome-rule', message })
    }
    return found
  }

  return {
    push,
    take,
    get records() {
      const outcomes = rule ?? header?.outcomes ?? defaultOutcomeRule
      return header && { startedAtMs, outcomes }
    },
    expect(sizeBytes) {
      if (pushedBytes > 0) rows.reserve(Math.ceil((rows.count / pushedBytes) * sizeBytes * spareRows))
    },
    finish() {
      splitter.finish()
      if (!header && !unreadable) refuse('', [emptyFile])
      if (header) refuseUndeclared()
      if (!header || mistakes.total > 0) {
        return { ok: false, mistakes: mistakes.inOrder(), total: mistakes.total }
      }
      const history: History = {
        startedAtMs,
        tool: header.tool,
        clockSlackMs: header.clockSlackMs,
        descriptors: descriptors.declared(),
        ...rows.finish(),
        events,
        torn: cutOff || !ended,
        skipped,
      }
      return { ok: true, history, header, warnings: warnings() }
    },
  }
}

const emptyFile: FieldMistake = {
  path: '',
  expected: 'the header of a history, {"format":"onset-history","version":1,…}',
  found: 'an empty file',
}

const secondHeader: FieldMistake = {
  path: 'format',
  expected: 'one header, on the first line',
  found: 'another',
  hint: 'a file holds one history: judge each by itself',
}

function tooManyScopes(limitedBy: string): FieldMistake {
  const expected = 'the name of one of at most a thousand scopes'
  return {
    path: 'limitedBy',
    expected,
    found: shown(limitedBy),
    hint: 'a scope is what a limit counts by, not its value',
  }
}

function notJson(text: string, reason: string): FieldMistake {
  const expected = 'a line of JSON'
  if (text.length >= longestLine) return { path: '', expected, found: `a line of ${longestLine} characters` }
  const at = /position (\d+)/.exec(reason)?.[1]
  return { path: '', expected, found: `${shown(text)}${at ? `, wrong at column ${Number(at) + 1}` : ''}` }
}
