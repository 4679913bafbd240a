import { shown } from '../spec/index.ts'
import {
  type FieldMistake,
  type Fields,
  readScopes,
  sinceStartUs,
  textMistake,
  timeMistake,
} from './field.ts'
import type { HistoryEvent, Scopes } from './history.ts'

/** An event as a line of the file has it; times are Unix milliseconds, perhaps with a fraction. */
export type HistoryEventLine =
  | { event: 'descriptor'; name: string; scopes: Scopes }
  | { event: 'dropped'; descriptor: string; count: number; at: number }
  | { event: 'clock-step'; at: number; byMs: number }
  | { event: 'end'; at: number; reason: string }

/** An event as a line of the file, line break included. */
export function eventLine(event: HistoryEventLine): string {
  return `${JSON.stringify(event)}\n`
}

/**
 * Reads an event from the object that a line holds. One of a kind that is not known here is kept
 * as `other`, so that a newer writer does not make older readers give up.
 * @returns the event, or everything that is wrong with it.
 */
export function readEvent(
  fields: Fields,
  line: number,
  startedAtMs: number,
): { event: HistoryEvent } | { mistakes: FieldMistake[] } {
  const mistakes: FieldMistake[] = []
  const event = readKind(fields, line, startedAtMs, mistakes)
  return mistakes.length > 0 ? { mistakes } : { event }
}

function readKind(fields: Fields, line: number, startedAtMs: number, mistakes: FieldMistake[]): HistoryEvent {
  const text = (path: string, expected: string) => {
    const mistake = textMistake(path, fields[path], expected)
    if (mistake) mistakes.push(mistake)
    return fields[path] as string
  }
  const atUs = () => {
    const mistake = timeMistake('at', fields.at, startedAtMs)
    if (mistake) mistakes.push(mistake)
    return sinceStartUs(fields.at as number, startedAtMs)
  }
  switch (fields.event) {
    case 'descriptor':
      return {
        event: 'descriptor',
        line,
        name: text('name', 'the name of a descriptor'),
        scopes: readScopes('scopes', fields.scopes, mistakes),
      }
    case 'dropped': {
      const { count } = fields
      if (!Number.isSafeInteger(count) || (count as number) < 0) {
        mistakes.push({ path: 'count', expected: 'a whole number from 0', found: shown(count) })
      }
      const descriptor = text('descriptor', 'the name of a descriptor')
      return { event: 'dropped', line, descriptor, count: count as number, atUs: atUs() }
    }
    case 'clock-step': {
      const { byMs } = fields
      if (!Number.isFinite(byMs)) {
        mistakes.push({ path: 'byMs', expected: 'a number of milliseconds', found: shown(byMs) })
      }
      return { event: 'clock-step', line, atUs: atUs(), byMs: byMs as number }
    }
    case 'end':
      return { event: 'end', line, atUs: atUs(), reason: text('reason', 'a word, such as finished') }
    default: {
      const { event: _, ...rest } = fields
      return { event: 'other', line, name: text('event', 'the name of an event'), fields: rest }
    }
  }
}
