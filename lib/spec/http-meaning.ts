import { shown } from './mistake.ts'
import { nearest } from './nearest.ts'
import { type Path, type PathMistake, safeKey, valueAt } from './path.ts'

/** What only a target of kind http has, and what only one of kind oncall has. */
const ofHttp = ['request', 'callers', 'limitedBy']
const ofOncall = [
  'apiKey',
  'setupKey',
  'otherKeys',
  'loadKeys',
  'ingestUrl',
  'stackUrl',
  'integrations',
  'detailsUrl',
]

/**
 * What the types of a spec cannot say about a target of kind http: header fields that can be sent and
 * hold no literal secret, bodies that a method has, callers who are told apart, limits that count
 * somebody.
 * @param raw the spec as it is written, whatever its shape.
 */
export function httpMistakes(raw: unknown, offline: boolean): PathMistake[] {
  const target = valueAt(raw, ['target'])
  if (typeof target !== 'object' || target === null || Array.isArray(target)) return []
  if (valueAt(target, ['kind']) !== 'http') return ofHttp.flatMap((key) => notOf(target, key))
  return [
    ...(offline ? [] : ofOncall.flatMap((key) => ofNoHttp(target, key))),
    ...whatIsSent(raw).flatMap(sentMistakes),
    ...callerMistakes(raw),
    ...(offline ? [] : uncountedLimits(raw)),
    ...limitedByMistakes(raw),
  ]
}

function notOf(target: object, key: string): PathMistake[] {
  if (!(key in target)) return []
  const hint = `write kind: http, or leave ${key} out`
  return [{ path: ['target'], key, expected: 'what a target of kind oncall has', found: key, hint }]
}

const aKeyIsAHeader = 'a key is a header field of request or of a caller, such as x-api-key: ${API_KEY}'
const hintsOfOncall: Readonly<Record<string, string>> = {
  apiKey: aKeyIsAHeader,
  setupKey: aKeyIsAHeader,
  ingestUrl: 'all requests go to url',
}

function ofNoHttp(target: object, key: string): PathMistake[] {
  if (!(key in target)) return []
  const hint = hintsOfOncall[key] ?? `leave ${key} out: only OnCall has that`
  return [{ path: ['target'], key, expected: 'what a target of kind http has', found: key, hint }]
}

/** What stands in a request, or in a caller, who may say more and other things. */
interface Sent {
  path: Path
  method: unknown
  headers: unknown
  urlPath: unknown
  body: unknown
}

function callersIn(raw: unknown): unknown[] {
  const callers = valueAt(raw, ['target', 'callers'])
  return Array.isArray(callers) ? callers : []
}

function whatIsSent(raw: unknown): Sent[] {
  const request = valueAt(raw, ['target', 'request'])
  const method = valueAt(request, ['method']) ?? 'GET'
  const sent = (value: unknown, path: Path): Sent => ({
    path,
    method,
    headers: valueAt(value, ['headers']),
    urlPath: valueAt(value, ['path']),
    body: valueAt(value, ['body']),
  })
  return [
    sent(request, ['target', 'request']),
    ...callersIn(raw).map((caller, index) => sent(caller, ['target', 'callers', index])),
  ]
}

function sentMistakes({ path, method, headers, urlPath, body }: Sent): PathMistake[] {
  const mistakes: PathMistake[] = []
  if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) {
    mistakes.push(...headerMistakes(headers, [...path, 'headers']))
  }
  if (typeof urlPath === 'string') {
    for (const [, name = ''] of urlPath.matchAll(/[?&]([^=&#]*)=(?![^&]*\$\{)/g)) {
      if (!namesSecret(name)) continue
      mistakes.push({
        path: [...path, 'path'],
        expected: `an environment variable as ${safeKey(name)}`,
        found: 'a literal value',
        hint: `secrets only by environment variable: write ${safeKey(name)}=\${${variableFor(name)}}`,
      })
    }
  }
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    const hint = 'write method: POST, or leave the body out'
    mistakes.push({ path: [...path, 'body'], expected: `no body with ${method}`, found: 'one', hint })
  }
  return mistakes
}

/** Fields that belong to the connection or say where to: the transport writes them itself. */
const ofTransport = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te']

function headerMistakes(headers: object, path: Path): PathMistake[] {
  const mistakes: PathMistake[] = []
  const met = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const field = name.toLowerCase()
    const wrong = (expected: string, hint?: string) =>
      mistakes.push({ path, key: name, expected, found: safeKey(name), hint })
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) wrong('the name of a header field')
    else if (ofTransport.includes(field)) wrong('a field that a request may set', `leave ${field} out`)
    else if (met.has(field)) wrong('each header field once', 'upper and lower case make no difference')
    met.add(field)
    if (typeof value === 'string' && namesSecret(field) && !value.includes('${')) {
      mistakes.push({
        path: [...path, name],
        expected: 'an environment variable that holds it',
        found: 'a literal value',
        hint: `secrets only by environment variable: write ${safeKey(name)}: \${${variableFor(name)}}`,
      })
    }
  }
  return mistakes
}

