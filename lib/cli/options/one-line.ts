import { stringify } from 'yaml'
import { methods, namesSecret, parseSpec, variableFor } from '../../spec/index.ts'
import type { Asked } from '../command.ts'
import type { SpecFile } from '../spec-file.ts'
import { createOptionReader, type OptionReader } from './option-reader.ts'

/** Flags that say what a spec would, where an address is named instead of one. */
export const oneLineFlags = {
  limit: '--limit',
  per: '--per',
  method: '--method',
  header: '--header',
  body: '--body',
  limited: '--limited',
  dedicated: '--dedicated',
} as const

/** Is this argument an address, and not the name of a file? */
export function isAddress(operand: string): boolean {
  return /^https?:\/\//i.test(operand)
}

/**
 * The spec that a command line stands for: `onset verify http://127.0.0.1:3000/api --limit 100/60s`.
 * Secrets are in it, as in a file, only by the names of their variables.
 */
export function readOneLine(address: string, options: Asked['options']): SpecFile {
  const reader = createOptionReader([])
  const where = readAddress(reader, address)
  const limits = readLimits(reader, options.limit)
  const per = readPer(reader, options.per)
  const headers = readHeaders(reader, options.header)
  const method = readMethod(reader, options)
  const body = options.body as string | undefined
  if (reader.mistakes.length > 0 || !where || !per) return { ok: false, mistakes: [...reader.mistakes] }
  const text = stringify({
    target: {
      kind: 'http',
      url: where.url,
      dedicated: options.dedicated === true,
      request: { method, path: where.path, headers, body },
      callers: [{ name: 'caller', scopes: { [per.scope]: 'caller' }, headers: per.headers }],
    },
    limits: limits.map(({ limit, window }) => ({
      name: `${limit} in ${window} per ${per.scope}`,
      scope: per.scope,
      limit,
      window,
    })),
    ...(options.limited !== undefined && { outcomes: { limited: String(options.limited).split(/\s*,\s*/) } }),
  })
  const parsed = parseSpec(text, { file: address, env: process.env })
  if (parsed.ok) return { ...parsed, text }
  return {
    ok: false,
    mistakes: parsed.mistakes.map(({ path, expected, found, hint }) => {
      const flag = flagOf(path)
      return `${flag}: expected ${expected}, found ${found}${hint ? ` — ${hint}` : ''}`
    }),
  }
}

const flagsOfPaths: readonly (readonly [RegExp, string])[] = [
  [/^target\.callers/, oneLineFlags.per],
  [/^target\.request\.headers/, oneLineFlags.header],
  [/^target\.request\.body/, oneLineFlags.body],
  [/^target\.request\.method/, oneLineFlags.method],
  [/^limits/, oneLineFlags.limit],
  [/^outcomes/, oneLineFlags.limited],
]

function flagOf(path: string): string {
  return flagsOfPaths.find(([pattern]) => pattern.test(path))?.[1] ?? 'the address'
}

/** The origin, and what follows it; nothing else of an address is shown, since it may hold a secret. */
function readAddress(reader: OptionReader, address: string): { url: string; path?: string } | undefined {
  const url = URL.parse(address)
  const wrong = (expected: string, found: string, hint?: string) => {
    reader.complain(`the address: expected ${expected}, found ${found}${hint ? ` — ${hint}` : ''}`)
    return undefined
  }
  if (!url) return wrong('one such as http://127.0.0.1:3000/api', 'none that can be read')
  if (url.username !== '' || url.password !== '') {
    const hint = 'write --header "authorization=Basic env:CREDENTIALS"'
    return wrong('one without a user name or password', 'one with them', hint)
  }
  if (url.hash !== '') return wrong('one that ends with its path or query', 'one with a #')
  const path = url.pathname + url.search
  return { url: url.origin, ...(path !== '/' && { path }) }
}

const aLimit = 'a number and a window, such as 100/60s'

