import type { Command as Declared } from 'commander'
import { shellWord } from '../../../reports/html/index.ts'
import type { History, HistoryWarning } from '../../history/index.ts'
import {
  type ImportOptions,
  importFile,
  importFormats,
  type LogFields,
  onlySums,
  parseLogField,
  parseScopeRule,
  stamps,
  type Until,
} from '../../import/index.ts'
import { formatMistakes, nearest, type OutcomeRule } from '../../spec/index.ts'
import type { OptionReader } from '../options/option-reader.ts'
import { say } from '../output.ts'
import { unreadable } from '../spec-file.ts'

/** What somebody wants imported, without the file and the rule for outcomes. */
export type ImportRequest = Omit<ImportOptions, 'file' | 'outcomes'>

/** A history to judge, or in lines why there is none. */
export type NamedHistory = { history: History; warnings: readonly HistoryWarning[] } | string[]

const untils = ['first-byte', 'end'] as const satisfies readonly Until[]

/** Adds the options that say how a file of another tool is read. */
export function declareImport(command: Declared): void {
  command
    .option('--from <format>', `what wrote the file, if not Onset: ${importFormats.join(', ')}`)
    .option(
      '--scope <name=source>',
      'where a scope is found: NAME=tag:TAG, NAME=field:FIELD, NAME=url:REGEX (its first group) or NAME=const:VALUE; may be repeated',
      (given: string, before: string[] | undefined) => [...(before ?? []), given],
    )
    .option('--complete', 'every request that reached the server is in the file, and was sent once')
    .option(
      '--until <instant>',
      'decided until the first-byte (default), or until the end, where early hints (103) may come first',
    )
    .option(
      '--stamp <instant>',
      'what the times of a JTL or a log are of: the start or the end of a request; without it, either',
    )
    .option(
      '--longest <duration>',
      'how long a request takes at most, where a log does not say how long it took: 1m by default',
    )
    .option(
      '--field <role=name>',
      'names in a log of JSON: time=NAME, status=NAME, url=NAME or took=NAME:UNIT (s, ms, us, ns); may be repeated',
      (given: string, before: string[] | undefined) => [...(before ?? []), given],
    )
    .option('--max-malformed <percent>', 'how many lines may be of no use: 1% by default')
}

/**
 * Reads these options; undefined where nothing is to be imported.
 * @param scopes those that the spec limits, where there is one: no other is of any use.
 */
export function readImport(
  reader: OptionReader,
  options: Readonly<Record<string, unknown>>,
  scopes?: readonly string[],
): ImportRequest | undefined {
  if (options.from === undefined) {
    for (const [option, flag] of Object.entries(flags)) {
      if (options[option] !== undefined)
        reader.complain(`${flag} is about files of other tools: say which with --from`)
    }
    return undefined
  }
  if (options.from === 'autocannon') {
    reader.complain(`--from: ${onlySums}`)
    return undefined
  }
  const format = reader.word('--from', options.from, importFormats)
  const stamp = reader.word('--stamp', options.stamp, stamps)
  if (stamp !== undefined && format !== undefined && !stamped.includes(format)) {
    reader.complain(`--stamp is about ${stamped.join(', ')}: ${format} says by itself what its times are of`)
  }
  const longestMs = reader.duration('--longest', options.longest, 1, 86_400_000)
  if (options.longest !== undefined && format !== undefined && !format.startsWith('access-log'))
    reader.complain('--longest is about access logs: the other formats say how long a request took')
  const fields = readFields(reader, options.field as string[] | undefined)
  if (fields !== undefined && format !== undefined && format !== 'access-log-json')
    reader.complain('--field is about access-log-json: the other formats have names of their own')
  const given = (options.scope as string[] | undefined) ?? []
  const rules = given.flatMap((text) => {
    const rule = parseScopeRule(text)
    if ('expected' in rule) {
      reader.complain(
        `--scope: expected ${rule.expected}, found ${rule.found}${rule.hint ? ` — ${rule.hint}` : ''}`,
      )
      return []
    }
    if (scopes && !scopes.includes(rule.scope)) {
      const near = nearest(rule.scope, scopes)
      const hint = near ? `did you mean ${near}?` : undefined
      reader.mistake(
        '--scope',
        `a scope that the spec limits (${[...new Set(scopes)].join(', ')})`,
        rule.scope,
        hint,
      )
    }
    return [rule]
  })
  for (const scope of new Set(rules.map((rule) => rule.scope))) {
    if (rules.filter((rule) => rule.scope === scope).length > 1)
      reader.complain(`--scope: ${scope} is given twice`)
  }
  if (given.length === 0)
    reader.complain('--scope: say what the limits count by, for instance --scope integration=tag:integration')
  const until = reader.word('--until', options.until, untils) ?? 'first-byte'
  const percent = reader.number('--max-malformed', String(options.maxMalformed ?? '1%').replace(/%$/, ''), {
    least: 0,
    most: 100,
  })
  if (format === undefined || percent === undefined) return undefined
  return {
    format,
    rules,
    until,
    ...(stamp !== undefined && { stamp }),
    ...(longestMs !== undefined && { longestMs }),
    ...(fields !== undefined && { fields }),
    complete: options.complete === true,
    mostMalformed: percent / 100,
  }
}

