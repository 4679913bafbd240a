import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headerLine, readHistoryBytes, recordLine } from '../../lib/history/index.ts'
import { onset, start, useFolder } from '../cli/onset.ts'
import { counting, noneNames, noneStandsIn, pause } from './run-kit.ts'

const folder = useFolder()
const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

const specFor = (url: string, name = 'each') => `target: {kind: http, url: "${url}", dedicated: true}
limits: [{name: ${JSON.stringify(name)}, scope: caller, limit: 60, window: 2s, startsEmpty: true}]
`

function historyOf(run: string) {
  const read = readHistoryBytes(readFileSync(join(run, 'history.ndjson')), undefined, {})
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
  return read.history
}

/** Fires at an address, and returns how that ended; no process may be left. */
async function fireAt(url: string) {
  const spec = folder.write('spec.yaml', specFor(url))
  const run = join(folder.path, 'run')
  const ended = await onset(['verify', spec, '--out', run, '--quick'], { cwd: folder.path })
  await noneNames(run)
  return { ...ended, said: flat(ended.stdout + ended.stderr), history: historyOf(run) }
}

/** What the alerts of a run met, in the order in which they were sent. */
function alertStatuses(run: string): number[] {
  return readFileSync(join(run, 'history.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { descriptor?: string; sent: number; status: number })
    .filter(({ descriptor }) => descriptor === 'A')
    .sort((one, other) => one.sent - other.sent)
    .map(({ status }) => status)
}

/** The embedded target with disturbances of its alerts, fired at through one integration. */
async function fireAtDisturbed(disturbance: Readonly<Record<string, unknown>>) {
  const own = { limit: 20, windowMs: 2_000 }
  const target = folder.write(
    'target.json',
    JSON.stringify({
      limits: { integration: own, organization: null, apiKey: null },
      faults: { disturbances: [{ on: 'ingest', ...disturbance }] },
    }),
  )
  const spec = folder.write(
    'spec.yaml',
    'limits: [{name: own, scope: integration, limit: 20, window: 2s, startsEmpty: true}]\n',
  )
  const run = join(folder.path, 'run')
  const args = ['verify', spec, '--embedded', target, '--out', run, '--quick', '--delivered-within', '1s']
  const { code, stdout, stderr } = await onset([...args, '--json'], { cwd: folder.path })
  await noneStandsIn(folder.path)
  return { code, stderr, result: JSON.parse(stdout), history: historyOf(run), run }
}

describe.runIf(process.platform === 'linux')('a target that breaks', () => {
  it('by a name that nobody knows is told, with exit code 4', async () => {
    const { code, said, history } = await fireAt('http://no-such-host.invalid/')
    expect(said).toContain('most connections to the target could not be made')
    expect(code).toBe(4)
    expect(history.torn).toBe(false)
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['resets each connection', (response) => response.socket?.resetAndDestroy()],
    [
      'closes each connection in the middle of an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('half', () => response.destroy())
      },
    ],
  ])('in that it %s is never taken for right or wrong', async (_, answer) => {
    const server = await counting((_request, response) => answer(response))
    const { code, history } = await fireAt(server.url)
    // Each request was made and may have counted: the run went to its end, and shows nothing.
    expect(code).toBe(3)
    expect(history.torn).toBe(false)
    expect(history.count).toBeGreaterThan(0)
  })

  it('by 5xx from the fortieth request on is left alone, and what it answered before is kept', async () => {
    const server = await counting((_, response, count) => response.writeHead(count > 40 ? 502 : 200).end())
    const { code, said, history } = await fireAt(server.url)
    expect(said).toContain('the target fails')
    expect(code).toBe(4)
    expect([...history.status].filter((status) => status === 200)).toHaveLength(40)
  })

  it('and comes back in the middle of a run is judged by what came of each request', async () => {
    const server = await counting()
    const spec = folder.write('spec.yaml', specFor(server.url))
    const run = join(folder.path, 'run')
    const running = start(['verify', spec, '--out', run, '--quick'], { cwd: folder.path })
    while (server.answeredMs.length < 30) await pause(5)
    server.close()
    const again = createServer((_, response) => response.end())
    again.listen(Number(new URL(server.url).port), '127.0.0.1')
    onTestFinished(() => {
      again.closeAllConnections()
      again.close()
    })
    const { code, stderr } = await running.ended
    await noneNames(run)
    // The one that came up limits nothing, and lets through more than 60 by itself.
    expect(code, stderr).toBe(1)
    const { torn, status } = historyOf(run)
    expect(torn).toBe(false)
    expect([...status].filter((each) => each === 200).length).toBeGreaterThanOrEqual(30)
  })
})

/** ESC, CSI, OSC 8, marks of direction, line breaks, and a name without end. */
const hostile = `\u001b[2J\u001b]8;;http://evil.test\u0007x\u202e\u009b31m\u2066\r\n\u2028${'long'.repeat(500)}`
const marks = '\u0007\u009b\u202e\u2066\u2028'

/** What of the tricks stands in a text as it is, with what stands around it. */
function tricksIn(text: string): string[] {
  return ['\u001b]', '\u001b[2J', ...marks].flatMap((trick) => {
    const at = text.indexOf(trick)
    return at < 0 ? [] : [JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))]
  })
}

