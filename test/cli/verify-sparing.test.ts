import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHistoryBytes } from '../../lib/history/index.ts'
import { parseResult, type Result } from '../../lib/result/index.ts'
import { answering } from './gateways.ts'
import { main, onset, served, start, useFolder } from './onset.ts'

const folder = useFolder()

const limits = `limits:
  - {name: per integration, scope: integration, limit: 20, window: 2s, tolerance: 10%}
  - {name: per organization, scope: organization, limit: 100, window: 2s, tolerance: 10%}
  - {name: per key, scope: apiKey, limit: 400, window: 2s, tolerance: 10%}
`
const enforced = ['integration=20/2s', 'organization=100/2s', 'apiKey=400/2s'].flatMap((each) => [
  '--limit',
  each,
])
const target = (url: string, more = '') => `target: {url: "${url}", apiKey: "\${KEY}"${more}}\n`
const nowhere = 'http://127.0.0.1:9'

function verify(spec: string, args: readonly string[] = [], env: Record<string, string> = { KEY: 'k' }) {
  const path = folder.write('spec.yaml', spec)
  return onset(['verify', path, '--out', 'run', ...args], { cwd: folder.path, env })
}

function resultOf(run: string): Result {
  const parsed = parseResult(readFileSync(join(folder.path, run, 'result.json'), 'utf8'), 'result.json')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.result
}

function historyOf(run: string) {
  const read = readHistoryBytes(readFileSync(join(folder.path, run, 'history.ndjson')), undefined, {})
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
  return read.history
}

const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

