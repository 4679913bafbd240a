import { readFile } from 'node:fs/promises'
import { type Algorithm, algorithms, type Limit, shown } from '../../spec/index.ts'
import {
  type LimitedScope,
  limitedScopes,
  parseTargetConfig,
  type TargetConfigInput,
} from '../../target/index.ts'
import type { OptionReader } from '../options/option-reader.ts'
import { unreadable } from '../spec-file.ts'

/** What can be said of each limit; `countedBy` only passes through. */
type LimitInput = Omit<NonNullable<LimitsInput['organization']>, 'countedBy'>
type LimitsInput = NonNullable<TargetConfigInput['limits']>

/** What the embedded target enforces when it is told nothing else: what the limits say, one for each scope. */
export function enforcing(limits: readonly Limit[]): LimitsInput {
  const enforced = (scope: LimitedScope): LimitInput | null => {
    const [tightest] = limits.filter((limit) => limit.scope === scope).sort((a, b) => a.limit - b.limit)
    if (!tightest) return null
    const { limit, window, algorithm, refillEvery, limitedRequests, chargedWhenRefused } = tightest
    return {
      limit,
      windowMs: Math.round(window),
      algorithm: algorithm[0],
      ...(algorithm[0] === 'token-bucket' && refillEvery !== undefined && { refillTickMs: refillEvery }),
      ...(limitedRequests !== 'either' && { limitedRequests }),
      ...(chargedWhenRefused !== 'either' && { chargedWhenRefused }),
    }
  }
  return {
    integration: enforced('integration'),
    organization: enforced('organization'),
    apiKey: enforced('apiKey'),
  }
}

/** What options change about the limits that the target enforces; what is left out stays as it is. */
export interface LimitOverrides {
  limit?: PerScope<number>
  windowMs?: PerScope<number>
  algorithm?: PerScope<Algorithm>
  phaseMs?: PerScope<number | 'hashed'>
}

/** One value for some scopes. */
export type PerScope<Value> = Partial<Record<LimitedScope, Value>>

const shortestWindowMs = 1
const longestWindowMs = 168 * 3_600_000

/** Reads `integration=299,organization=500`, or one value for all scopes: `299`. */
export function readPerScope<Value>(
  reader: OptionReader,
  flag: string,
  raw: unknown,
  read: (flag: string, text: string) => Value | undefined,
): PerScope<Value> | undefined {
  if (typeof raw !== 'string') return undefined
  const values: PerScope<Value> = {}
  for (const part of raw.split(',')) {
    const [scope, text] = part.includes('=') ? part.split(/=(.*)/s, 2) : [undefined, part]
    const named = scope === undefined ? limitedScopes : limitedScopes.filter((each) => each === scope)
    if (named.length === 0) reader.mistake(flag, `one of ${limitedScopes.join(', ')} before the =`, scope)
    const value = read(flag, text as string)
    if (value !== undefined) for (const each of named) values[each] = value
  }
  return values
}

/** The number of a limit. */
export function readLimit(reader: OptionReader) {
  return (flag: string, text: string) =>
    reader.number(flag, text, { least: 0, most: 10_000_000, whole: true })
}

/** A window, in milliseconds. */
export function readWindow(reader: OptionReader) {
  return (flag: string, text: string) => reader.duration(flag, text, shortestWindowMs, longestWindowMs)
}

/** The name of an algorithm. */
export function readAlgorithm(reader: OptionReader) {
  return (flag: string, text: string) => reader.word(flag, text, algorithms)
}

/** Where windows start: a duration after the epoch, or `hashed`. */
export function readPhase(reader: OptionReader) {
  return (flag: string, text: string) =>
    text === 'hashed' ? ('hashed' as const) : reader.duration(flag, text, 0, longestWindowMs)
}

/**
 * Puts the configuration of an embedded target together: what it would enforce, then a file, then
 * single options. Everything that is wrong is noted.
 * @param base limits where neither the file nor an option says anything.
 */
export async function readEmbeddedConfig(
  reader: OptionReader,
  fileFlag: string,
  file: string | undefined,
  base: LimitsInput,
  overrides: LimitOverrides,
): Promise<TargetConfigInput> {
  const fromFile = file === undefined ? {} : await readConfigFile(reader, fileFlag, file)
  const limits = { ...base } as Record<LimitedScope, LimitInput | null>
  for (const scope of limitedScopes) {
    const told = fromFile.limits?.[scope]
    if (told === null) limits[scope] = null
    else if (told) limits[scope] = { ...limits[scope], ...told }
    const changes = Object.fromEntries(
      Object.entries(overrides).flatMap(([field, values]) =>
        values?.[scope] === undefined ? [] : [[field, values[scope]]],
      ),
    )
    if (Object.keys(changes).length > 0) limits[scope] = { ...limits[scope], ...changes }
  }
  return { ...fromFile, limits }
}

/** A configuration from a JSON file; an empty one where something is wrong, which is noted. */
async function readConfigFile(reader: OptionReader, flag: string, file: string): Promise<TargetConfigInput> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) reader.complain(`${flag}: ${shown(file)} is no JSON: ${error.message}`)
    else reader.complain(`${flag}: ${unreadable('the file', file, error)}`)
    return {}
  }
  const parsed = parseTargetConfig(value)
  if (parsed.valid) return value as TargetConfigInput
  for (const mistake of parsed.mistakes) reader.complain(`${flag}: ${file}: ${mistake}`)
  return {}
}
