import { type Algorithm, algorithms, durationMs, type Limit, nearest } from '../../spec/index.ts'
import { type Grid, replayable } from '../../tune/index.ts'
import type { Asked } from '../command.ts'
import type { OptionReader } from '../options/option-reader.ts'
import { checkRefills, refillable } from './tune-refill.ts'

/** More rows than this nobody reads. */
const mostCandidates = 1_000

const aLimit = 'a whole number from 0 to 1000000'

/** What is tried where somebody says what is wanted and not what to try, in parts of today's limit. */
const usualParts = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10]

/**
 * What is to be tried; undefined where that cannot be told.
 * @param wanted there is an objective: without a word of what to try, the usual is tried.
 */
export function readGrid(
  reader: OptionReader,
  options: Asked['options'],
  today: readonly Limit[] | undefined,
  wanted: boolean,
): Grid | undefined {
  const limits = readList(reader, '--limits', options.limits, aLimit, readNumber)
  const windowsMs = readList(reader, '--windows', options.windows, 'a duration such as 1m', (word) => {
    const ms = durationMs(word)
    return ms !== undefined && ms >= 1 && ms <= longestWindowMs ? ms : undefined
  })
  const tried = readList(
    reader,
    '--algorithms',
    options.algorithms,
    `one of ${algorithms.join(', ')}`,
    (word) => algorithms.find((each) => each === word),
  )
  const nothing = [options.limits, options.windows, options.algorithms, options.with].every(
    (each) => each === undefined,
  )
  if (nothing && !wanted) {
    reader.complain('say what to try: --limits 200,300,500, --windows 1m,5m, or --algorithms sliding-log')
  }
  const limit = today && readVaried(reader, options.vary as string | undefined, today)
  const beside = limit && readBeside(reader, options.with as string[] | undefined, limit, today)
  if (!limit || !limits || !windowsMs || !tried || !beside) return undefined
  const usual = nothing
    ? refillable(
        usualParts.map((part) => Math.round(part * limit.limit)),
        limit,
      )
    : [limit.limit]
  const grid = {
    scope: limit.scope,
    limits: limits.length > 0 ? limits : [...new Set(usual)],
    windowsMs: windowsMs.length > 0 ? windowsMs : [limit.window],
    algorithms: tried.length > 0 ? tried : [limit.algorithm[0] as Algorithm],
    refillEveryMs: limit.refillEvery,
    beside,
  }
  checkSize(reader, grid, today)
  checkRefills(reader, grid, today)
  if (wanted && [grid, ...beside].some((each) => each.limits.includes(0))) {
    reader.complain('a limit of 0 lets nothing through, and no spec can state it: leave it out')
  }
  return grid
}

function checkSize(reader: OptionReader, grid: Grid, today: readonly Limit[]): void {
  const { limits, windowsMs, algorithms, beside = [] } = grid
  const count = beside.reduce(
    (product, each) => product * each.limits.length,
    limits.length * windowsMs.length * algorithms.length,
  )
  if (count > mostCandidates) {
    reader.complain(`expected at most ${mostCandidates} limits to try, found ${count}: try fewer at once`)
  }
  const others = beside.flatMap(({ scope, limits }) =>
    limits.map((limit) => ({ limit, windowMs: today.find((each) => each.scope === scope)?.window ?? 0 })),
  )
  const tooLarge = [
    ...limits.flatMap((limit) => windowsMs.map((windowMs) => ({ limit, windowMs }))),
    ...others,
  ]
    .filter((each) => !replayable(each))
    .map(({ limit, windowMs }) => `${limit} in ${windowMs} ms`)
  if (tooLarge.length > 0) reader.complain(`too large to be counted exactly: ${tooLarge.join(', ')}`)
}

/** A week. */
const longestWindowMs = 7 * 24 * 3_600_000

function readNumber(word: string): number | undefined {
  return /^\d{1,7}$/.test(word) && Number(word) <= 1_000_000 ? Number(word) : undefined
}

/** The words of a list, each once and read; undefined where one cannot be. */
function readList<T>(
  reader: OptionReader,
  flag: string,
  raw: unknown,
  expected: string,
  read: (word: string) => T | undefined,
): T[] | undefined {
  if (raw === undefined) return []
  const values = String(raw)
    .split(',')
    .map((word) => {
      const value = read(word.trim())
      if (value === undefined) reader.mistake(flag, expected, word.trim())
      return value
    })
  return values.includes(undefined) ? undefined : [...new Set(values as T[])]
}

/** The limit of today that others are tried in the place of. */
function readVaried(
  reader: OptionReader,
  scope: string | undefined,
  today: readonly Limit[],
): Limit | undefined {
  const scopes = [...new Set(today.map((limit) => limit.scope))]
  if (scope === undefined && scopes.length > 1) {
    reader.complain(`--vary: say the limit of which scope is tried: ${scopes.join(', ')}`)
    return undefined
  }
  return onlyLimitOf(reader, '--vary', scope ?? (scopes[0] as string), today)
}

function onlyLimitOf(
  reader: OptionReader,
  flag: string,
  scope: string,
  today: readonly Limit[],
): Limit | undefined {
  const scopes = [...new Set(today.map((limit) => limit.scope))]
  const of = today.filter((limit) => limit.scope === scope)
  if (of.length === 0) {
    const near = nearest(scope, scopes)
    const expected = `a scope that the spec limits (${scopes.join(', ')})`
    reader.mistake(flag, expected, scope, near && `did you mean ${near}?`)
  }
  if (of.length > 1) {
    reader.complain(`${flag}: the spec has ${of.length} limits of ${scope}, and one can be tried`)
  }
  return of.length === 1 ? of[0] : undefined
}

/** What is tried beside it, such as `organization=500,1000`; undefined where one of it cannot be read. */
function readBeside(
  reader: OptionReader,
  given: readonly string[] | undefined,
  varied: Limit,
  today: readonly Limit[],
): Required<Grid>['beside'] | undefined {
  const flag = '--with'
  const read = (given ?? []).map((text) => {
    const [, scope, list] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (scope === undefined) {
      reader.mistake(flag, 'a scope and limits, such as organization=500,1000', text)
      return undefined
    }
    if (scope === varied.scope) {
      reader.complain(`${flag}: ${scope} is what --vary tries: list its limits with --limits`)
      return undefined
    }
    const limit = onlyLimitOf(reader, flag, scope, today)
    const limits = readList(reader, flag, list, aLimit, readNumber)
    return limit && limits && { scope, limits }
  })
  const scopes = read.map((each) => each?.scope)
  const twice = scopes.find((scope, index) => scope !== undefined && scopes.indexOf(scope) < index)
  if (twice !== undefined) reader.complain(`${flag}: ${twice} is given twice`)
  return twice !== undefined || read.includes(undefined) ? undefined : (read as Required<Grid>['beside'])
}
