import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Ended, onset, start, useFolder } from './onset.ts'

const folder = useFolder()
const root = join(import.meta.dirname, '..', '..')

/** The example that the README starts, on a free port, until the test is over. */
async function express(limit: number, windowMs: number): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'examples', 'express', 'server.mjs')], {
    env: { ...process.env, LIMIT: `${limit}`, WINDOW_MS: `${windowMs}`, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line.split(' ')[0] as string
}

/** A server of the test's own, until the test is over. */
async function serve(answer: RequestListener): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const verify = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  start(['verify', ...args], { cwd: folder.path, env })

const judged = ({ stdout }: Ended) =>
  JSON.parse(stdout).limits.map(({ verdict }: { verdict: string }) => verdict)

/** Every file of a run, and what was printed, that holds a text. */
function placesWith(text: string, run: string, { stdout, stderr }: Ended): string[] {
  const printed = { stdout, stderr }
  return [
    ...Object.entries(printed).flatMap(([name, said]) => (said.includes(text) ? [name] : [])),
    ...readdirSync(join(folder.path, run)).filter((file) =>
      readFileSync(join(folder.path, run, file), 'utf8').includes(text),
    ),
  ]
}

describe('onset verify, at the address of an API', () => {
  // A machine that stalls makes a run inconclusive, and rightly so.
  it('passes a limit that holds, and can be judged again from what it keeps', { retry: 2 }, async () => {
    const address = await express(20, 2_000)
    const key = 'key-that-nobody-may-see'
    const run = `run-${Date.now()}`
    const args = [address, '--limit', '20/2s', '--per', 'header:x-api-key=env:API_KEY', '--dedicated']
    const ended = await verify([...args, '--out', run, '--json'], { API_KEY: key }).ended
    expect(ended.stderr).toContain('Sending nothing for 5 s')
    expect(judged(ended)).toEqual(['pass'])
    expect(ended.code).toBe(0)
    expect(placesWith(key, run, ended)).toEqual([])
    expect(readFileSync(join(folder.path, run, 'spec.yaml'), 'utf8')).toContain('x-api-key: ${API_KEY}')
    // Whoever judges it again need not have the key.
    const again = await onset(['check', run, '--json'], { cwd: folder.path, env: { API_KEY: undefined } })
    expect({ ...again, stdout: judged(again) }).toMatchObject({ code: 0, stdout: ['pass'] })
  })

  it('fails a limit that does not, by a spec', async () => {
    const address = await express(21, 2_000)
    const spec = folder.write(
      'spec.yaml',
      `target:
  kind: http
  url: ${new URL(address).origin}
  dedicated: true
  request: {path: /api, headers: {x-api-key: "\${API_KEY}"}}
limits: [{name: per key, scope: key, limit: 20, window: 2s, startsEmpty: true}]
`,
    )
    const ended = await verify([spec, '--out', 'run', '--json'], { API_KEY: 'k' }).ended
    expect(judged(ended)).toEqual(['fail'])
    expect(ended.code).toBe(1)
  })

  it('asks before it refuses others', async () => {
    const { url, seen } = await serve((_, response) => response.end())
    const { code, stderr } = await verify([url, '--limit', '20/2s', '--per', 'ip'], {}).ended
    expect(code).toBe(2)
    expect(stderr).toContain('requests of whoever shares a value of "ip" with a caller are refused')
    expect(stderr).toContain('--accept-blackout')
    expect(seen).toEqual([])
  })

  it('tells all mistakes at once, by their flags, and repeats no secret', async () => {
    const args = [
      'http://127.0.0.1:9/',
      '--limit',
      '100',
      '--per',
      'header:x-api-key=hush-hush',
      '--method',
      'got',
    ]
    const more = ['--header', 'authorization: Bearer hush-hush', '--header', 'x=hush-hush']
    const { code, stderr } = await verify([...args, ...more], {}).ended
    expect(code).toBe(2)
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual(['--limit', '--per', '--header', '--header', '--method'])
    expect(stderr).toContain('write header:x-api-key=env:API_KEY, and export API_KEY=…')
    expect(stderr).not.toContain('hush-hush')
  })

  it('tells what the spec that it stands for would not take', async () => {
    const args = [
      'http://127.0.0.1:9/',
      '--limit',
      '100/60s',
      '--per',
      'header:x-api-key=env:NOT_SET',
      '--limited',
      '2xx',
    ]
    const { code, stderr } = await verify(args, {}).ended
    expect(code).toBe(2)
    expect(stderr).toContain('--per: expected the environment variable NOT_SET, found none of that name')
    expect(stderr).toContain('--limited: expected statuses that are either accepted or limited')
  })

  it('has flags that a spec does not need', async () => {
    const spec = folder.write('spec.yaml', 'limits: [{name: a, scope: integration, limit: 3, window: 1s}]')
    const { code, stderr } = await verify([spec, '--per', 'ip', '--limit', '3/1s'], {}).ended
    expect(code).toBe(2)
    expect(stderr).toContain('--limit is for a run at an address without a spec')
    expect(stderr).toContain('--per is for a run at an address without a spec')
  })
})

describe('onset verify, at an API that tells what it should not', () => {
  it('follows no redirect, and keeps no secret, also where a refusal repeats it', async () => {
    const keys = { ALICE: 'alice/s "key"', BOB: 'key-of-bob-0123', QUERY: 'key-in-the-query' }
    const elsewhere = await serve((_, response) => response.end())
    const used = new Map<string, { count: number; untilMs: number }>()
    const api = await serve((request, response) => {
      const key = String(request.headers['x-api-key'])
      const nowMs = Date.now()
      let window = used.get(key)
      if (!window || window.untilMs <= nowMs) {
        window = { count: 0, untilMs: nowMs + 1_000 }
        used.set(key, window)
      }
      response.setHeader('ratelimit', `"${key}";r=${Math.max(0, 9 - window.count)}`)
      if (++window.count <= 10) response.writeHead(302, { location: `${elsewhere.url}/?${key}` }).end()
      else {
        response.writeHead(503, { 'retry-after': `1; ${encodeURIComponent(key)}` })
        response.end(JSON.stringify({ error: { which: 'short', of: key, at: request.url } }))
      }
    })
    const spec = folder.write(
      'spec.yaml',
      `target:
  kind: http
  url: ${api.url}
  dedicated: true
  request: {method: POST, path: "/things?key=\${QUERY}", body: '{"id": "{request}"}', headers: {X-Api-Key: "\${ALICE}"}}
  callers:
    - {name: alice, scopes: {client: a}}
    - {name: bob, scopes: {client: b}, headers: {x-api-key: "\${BOB}"}}
  limitedBy: {json: error.which, scopes: {short: client}}
limits: [{name: per client, scope: client, limit: 10, window: 1s, startsEmpty: true}]
outcomes: {accepted: 302, limited: 503}
`,
    )
    const running = verify([spec, '--out', 'run'], keys)
    await running.said('k6 starts firing.')
    if (process.platform === 'linux') {
      const commands = readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(commandOf)
      expect(commands.join('\n')).toContain(spec)
      for (const key of Object.values(keys))
        expect(commands.filter((command) => command.includes(key))).toEqual([])
    }
    const ended = await running.ended
    expect([0, 3], ended.stderr).toContain(ended.code)
    for (const key of Object.values(keys)) {
      for (const form of [key, encodeURIComponent(key)]) expect(placesWith(form, 'run', ended)).toEqual([])
    }

    expect(elsewhere.seen).toEqual([])
    expect(new Set(api.seen.map(({ headers }) => headers['x-api-key']))).toEqual(
      new Set([keys.ALICE, keys.BOB]),
    )
    expect(new Set(api.seen.map(({ method, url }) => `${method} ${url}`))).toEqual(
      new Set([`POST /things?key=${keys.QUERY}`]),
    )
    const history = readFileSync(join(folder.path, 'run', 'history.ndjson'), 'utf8')
    const records = history.split('\n').filter((line) => line.includes('"status"'))
    expect(records).toHaveLength(api.seen.length)
    expect(records.filter((line) => line.includes('"limitedBy":"client"')).length).toBeGreaterThan(10)
    expect(history).toContain('***')
  })
})

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}
