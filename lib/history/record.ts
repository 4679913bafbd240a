import { shown } from '../spec/mistake.ts'
import { type FieldMistake, type Fields, textMistake, timeMistake } from './field.ts'

/** One request as a line of the file has it. */
export interface HistoryRecord {
  /** Name of a descriptor that the header or an event declares. */
  descriptor: string
  /** Unix milliseconds, perhaps with a fraction. */
  sent: number
  /** First byte of the response, in Unix milliseconds; without one, when the client gave up. */
  received: number
  /** The HTTP status, or 0 without a response. */
  status: number
  /** Whole units that it uses up; default 1. */
  cost?: number
  /** The scope that the response blamed. */
  limitedBy?: string
  /** The `Retry-After` field, verbatim. */
  retryAfter?: string
  /** Fields that speak of limits, verbatim. */
  headers?: Readonly<Record<string, string>>
  /** What a refusal looked like, in words without numbers and names: alike for what comes from one limiter. */
  looks?: string
  /** Send to last byte. */
  durationMs?: number
  error?: string
  /** The request's own id, where it carried one: what the target keeps of it can be found by it. */
  request?: string
}

/**
 * A record as a line of the file, line break included. Fields that are `undefined` are left out.
 * @throws {RangeError} for a record that no reader would take: a broken promise of the caller.
 */
export function recordLine(record: HistoryRecord): string {
  const { sent, received, status, cost, durationMs } = record
  if (!Number.isFinite(sent) || !Number.isFinite(received) || received < sent) {
    throw new RangeError(`a record is sent before it is received, got ${sent} and ${received}`)
  }
  if (!isStatus(status)) throw new RangeError(`a status is 0 or from 100 to 999, got ${status}`)
  if (cost !== undefined && !isCost(cost))
    throw new RangeError(`a cost is a whole number from 0, got ${cost}`)
  if (durationMs !== undefined && !isAmount(durationMs)) {
    throw new RangeError(`a duration is 0 or more, got ${durationMs}`)
  }
  const line: HistoryRecord = {
    descriptor: record.descriptor,
    sent,
    received,
    status,
    cost,
    limitedBy: record.limitedBy,
    retryAfter: record.retryAfter,
    headers: record.headers,
    looks: record.looks,
    durationMs,
    error: record.error,
    request: record.request,
  }
  return `${JSON.stringify(line)}\n`
}

/** Longer fingerprints are cut to so many characters. */
export const longestLook = 128

/** Is this a status that a record may have: 0 for no response, or three digits? */
export function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value === 0 || ((value as number) >= 100 && (value as number) <= 999))
}

/** Is this a whole number from 0? Judging is exact arithmetic in whole units. */
export function isCost(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Is this a finite number from 0? */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY
}

/** Everything that is wrong with a record; empty for one that keeps the format. */
export function recordMistakes(line: Fields, startedAtMs: number): FieldMistake[] {
  const { descriptor, sent, received, status, cost, limitedBy, durationMs } = line
  const mistakes = [
    textMistake('descriptor', descriptor, 'the name of a descriptor'),
    timeMistake('sent', sent, startedAtMs),
    timeMistake('received', received, startedAtMs),
  ].filter((mistake) => mistake !== undefined)
  if (typeof sent === 'number' && typeof received === 'number' && received < sent) {
    mistakes.push({
      path: 'received',
      expected: `a time at or after sent (${sent})`,
      found: shown(received),
      hint: 'a clock that was set back during the run is written as a clock-step event',
    })
  }
  if (!isStatus(status)) {
    mistakes.push({
      path: 'status',
      expected: 'an HTTP status, or 0 where there was no response',
      found: shown(status),
      hint: typeof status === 'string' ? 'write it without quotes' : undefined,
    })
  }
  if (cost !== undefined && !isCost(cost)) {
    mistakes.push({
      path: 'cost',
      expected: 'a whole number from 0',
      found: shown(cost),
      hint: isAmount(cost) ? 'count in smaller units, and the limit too: 0.5 of 3 is 5 of 30' : undefined,
    })
  }
  if (durationMs !== undefined && !isAmount(durationMs)) {
    mistakes.push({ path: 'durationMs', expected: 'a number from 0', found: shown(durationMs) })
  }
  if (limitedBy !== undefined) {
    const mistake = textMistake('limitedBy', limitedBy, 'the name of a scope')
    if (mistake) mistakes.push(mistake)
  }
  return mistakes
}