function readLimits(reader: OptionReader, raw: unknown): { limit: number; window: string }[] {
  const given = (raw as string[] | undefined) ?? []
  if (given.length === 0) reader.complain(`${oneLineFlags.limit}: expected ${aLimit}, found nothing`)
  return given.flatMap((text, index) => {
    const [, limit, count, unit] = /^(\d+)\/(\d+(?:\.\d+)?)?(ms|s|m|h)$/.exec(text) ?? []
    if (limit === undefined) {
      const [, number] = /^(\d+)(?:\/\d+)?$/.exec(text) ?? []
      reader.mistake(oneLineFlags.limit, aLimit, text, number && `write ${number}/60s`)
      return []
    }
    if (given.indexOf(text) < index) {
      reader.mistake(oneLineFlags.limit, 'each limit once', text)
      return []
    }
    return [{ limit: Number(limit), window: `${count ?? 1}${unit}` }]
  })
}

interface Per {
  scope: string
  headers: Record<string, string>
}

const aPer = 'ip, or header:x-api-key=env:API_KEY'

/** By what the limits count: the address that is called from, or what a header field holds. */
function readPer(reader: OptionReader, raw: unknown): Per | undefined {
  if (raw === undefined) {
    reader.complain(`${oneLineFlags.per}: expected ${aPer}, found nothing — by what do the limits count?`)
    return undefined
  }
  if (raw === 'ip') return { scope: 'ip', headers: {} }
  const [, name, value] = /^header:([^=:\s]+)(?:=(.*))?$/s.exec(String(raw)) ?? []
  if (name === undefined) {
    const known = /^header\b/.test(String(raw)) ? 'a header without its name' : 'something else'
    reader.complain(`${oneLineFlags.per}: expected ${aPer}, found ${known}`)
    return undefined
  }
  const written = byVariable(value)
  if (written === undefined) {
    const found = value === undefined ? 'no variable' : 'a literal value'
    const hint = `write header:${name}=env:${variableFor(name)}, and export ${variableFor(name)}=…`
    reader.complain(
      `${oneLineFlags.per}: expected the name of a variable for ${name}, found ${found} — ${hint}`,
    )
    return undefined
  }
  const scope = /^[A-Za-z][\w-]{0,99}$/.test(name) ? name : 'header'
  return { scope, headers: { [name]: written } }
}

/** `env:NAME`, or a scheme before it, as a spec writes it: `${NAME}`; `undefined` for anything else. */
function byVariable(value: string | undefined): string | undefined {
  const [, scheme = '', name] = /^([A-Za-z]+ )?env:([A-Za-z_]\w*)$/.exec(value ?? '') ?? []
  return name === undefined ? undefined : `${scheme}\${${name}}`
}

const aHeader = '"name: value", or name=env:VARIABLE for a secret'

function readHeaders(reader: OptionReader, raw: unknown): Record<string, string> | undefined {
  const headers: Record<string, string> = {}
  for (const text of (raw as string[] | undefined) ?? []) {
    const [, name, sign, value = ''] = /^([^:=\s]+)\s*([:=])\s*(.*)$/s.exec(text) ?? []
    const written = sign === '=' ? byVariable(value) : value
    if (name === undefined)
      reader.complain(`${oneLineFlags.header}: expected ${aHeader}, found something else`)
    else if (written === undefined || (sign === ':' && namesSecret(name))) {
      const hint = `write ${name}=env:${variableFor(name)}, and export ${variableFor(name)}=…`
      reader.complain(
        `${oneLineFlags.header}: expected the name of a variable for ${name}, found a literal value — ${hint}`,
      )
    } else headers[name] = written
  }
  return Object.keys(headers).length > 0 ? headers : undefined
}

/** As with other tools that send requests, a body means POST where nothing else is said. */
function readMethod(reader: OptionReader, { method, body }: Asked['options']): string | undefined {
  if (method === undefined) return body === undefined ? undefined : 'POST'
  return reader.word(oneLineFlags.method, String(method).toUpperCase(), methods)
}