/** Does what has this name mostly hold a secret? */
export function namesSecret(name: string): boolean {
  return /(^|[-_.])(authorization|cookie|api[-_]?key|access[-_]?key|token|secret|password|passwd)$/i.test(
    name,
  )
}

/** The name of a variable that goes with the name of a header field. */
export function variableFor(name: string): string {
  const word = name.replace(/^x-/i, '').replace(/\W+/g, '_').toUpperCase()
  return /^[A-Z]/.test(word) ? word : 'API_KEY'
}

function callerMistakes(raw: unknown): PathMistake[] {
  const mistakes: PathMistake[] = []
  const callers = valueAt(raw, ['target', 'callers'])
  const scopes = scopesOfLimits(raw)
  const firstOf = new Map<string, number>()
  for (const [index, caller] of callersIn(raw).entries()) {
    const path = ['target', 'callers', index]
    const name = valueAt(caller, ['name'])
    const first = typeof name === 'string' ? firstOf.get(name) : undefined
    if (first !== undefined) {
      const hint = `callers[${first}] has it already: reports tell callers apart by name`
      mistakes.push({ path: [...path, 'name'], expected: 'a name of its own', found: shown(name), hint })
    } else if (typeof name === 'string') firstOf.set(name, index)
    const carried = valueAt(caller, ['scopes'])
    if (typeof carried !== 'object' || carried === null || scopes.length === 0) continue
    if (Object.keys(carried).some((scope) => scopes.includes(scope))) continue
    mistakes.push({
      path: [...path, 'scopes'],
      expected: `at least one of ${scopes.join(', ')}, which limits count by`,
      found: Object.keys(carried).length === 0 ? 'an empty map' : 'none of them',
    })
  }
  if (Array.isArray(callers) && callers.length === 0) {
    const hint = 'leave callers out, and one calls who is counted by every limit'
    mistakes.push({
      path: ['target', 'callers'],
      expected: 'at least one caller',
      found: 'an empty list',
      hint,
    })
  }
  return mistakes
}

function scopesOfLimits(raw: unknown): string[] {
  const limits = valueAt(raw, ['limits'])
  const scopes = Array.isArray(limits) ? limits.map((limit) => valueAt(limit, ['scope'])) : []
  return [...new Set(scopes.filter((scope) => typeof scope === 'string'))]
}

function uncountedLimits(raw: unknown): PathMistake[] {
  const callers = callersIn(raw)
  if (callers.length === 0) return []
  const carried = callers.flatMap((caller) => Object.keys(valueAt(caller, ['scopes']) ?? {}))
  const limits = valueAt(raw, ['limits'])
  if (!Array.isArray(limits)) return []
  return limits.flatMap((limit, index) => {
    const scope = valueAt(limit, ['scope'])
    if (typeof scope !== 'string' || carried.includes(scope)) return []
    const near = nearest(scope, carried)
    const hint = near
      ? `did you mean ${near}?`
      : `write ${safeKey(scope)} and its value under scopes of a caller`
    const expected = 'a scope that a caller has'
    return [{ path: ['limits', index, 'scope'], expected, found: shown(scope), hint }]
  })
}

function limitedByMistakes(raw: unknown): PathMistake[] {
  const path = ['target', 'limitedBy']
  const limitedBy = valueAt(raw, path)
  if (typeof limitedBy !== 'object' || limitedBy === null || Array.isArray(limitedBy)) return []
  const ways = ['header', 'json'].filter((way) => way in limitedBy)
  const mistakes: PathMistake[] = []
  if (ways.length !== 1) {
    const found = ways.length === 0 ? 'none of them' : 'both'
    const hint = 'header: x-limited-by names a header field, json: error.scope a place in the body'
    mistakes.push({ path, expected: 'either header or json', found, hint })
  }
  const known = scopesOfLimits(raw)
  const map = valueAt(limitedBy, ['scopes'])
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return mistakes
  for (const [words, scope] of Object.entries(map)) {
    if (typeof scope !== 'string' || known.includes(scope) || known.length === 0) continue
    const near = nearest(scope, known)
    mistakes.push({
      path: [...path, 'scopes', words],
      expected: `one of ${known.join(', ')}`,
      found: shown(scope),
      hint: near ? `did you mean ${near}?` : undefined,
    })
  }
  return mistakes
}