describe.runIf(process.platform === 'linux')('an embedded target that does not answer', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['takes requests and never says a word', { how: 'half-open', after: 10 }],
    ['carries requests out and never says so', { how: 'half-open', after: 10, handled: true }],
    ['drips answers that never end in time', { how: 'drip', after: 10, everyMs: 400 }],
  ])('but %s is left alone, with exit code 4', async (_, disturbance) => {
    const { code, stderr, result, history, run } = await fireAtDisturbed(disturbance)
    expect(code, stderr).toBe(4)
    expect(result).toMatchObject({ verdict: 'inconclusive', limits: [{ verdict: 'inconclusive' }] })
    const said = result.warnings.find((each: { code: string }) => each.code === 'not-carried-out')
    expect(said.message).toMatch(/The firing was stopped: the target fails: \d+ of its last \d+ .*timeout/)
    // The proper answers are kept, and each request without one is unknown.
    expect(history.torn).toBe(false)
    const statuses = alertStatuses(run)
    // Requests overtake one another on their way: which ten are the first to arrive is open.
    expect(statuses.filter((status) => status === 200)).toHaveLength(10)
    expect(statuses.length).toBeGreaterThanOrEqual(21)
    expect(statuses.filter((status) => status !== 200 && status !== 0)).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('a name that plays tricks', () => {
  it('never reaches a terminal as it is, whatever command prints it', async () => {
    const named = folder.write('named.yaml', specFor('http://127.0.0.1:9/', hostile))
    const spec = folder.write('spec.yaml', specFor('http://127.0.0.1:9/'))
    const startedAtMs = Date.UTC(2026, 10, 23)
    const name = hostile.slice(0, 60)
    const record = (n: number, status: number) =>
      recordLine({
        descriptor: name,
        sent: startedAtMs + n,
        received: startedAtMs + n + 1,
        status,
        error: name,
      })
    const history = folder.write(
      'history.ndjson',
      headerLine({
        tool: name,
        startedAtMs,
        clockSlackMs: 1,
        descriptors: [{ name, scopes: { caller: name } }],
      }) + Array.from({ length: 70 }, (_, n) => record(n, n < 65 ? 200 : 429)).join(''),
    )
    // A terminal of its own for each, since more is printed there.
    const through = `SHELL=/bin/bash exec script -qec "$(printf '%q ' "$@")" /dev/null`
    const found: string[] = []
    const escaped: string[] = []
    const commands = [
      ['verify', named, '--dry-run'],
      ['verify', `gone-${name}.yaml`],
      ['verify', spec, `--${name}`],
      ['verify', spec, '--only', hostile],
      ['check', history, '--spec', spec, '--explain', '3,69'],
      ['check', history, '--spec', named],
      ['check', `gone-${name}`, '--spec', spec],
      ['doctor', named],
      ['clean', named],
      ['serve', '--limit', hostile],
    ]
    for (const args of commands) {
      const { stdout } = await onset(args, { cwd: folder.path, through })
      found.push(...tricksIn(stdout).map((text) => `${args[0]}: ${text}`))
      if (stdout.replaceAll(/\s/g, '').includes('\\u001b[2J')) escaped.push(args[0] as string)
    }
    expect(found).toEqual([])
    // Each of them did print it, so that something was tried.
    expect(escaped).toEqual(commands.map(([command]) => command))
  })
})
