import { durationMs, nearest } from '../../spec/index.ts'
import {
  type Ceiling,
  capacityCeiling,
  type Demand,
  type Objective,
  type QuietBound,
} from '../../tune/index.ts'
import type { Asked } from '../command.ts'
import type { OptionReader } from '../options/option-reader.ts'

/** The options that say what limits are to achieve. */
export const objectiveFlags = {
  quietRefused: '--quiet-refused',
  neverAbove: '--never-above',
  capacity: '--capacity',
} as const

/** Does somebody say what limits are to achieve? */
export function wantsObjective(options: Asked['options']): boolean {
  return Object.keys(objectiveFlags).some((name) => options[name] !== undefined)
}

/** What limits are to achieve; undefined where nobody says it, or where it cannot be read, which is noted. */
export function readObjective(reader: OptionReader, options: Asked['options']): Objective | undefined {
  const quietRefused = readShare(reader, options.quietRefused)
  const ceilings = ((options.neverAbove as string[] | undefined) ?? []).flatMap((text) => {
    const ceiling = readCeiling(reader, text)
    return ceiling ? [ceiling] : []
  })
  const rate = reader.number(objectiveFlags.capacity, options.capacity, { least: 0.1, most: 1_000_000 })
  if (!wantsObjective(options)) return undefined
  return {
    ...(quietRefused !== undefined && { quietRefused }),
    ceilings: [...ceilings, ...(rate === undefined ? [] : [capacityCeiling(rate)])],
  }
}

/** What makes a descriptor quiet; undefined where nobody says it. */
export function readQuietBound(reader: OptionReader, raw: unknown): QuietBound | undefined {
  if (raw === undefined) return undefined
  const read = readPerStretch(String(raw))
  if (read && read.scope === undefined) return read
  reader.mistake('--quiet', 'a number and a stretch of time, such as 60/5m', raw)
  return undefined
}

/**
 * Scopes that stand in an objective have to occur in what is replayed: no limit would ever reach such a
 * ceiling.
 */
export function checkCeilings(reader: OptionReader, objective: Objective | undefined, demand: Demand): void {
  const scopes = [...new Set(demand.descriptors.flatMap((descriptor) => Object.keys(descriptor.scopes)))]
  for (const { scope } of objective?.ceilings ?? []) {
    if (scope === undefined || scopes.includes(scope)) continue
    const near = nearest(scope, scopes)
    const expected = `a scope that requests carry (${scopes.join(', ')})`
    reader.mistake(objectiveFlags.neverAbove, expected, scope, near && `did you mean ${near}?`)
  }
}

function readShare(reader: OptionReader, raw: unknown): number | undefined {
  if (raw === undefined) return undefined
  const percent = /^\d+(\.\d+)?\s*%$/.test(String(raw)) ? Number.parseFloat(String(raw)) : Number.NaN
  if (percent >= 0 && percent < 100) return percent / 100
  reader.mistake(objectiveFlags.quietRefused, 'a share from 0% to below 100%, such as 0.1%', raw)
  return undefined
}

function readCeiling(reader: OptionReader, text: string): Ceiling | undefined {
  const read = readPerStretch(text)
  if (read) return read
  const expected =
    'a number, a stretch of time and a scope, such as 2000/5m@organization, or 100/10s for all together'
  reader.mistake(objectiveFlags.neverAbove, expected, text)
  return undefined
}

const longestMs = 7 * 24 * 3_600_000

/** Reads `2000/5m@organization`, or without a scope `2000/5m`. */
function readPerStretch(text: string): Ceiling | undefined {
  const [, most, duration, , scope] = /^(\d{1,9})\/([^@]+)(@([A-Za-z][\w-]*))?$/.exec(text) ?? []
  const spanMs = duration === undefined ? undefined : durationMs(duration)
  if (spanMs === undefined || spanMs < 1 || spanMs > longestMs) return undefined
  return { most: Number(most), spanMs, ...(scope !== undefined && { scope }) }
}
