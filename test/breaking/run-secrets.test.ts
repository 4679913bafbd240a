import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listening } from '../cli/gateways.ts'
import { served, start, useFolder } from '../cli/onset.ts'
import { commandLines, counting, pause } from './run-kit.ts'

const folder = useFolder()

/** A target that repeats the key that it is sent in each field and user's name, as it is and in base64. */
async function telling(port: number, failing: boolean): Promise<{ url: string; tokens: Set<string> }> {
  const tokens = new Set<string>()
  const server = createServer((incoming, response) => {
    const key = incoming.headers.authorization ?? /webhook\/([^/]+)/.exec(incoming.url ?? '')?.[1] ?? ''
    if (incoming.headers.authorization === undefined) tokens.add(key)
    const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64')].join(' ')
    const { method, url, headers } = incoming
    const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        let body = Buffer.concat(pieces).toString()
        if (url?.includes('users/current')) body = body.replace(/"username":"/, `"username":"${forms} `)
        const { 'content-length': _, ...kept } = answer.headers
        const fail = failing && incoming.headers.authorization === undefined && tokens.size > 0
        const status = fail ? 503 : (answer.statusCode ?? 502)
        response.writeHead(status, { ...kept, 'ratelimit-policy': forms, 'retry-after': `1; ${forms}` })
        response.end(status >= 400 ? JSON.stringify({ detail: `refused ${forms}` }) : body)
      })
    })
    incoming.pipe(onward)
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, tokens }
}

/** Every file below a folder with what it holds, as far as it can be read at the moment. */
function filesBelow(path: string): [string, string][] {
  const read = (name: string): [string, string][] => {
    const file = join(path, name)
    try {
      return statSync(file).isFile() ? [[file, readFileSync(file, 'latin1')]] : []
    } catch {
      return []
    }
  }
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).flatMap(read)
}

type Artefacts = readonly (readonly [name: string, text: string])[]

/** Runs a command, and keeps every file, command line and word that there ever was of it. */
async function watched(args: readonly string[], run: string, keys: Readonly<Record<string, string>>) {
  const running = start(args, { cwd: folder.path, env: keys })
  let isOver = false
  void running.ended.then(() => (isOver = true))
  const meanwhile = new Map<string, string>()
  let sawK6 = false
  while (!isOver) {
    const lines = commandLines().filter((line) => line.includes(run))
    sawK6 ||= lines.some((line) => line.includes('--console-output'))
    meanwhile.set('command lines', (meanwhile.get('command lines') ?? '') + lines.join('\n'))
    for (const [file, text] of filesBelow(folder.path)) {
      if (!file.endsWith('target.json')) meanwhile.set(file, text)
    }
    await pause(100)
  }
  const { code, stdout, stderr } = await running.ended
  expect(sawK6).toBe(true)
  const artefacts: Artefacts = [...meanwhile, ...filesBelow(run), ['stdout', stdout], ['stderr', stderr]]
  return { code, stderr, artefacts }
}

/** A secret as it is, percent-encoded, in base64 by itself and after a user's name, and escaped for JSON. */
const formsOf = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  ...['', 'u:', 'us:'].map((name) => Buffer.from(name + secret).toString('base64')),
  JSON.stringify(secret).slice(1, -1),
]

/** The artefacts in which a secret stands, in one of these forms or as a page would show it. */
function placesOf(secrets: readonly string[], artefacts: Artefacts): string[] {
  const forms = secrets.flatMap((secret) => [
    ...formsOf(secret),
    secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
  ])
  return artefacts.filter(([, text]) => forms.some((form) => text.includes(form))).map(([name]) => name)
}

describe.runIf(process.platform === 'linux')('a target that repeats every secret', () => {
  it.each([
    ['answers', false],
    ['fails', true],
  ])('brings none of them into an artefact, when it %s', async (_, failing) => {
    const keys = { KEY: randomBytes(18).toString('hex'), SETUP: randomBytes(18).toString('base64') }
    const user = { id: 'U', organization: 'onset', username: 'anna' }
    const config = folder.write(
      'target.json',
      JSON.stringify({
        limits: {
          integration: { limit: 20, windowMs: 1_000 },
          organization: null,
          apiKey: { limit: 1_000, windowMs: 1_000 },
        },
        users: [user],
        keys: Object.values(keys).map((key) => ({ key, user: 'U' })),
      }),
    )
    const { url } = await served(['--config', config])
    const target = await telling(Number(new URL(url).port), failing)
    const spec = folder.write(
      'spec.yaml',
      `target: {url: "${target.url}", apiKey: "\${KEY}", setupKey: "\${SETUP}", dedicated: true}
limits: [{name: own, scope: integration, limit: 20, window: 1s, startsEmpty: true}]
`,
    )
    const run = join(folder.path, 'run')
    const args = ['verify', spec, '--quick', '--out', run, '--json', '--delivered-within', '1s']
    const { code, stderr, artefacts } = await watched(args, run, keys)
    expect(failing ? [4] : [0, 3], stderr).toContain(code)
    const history = readFileSync(join(run, 'history.ndjson'), 'utf8')
    // It was repeated, and blacked out.
    expect(history).toContain('***')
    expect(target.tokens.size).toBeGreaterThan(0)
    expect(placesOf([...Object.values(keys), ...target.tokens], artefacts)).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('an API that repeats the headers of its callers', () => {
  it.each([
    ['limits', false],
    ['fails', true],
  ])('brings none of their values into an artefact, when it %s', async (_, failing) => {
    const keys = {
      ALICE: `a/${randomBytes(12).toString('base64')} "b"`,
      BOB: randomBytes(18).toString('hex'),
      COMMON: `${randomBytes(12).toString('base64url')}&=`,
    }
    const windows = new Map<string, { count: number; untilMs: number }>()
    const told = new Set<string>()
    const server = await counting(({ headers }, response) => {
      const own = String(headers['x-api-key'])
      const values = [own, String(headers['x-common'])]
      for (const value of values) told.add(value)
      const forms = values.flatMap(formsOf)
      const nowMs = performance.now()
      let window = windows.get(own)
      if (!window || nowMs >= window.untilMs) {
        window = { count: 0, untilMs: nowMs + 1_000 }
        windows.set(own, window)
      }
      response.setHeader('x-ratelimit-policy', forms.join(' '))
      response.setHeader('set-cookie', `key=${forms.join('|')}`)
      response.setHeader('retry-after', `1; ${forms.join(' ')}`)
      const status = failing && told.size === 3 ? 503 : ++window.count > 10 ? 429 : 200
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: 'too many', of: forms, [own]: own }))
    })
    const spec = folder.write(
      'spec.yaml',
      `target:
  kind: http
  url: ${server.url}
  dedicated: true
  request: {method: POST, path: /things, body: '{}', headers: {X-Common: "\${COMMON}"}}
  callers:
    - {name: alice, scopes: {client: a}, headers: {x-api-key: "\${ALICE}"}}
    - {name: bob, scopes: {client: b}, headers: {x-api-key: "\${BOB}"}}
limits: [{name: per client, scope: client, limit: 10, window: 1s, startsEmpty: true}]
`,
    )
    const run = join(folder.path, 'run')
    const { code, stderr, artefacts } = await watched(['verify', spec, '--quick', '--out', run], run, keys)
    expect(failing ? [4] : [0, 3], stderr).toContain(code)
    expect(told).toEqual(new Set(Object.values(keys)))
    // They were repeated, and blacked out.
    expect(readFileSync(join(run, 'history.ndjson'), 'utf8')).toContain('***')
    const names = artefacts.map(([name]) => name)
    expect(names).toContain(join(run, 'report.html'))
    expect(placesOf(Object.values(keys), artefacts)).toEqual([])
  })
})
