// Not from the whole of specs: what a thread loads to read records should be little.
import { type Mistake, shown } from '../spec/mistake.ts'
import type { Scopes } from './history.ts'

/** What is wrong with one field of a line; the reader adds where the line is. */
export type FieldMistake = Pick<Mistake, 'path' | 'expected' | 'found' | 'hint'>

/** The object that a line of JSON holds. */
export type Fields = Record<string, unknown>

/** Times further than this from the header's `startedAt` are taken for another unit, not for times. */
const farthestMs = 366 * 24 * 3_600_000

/** The earliest and the latest time that a history can speak of, in Unix milliseconds. */
export function timeRangeMs(startedAtMs: number): { fromMs: number; toMs: number } {
  return { fromMs: startedAtMs - farthestMs, toMs: startedAtMs + farthestMs }
}

/** Unix milliseconds, perhaps with a fraction, to whole microseconds since `startedAtMs`. */
export function sinceStartUs(timeMs: number, startedAtMs: number): number {
  return Math.round((timeMs - startedAtMs) * 1000)
}

/** What is wrong with a time, if anything is; guesses the unit of one that is far away. */
export function timeMistake(path: string, value: unknown, startedAtMs: number): FieldMistake | undefined {
  if (typeof value !== 'number') {
    const hint = typeof value === 'string' ? 'write it without quotes, as Unix milliseconds' : undefined
    return { path, expected: 'a time in Unix milliseconds', found: shown(value), hint }
  }
  const { fromMs, toMs } = timeRangeMs(startedAtMs)
  const within = (timeMs: number) => timeMs >= fromMs && timeMs <= toMs
  if (within(value)) return undefined
  const unit = within(value * 1000)
    ? 'seconds'
    : within(value / 1000)
      ? 'microseconds'
      : within(value / 1e6)
        ? 'nanoseconds'
        : undefined
  return {
    path,
    expected: "Unix milliseconds within a year of the header's startedAt",
    found: shown(value),
    hint: unit && `it looks like ${unit}`,
  }
}

/** What is wrong with a text that must be there, if anything is. */
export function textMistake(path: string, value: unknown, expected: string): FieldMistake | undefined {
  return typeof value === 'string' && value !== '' ? undefined : { path, expected, found: shown(value) }
}

/** Reads the scopes of a descriptor: a map of names to texts. Pushes what is wrong to `mistakes`. */
export function readScopes(path: string, value: unknown, mistakes: FieldMistake[]): Scopes {
  const expected = 'a map of scopes to their values, such as {"integration":"A"}'
  if (!isFields(value)) {
    mistakes.push({ path, expected, found: shown(value) })
    return {}
  }
  for (const [scope, scopeValue] of Object.entries(value)) {
    const mistake = textMistake(`${path}.${scope}`, scopeValue, 'a text')
    if (mistake) mistakes.push(mistake)
  }
  return value as Scopes
}

/** Is this a JSON object? */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