function readFields(reader: OptionReader, given: readonly string[] | undefined): LogFields | undefined {
  if (given === undefined) return undefined
  const read = given.flatMap((text) => {
    const field = parseLogField(text)
    if (!('expected' in field)) return [field]
    reader.complain(
      `--field: expected ${field.expected}, found ${field.found}${field.hint ? ` — ${field.hint}` : ''}`,
    )
    return []
  })
  const roles = read.flatMap((field) => Object.keys(field))
  for (const role of new Set(roles)) {
    if (roles.filter((each) => each === role).length > 1) reader.complain(`--field: ${role} is given twice`)
  }
  return Object.assign({}, ...read) as LogFields
}

/** The formats whose times may be of a request's start or of its end. */
const stamped: readonly string[] = ['jtl', 'access-log', 'access-log-json']

const flags = {
  scope: '--scope',
  complete: '--complete',
  until: '--until',
  stamp: '--stamp',
  longest: '--longest',
  field: '--field',
  maxMalformed: '--max-malformed',
} as const

/** Imports a file that somebody named, and says what there is to say about it. */
export async function importNamed(
  path: string,
  request: ImportRequest,
  outcomes: OutcomeRule,
): Promise<NamedHistory> {
  const file = path === '-' ? 'standard input' : path
  try {
    const read = await importFile(path, { ...request, file, outcomes })
    if (!read.ok) {
      return [...read.sentences, ...(read.mistakes.length > 0 ? [formatMistakes(read.mistakes)] : [])]
    }
    for (const note of read.notes) say(note)
    return read
  } catch (error) {
    return [unreadable('the recording', path, error)]
  }
}

/** The options as they would be typed again. */
export function importWords(options: Readonly<Record<string, unknown>>): string {
  if (options.from === undefined) return ''
  const words = [
    ['--from', options.from],
    ...((options.scope as string[] | undefined) ?? []).map((rule) => ['--scope', rule]),
    ...(options.until === undefined ? [] : [['--until', options.until]]),
    ...(options.stamp === undefined ? [] : [['--stamp', options.stamp]]),
    ...(options.longest === undefined ? [] : [['--longest', options.longest]]),
    ...((options.field as string[] | undefined) ?? []).map((field) => ['--field', field]),
    ...(options.maxMalformed === undefined ? [] : [['--max-malformed', options.maxMalformed]]),
  ]
  const typed = words.map(([flag, value]) => ` ${flag} ${shellWord(String(value))}`).join('')
  return options.complete === true ? `${typed} --complete` : typed
}
