import { type OutcomeRule, outcomeRuleSchema, shown } from '../spec/index.ts'
import { type FieldMistake, type Fields, isFields, readScopes, textMistake } from './field.ts'
import type { Descriptor } from './history.ts'

/** The first line of a history. */
export interface HistoryHeader {
  /** What recorded it, with its version: `k6 v2.2.0`. */
  tool: string
  /** Unix milliseconds, whole. */
  startedAtMs: number
  /** By how much a stamp may differ from the instant it stands for, at both ends of an interval. */
  clockSlackMs: number
  descriptors: readonly Descriptor[]
  /** Which statuses were taken for accepted and limited when it was recorded. */
  outcomes?: OutcomeRule
}

/** The header as a line of the file, line break included. */
export function headerLine(header: HistoryHeader): string {
  const line = {
    format: 'onset-history',
    version: 1,
    tool: header.tool,
    startedAt: new Date(header.startedAtMs).toISOString(),
    clockSlackMs: header.clockSlackMs,
    outcomes: header.outcomes,
    descriptors: Object.fromEntries(header.descriptors.map(({ name, scopes }) => [name, scopes])),
  }
  return `${JSON.stringify(line)}\n`
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/**
 * Reads the header from the object that the first line holds.
 * @returns the header, or everything that is wrong with it.
 */
export function readHeader(line: unknown): { header: HistoryHeader } | { mistakes: FieldMistake[] } {
  if (!isFields(line) || line.format !== 'onset-history') {
    return {
      mistakes: [
        {
          path: isFields(line) ? 'format' : '',
          expected: 'the header of a history, {"format":"onset-history","version":1,…}',
          found: shown(isFields(line) ? line.format : line),
          hint: 'the first line must be the header',
        },
      ],
    }
  }
  if (line.version !== 1) {
    const hint = 'this Onset reads version 1 of the history format'
    return { mistakes: [{ path: 'version', expected: '1', found: shown(line.version), hint }] }
  }
  const mistakes: FieldMistake[] = []
  const startedAtMs = readStart(line.startedAt, mistakes)
  const { clockSlackMs, tool } = line
  if (typeof clockSlackMs !== 'number' || !(clockSlackMs >= 0 && clockSlackMs <= 60_000)) {
    mistakes.push({
      path: 'clockSlackMs',
      expected: 'a number of milliseconds from 0 to 60000',
      found: shown(clockSlackMs),
      hint: 'a clock of whole milliseconds has a slack of 1',
    })
  }
  if (tool !== undefined) {
    const mistake = textMistake('tool', tool, 'the name of what recorded it')
    if (mistake) mistakes.push(mistake)
  }
  const descriptors = readDescriptors(line.descriptors, mistakes)
  const outcomes = readOutcomes(line, mistakes)
  if (mistakes.length > 0) return { mistakes }
  return {
    header: {
      tool: (tool as string | undefined) ?? 'unknown',
      startedAtMs,
      clockSlackMs: clockSlackMs as number,
      descriptors,
      outcomes,
    },
  }
}

function readStart(startedAt: unknown, mistakes: FieldMistake[]): number {
  const startedAtMs =
    typeof startedAt === 'string' && instant.test(startedAt) ? Date.parse(startedAt) : Number.NaN
  if (Number.isNaN(startedAtMs)) {
    mistakes.push({
      path: 'startedAt',
      expected: 'an instant such as "2026-11-23T08:11:02.123Z"',
      found: shown(startedAt),
    })
  }
  return startedAtMs
}

function readDescriptors(named: unknown, mistakes: FieldMistake[]): Descriptor[] {
  if (!isFields(named)) {
    mistakes.push({
      path: 'descriptors',
      expected: 'a map of descriptors to their scopes, such as {"A":{"integration":"A"}}',
      found: shown(named),
      hint: 'write {} where every descriptor is declared by an event',
    })
    return []
  }
  return Object.entries(named).map(([name, scopes]) => ({
    name,
    scopes: readScopes(`descriptors.${name}`, scopes, mistakes),
  }))
}

function readOutcomes({ outcomes }: Fields, mistakes: FieldMistake[]): OutcomeRule | undefined {
  if (outcomes === undefined) return undefined
  const parsed = outcomeRuleSchema.safeParse(outcomes)
  if (parsed.success) return parsed.data
  mistakes.push({
    path: 'outcomes',
    expected: 'a rule such as {"accepted":"2xx","limited":"429"}',
    found: JSON.stringify(outcomes).slice(0, 60),
  })
  return undefined
}