describe('a target that others share', () => {
  it('is filled through an integration alone without a question, and its reserve is left', async () => {
    const { url, apiKey } = await served(enforced)
    const { code, stdout, stderr } = await verify(target(url) + limits, ['--only', 'integration'], {
      KEY: apiKey,
    })
    // A machine that stalls makes it inconclusive; nothing of it is a failure.
    expect([0, 3], stderr).toContain(code)
    const result = resultOf('run')
    expect(result.limits.map(({ name }) => name)).toEqual(['per integration'])
    expect(flat(stdout)).toContain(
      'Left out, since only integration was asked for: "per organization", "per key".',
    )

    const again = await onset(['check', 'run', '--only', 'integration', '--json'], { cwd: folder.path })
    expect(again.code).toBe(code)
    expect(JSON.parse(again.stdout)).toMatchObject({ verdict: result.verdict, limits: result.limits })
    expect(stdout).toContain('onset check run --only integration')

    const history = historyOf('run')
    const alerts = history.descriptors.findIndex(({ scopes }) => scopes.integration !== undefined)
    const mine = Array.from({ length: history.count }, (_, k) => k).filter(
      (k) => history.descriptor[k] === alerts,
    )
    expect(mine.length).toBeGreaterThan(20)
    const windowUs = 2_000_000
    for (const first of mine) {
      const fromUs = history.receivedUs[first] as number
      // Sent after this answer came, and answered within the window of it: surely decided within it too.
      const surely = mine.filter(
        (k) =>
          (history.sentUs[k] as number) >= fromUs && (history.receivedUs[k] as number) < fromUs + windowUs,
      )
      expect(surely.length).toBeLessThanOrEqual(80)
    }
  })

  it('has to be accepted to be muted where its own limits are filled: who, and for how long', async () => {
    const spec = target(nowhere) + limits
    const { code, stderr } = await verify(spec)
    expect(code).toBe(2)
    const words = flat(stderr)
    expect(words).toContain('alerts of the whole organization are refused, for up to 2s at a time')
    expect(words).toContain('API requests of whoever shares the key are refused, for up to 2s at a time')
    // 2.2 windows of firing, and one until the last of it is forgotten.
    expect(words).toContain('again and again for up to 7s')
    const key = await verify(spec, ['--only', 'apiKey'])
    expect(flat(key.stderr)).not.toContain('the whole organization')
    expect(key.stderr).toContain('whoever shares the key')
    // Accepted, it goes on, to where nobody answers.
    expect((await verify(spec, ['--accept-blackout', '--no-wait'])).code).toBe(4)
  })

  it('is not begun with where the reserve leaves too little', async () => {
    const spec = target(nowhere, ', reserve: 60%') + limits
    const { code, stderr } = await verify(spec, ['--only', 'integration'])
    expect(code).toBe(2)
    expect(flat(stderr)).toMatch(/limit "per integration": its verification takes \d+ alerts .* 40 are left/)
  })

  it('knows no scopes but those of the spec', async () => {
    const { code, stderr } = await verify(target(nowhere) + limits, ['--only', 'integrations'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean integration?')
  })
})

describe('quiet hours', () => {
  const always = ', dedicated: true, quietHours: [{from: "00:00", to: "24:00", timezone: UTC, days: [DAYS]}]'
  const spec = target(nowhere, always) + limits
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  const today = new Date().getUTCDay()
  const around = [0, 1].map((shift) => days[(today + shift) % 7]).join(', ')

  it('keep a run from beginning, and say when it may', async () => {
    const { code, stderr } = await verify(spec.replace('DAYS', around))
    expect(code).toBe(2)
    const words = flat(stderr)
    expect(words).toContain('It is quiet time at the target: its spec wants no run from 00:00 to 24:00')
    expect(words).toMatch(/It may begin at \d{4}-\d\d-\d\d 00:00 UTC \(\d{4}-\d\d-\d\dT00:00Z\)/)
  })

  it('are ignored where that is asked for', async () => {
    const { code, stderr } = await verify(spec.replace('DAYS', around), ['--ignore-quiet-hours', '--no-wait'])
    expect(code).toBe(4)
    expect(stderr).toContain(`no answer from ${nowhere}`)
  })
})

describe('ceilings of the spec', () => {
  const dryRun = async (ceiling: string) =>
    verify(target(nowhere, `, ceiling: ${ceiling}`) + limits, ['--dry-run'])

  it('are in the plan and in what a dry run says', async () => {
    const { code, stdout } = await dryRun('{requests: 5000, ratePerSecond: 1300}')
    expect(code).toBe(0)
    const [, requests, rate] = /at most (\d+) requests to .* at most (\d+) a second/.exec(flat(stdout)) ?? []
    expect(Number(requests)).toBeLessThanOrEqual(5000)
    expect(Number(rate)).toBeLessThanOrEqual(1300)
  })

  it('are a mistake where nothing can be found out under them', async () => {
    const { code, stderr } = await dryRun('{requests: 10, ratePerSecond: 2}')
    expect(code).toBe(2)
    expect(stderr).toMatch(/spec\.yaml: target\.ceiling\.requests: expected \d+ at least/)
    expect(stderr).toMatch(/spec\.yaml: target\.ceiling\.ratePerSecond: expected \d+ at least/)
  })
})

describe('an API of one limit', () => {
  const api = (url: string | string[]) =>
    `target: {kind: http, url: ${JSON.stringify(url)}, dedicated: true}
limits: [{name: each, scope: caller, limit: 60, window: 2s, startsEmpty: true}]
`

  it('that fails is left alone at once, with what was seen, and what was recorded is judged', async () => {
    const server = await answering((response) => response.writeHead(503).end())
    const { code, stdout } = await verify(api(server.url))
    expect(code).toBe(4)
    expect(flat(stdout)).toMatch(
      /The firing was stopped: the target fails: \d+ of its last \d+ answers .*503/,
    )
    const history = historyOf('run')
    expect(history.events.at(-1)).toMatchObject({ event: 'end', reason: 'target-failing' })
    expect(history.count).toBeGreaterThanOrEqual(20)
    expect(resultOf('run').limits).toMatchObject([{ name: 'each', verdict: 'inconclusive' }])
  })

  it('that redirects is not followed elsewhere, and that is told', async () => {
    const elsewhere = await answering((response) => response.end())
    const server = await answering((response) => response.writeHead(307, { location: elsewhere.url }).end())
    const { code, stdout } = await verify(api(server.url), ['--quick'])
    expect(code).toBe(3)
    expect(server.heard.length).toBeGreaterThan(20)
    expect(elsewhere.heard).toEqual([])
    expect(flat(stdout)).toContain('answered with a redirect, and none was followed')
  })

  it('of two replicas with a limit each fails as one that lets through twice as much', async () => {
    const counting = () => {
      const windows = new Map<number, number>()
      return answering((response) => {
        const window = Math.floor(Date.now() / 2_000)
        windows.set(window, (windows.get(window) ?? 0) + 1)
        response.writeHead((windows.get(window) ?? 0) > 60 ? 429 : 200).end()
      })
    }
    const servers = [await counting(), await counting()]
    const { code, stderr } = await verify(api(servers.map(({ url }) => url)), ['--quick'])
    expect(code, stderr).toBe(1)
    expect(resultOf('run').run?.target?.urls).toEqual(servers.map(({ url }) => url))
    const [one = 0, other = 0] = servers.map(({ heard }) => heard.length)
    expect(Math.abs(one - other)).toBeLessThanOrEqual(2)
  })
})

describe('an OnCall that redirects', () => {
  it('is not followed either, by Node as little as by k6', async () => {
    const elsewhere = await answering((response) => response.end('{}'))
    const server = await answering((response, path) =>
      response.writeHead(302, { location: elsewhere.url + path }).end(),
    )
    const { code, stderr } = await verify(target(server.url, ', dedicated: true') + limits, ['--no-wait'])
    expect(code).toBe(4)
    expect(stderr).toContain('redirects to')
    expect(elsewhere.heard).toEqual([])
  })
})

describe('Ctrl-C', () => {
  it('stops what is fired under a ration at several replicas', async () => {
    const { url, apiKey } = await served(enforced)
    const other = url.replace('127.0.0.1', 'localhost')
    const path = folder.write(
      'spec.yaml',
      `target: {url: ["${url}", "${other}"], apiKey: "\${KEY}"}\n${limits}`,
    )
    const running = start(['verify', path, '--only', 'integration', '--out', 'run'], {
      cwd: folder.path,
      env: { KEY: apiKey },
    })
    await running.said('k6 starts firing.')
    const history = join(folder.path, 'run', 'history.ndjson')
    while (readFileSync(history, 'utf8').split('\n').length < 30)
      await new Promise((resolve) => setTimeout(resolve, 20))
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(historyOf('run').events.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted' })
  })
})

const script = '/usr/bin/script'

describe.runIf(process.platform === 'linux' && existsSync(script))('a person at a terminal', () => {
  /** Answers a question of the command on a terminal of its own. */
  function answered(answer: string, spec: string, args: readonly string[]) {
    const path = folder.write('spec.yaml', spec)
    const command = [process.execPath, main, 'verify', path, '--no-wait', '--out', 'run', ...args].join(' ')
    const { stdout, status } = spawnSync(script, ['-qec', command, '/dev/null'], {
      cwd: folder.path,
      input: `${answer}\n`,
      encoding: 'utf8',
      env: { ...process.env, KEY: 'k' },
    })
    return { said: flat(stdout), code: status }
  }

  it('is asked before others are muted, and anything but yes sends nothing', () => {
    const spec = target(nowhere) + limits
    const no = answered('y', spec, ['--only', 'apiKey'])
    expect(no.said).toContain('API requests of whoever shares the key are refused')
    expect(no.said).toContain('Nothing was sent.')
    expect(no.code).toBe(2)
    const yes = answered('yes', spec, ['--only', 'apiKey'])
    expect(yes.said).toContain(`no answer from ${nowhere}`)
    expect(yes.code).toBe(4)
  })

  it('is asked again where quiet hours are to be ignored', () => {
    const always = ', dedicated: true, quietHours: [{from: "00:00", to: "24:00", timezone: UTC}]'
    const no = answered('no', target(nowhere, always) + limits, ['--ignore-quiet-hours'])
    expect(no.said).toContain('It is quiet time at the target')
    expect(no.said).toContain('Nothing was sent.')
    expect(no.code).toBe(2)
  })
})
