import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHistoryBytes } from '../../lib/history/index.ts'
import { parseResult, type Result } from '../../lib/result/index.ts'
import { onset, type Running, served, start, useFolder } from './onset.ts'

const folder = useFolder()

/** Small and short, so that a small machine keeps up. */
const limits = `limits:
  - {name: per integration, scope: integration, limit: 30, window: 3s, tolerance: 10%, startsEmpty: true}
  - {name: per organization, scope: organization, limit: 50, window: 3s, tolerance: 10%, startsEmpty: true}
  - {name: per key, scope: apiKey, limit: 40, window: 3s, tolerance: 10%, startsEmpty: true}
`
const target = (url: string) => `target: {url: "${url}", apiKey: "\${KEY}", dedicated: true}\n`

const verify = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  start(['verify', ...args], { cwd: folder.path, env })

function resultIn(text: string): Result {
  const parsed = parseResult(text, 'result.json')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.result
}

function historyIn(run: string) {
  const read = readHistoryBytes(readFileSync(join(folder.path, run, 'history.ndjson')), undefined, {})
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
  return read.history
}

/** Processes that a process has started and that still run. Only Linux says it this simply. */
function childrenOf({ child: { pid } }: Running): { pid: number; command: string }[] {
  const path = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map((child) => ({ pid: Number(child), command: readFileSync(`/proc/${child}/cmdline`, 'utf8') }))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until processes have ended, which helpers do as soon as they notice that nobody needs them. */
async function ended(processes: readonly { pid: number }[]): Promise<void> {
  while (processes.some(({ pid }) => isRunning(pid))) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Waits until requests are recorded, and returns the processes that a run consists of. */
async function underWay(running: Running, run: string) {
  await running.said('k6 starts firing.')
  const path = join(folder.path, run, 'history.ndjson')
  while (readFileSync(path, 'utf8').split('\n').length < 60) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return childrenOf(running)
}

describe('onset verify, before anything is sent', () => {
  it('says with --dry-run what it would send, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await verify(['--dry-run']).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/Would send at most \d+ requests to the embedded target, at most \d+\s+a second/)
    expect(stdout).toContain('Nothing was sent.')
    expect(readdirSync(folder.path)).toEqual([])

    const spec = folder.write('spec.yaml', target('https://oncall.example.org') + limits)
    const json = await verify([spec, '--dry-run', '--json'], { KEY: 'secret-key' }).ended
    expect(JSON.parse(json.stdout)).toMatchObject({ to: ['https://oncall.example.org'], quietMs: 0 })
    expect(json.stdout).not.toContain('secret-key')
  })

  it('waits for silence at a dedicated target whose spec does not say that it starts empty', async () => {
    const text = target('https://oncall.example.org') + limits.replaceAll(', startsEmpty: true', '')
    const spec = folder.write('spec.yaml', text)
    const { stdout } = await verify([spec, '--dry-run'], { KEY: 'k' }).ended
    expect(stdout).toContain('Before that it would send nothing for 7 s')
    expect((await verify([spec, '--dry-run', '--no-wait'], { KEY: 'k' }).ended).stdout).not.toContain(
      'Before that',
    )
  })

  it('does not black out others without being told to', async () => {
    const spec = folder.write('spec.yaml', target('http://127.0.0.1:9').replace('true', 'false') + limits)
    const { code, stdout, stderr } = await verify([spec], { KEY: 'k' }).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('alerts of the whole organization are refused, for up to 3s at a time')
    expect(stderr).toContain('--accept-blackout')
  })

  it('reports what cannot be together', async () => {
    const spec = folder.write('spec.yaml', target('http://127.0.0.1:9') + limits)
    const args = [spec, '--window', '1s', '--embedded-limits', 'team=3', '--documented']
    const { code, stderr } = await verify(args, { KEY: 'k' }).ended
    expect(code).toBe(2)
    const starts = stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0])
    expect(starts.toSorted()).toEqual([
      '--documented',
      '--documented',
      '--embedded-limits',
      '--embedded-limits:',
      '--window',
    ])
  })

  it('refuses scopes that it cannot fire at', async () => {
    const unknown = folder.write('scope.yaml', limits.replace('apiKey', 'team'))
    expect((await verify([unknown]).ended).stderr).toContain(
      'limit "per key": scope "team" is none that OnCall has',
    )
  })

  it('writes over no earlier run', async () => {
    folder.write('kept.txt', '')
    const { code, stderr } = await verify(['--out', '.']).ended
    expect(code).toBe(2)
    expect(stderr).toContain('--out: . is not empty')
  })

  it('says what helps where there is no k6', async () => {
    const { code, stdout, stderr } = await verify([], { ONSET_K6: '/no/such/k6' }).ended
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('ONSET_K6: /no/such/k6 does not exist')
  })

  it('says that nobody listens, and keeps what it sent', async () => {
    const { url, running } = await served([])
    running.child.kill('SIGTERM')
    await running.ended
    const spec = folder.write('spec.yaml', target(url) + limits)
    const { code, stdout, stderr } = await verify([spec, '--out', 'run', '--json'], { KEY: 'secret-key' })
      .ended
    expect(code).toBe(4)
    expect(stderr).toContain('connection refused')
    expect(JSON.parse(stdout)).toMatchObject({ format: 'onset-error', exitCode: 4 })
    expect(historyIn('run')).toMatchObject({ count: 1, torn: false })
    expect(readFileSync(join(folder.path, 'run', 'spec.yaml'), 'utf8')).toContain('apiKey: $')
    for (const file of readdirSync(join(folder.path, 'run'))) {
      expect(readFileSync(join(folder.path, 'run', file), 'utf8')).not.toContain('secret-key')
    }
  })
})

describe('onset verify, firing', () => {
  // A machine that stalls makes a run inconclusive, and rightly so.
  it('passes limits that are enforced, and cleans up', { retry: 2 }, async () => {
    const served3 = ['integration=30/3s', 'organization=50/3s', 'apiKey=40/3s']
    const { url, apiKey } = await served(served3.flatMap((limit) => ['--limit', limit]))
    const spec = folder.write('spec.yaml', target(url) + limits)
    const out = `run-${Date.now()}`
    const { code, stdout, stderr } = await verify([spec, '--out', out], { KEY: apiKey }).ended
    expect(stdout).toMatch(/^PASS {2}All 3 limits begin where they are written to\./)
    expect(code).toBe(0)
    expect(stderr).toContain('Removed.')
    const listed = await fetch(`${url}/api/v1/integrations/`, { headers: { authorization: apiKey } })
    expect(await listed.json()).toMatchObject({ count: 0 })

    const files = readdirSync(join(folder.path, out))
    expect(files.toSorted()).toEqual([
      'history.ndjson',
      'plan.json',
      'report.html',
      'result.json',
      'spec.yaml',
    ])
    const result = resultIn(readFileSync(join(folder.path, out, 'result.json'), 'utf8'))
    expect(result).toMatchObject({
      verdict: 'pass',
      run: {
        target: { kind: 'oncall', urls: [url] },
        history: 'history.ndjson',
        torn: false,
        interrupted: false,
      },
    })
    const { limits: judged } = resultIn((await onset(['check', out, '--json'], { cwd: folder.path })).stdout)
    expect(judged).toEqual(result.limits)
  })

  it('fails the limit that is not enforced, and no other', async () => {
    const spec = folder.write('spec.yaml', limits)
    const args = [spec, '--embedded-limits', 'integration=29', '--out', 'run', '--no-html', '--json']
    const { code, stdout, stderr } = await verify(args).ended
    expect(code).toBe(1)
    expect(readdirSync(join(folder.path, 'run'))).not.toContain('report.html')
    const { limits: judged } = resultIn(stdout)
    expect(judged[0]).toMatchObject({
      name: 'per integration',
      verdict: 'fail',
      certificate: expect.anything(),
    })
    expect(judged.slice(1).map(({ verdict }) => verdict)).not.toContain('fail')
    expect(stderr).toContain('was told to enforce something else')
  })

  it('keeps what it does beside apart from what it fires, through however many integrations', async () => {
    const many = `limits:
  - {name: per integration, scope: integration, limit: 12, window: 2s, startsEmpty: true}
  - {name: per organization, scope: organization, limit: 150, window: 2s, startsEmpty: true}
`
    const embedded = {
      integration: { limit: 12, windowMs: 2_000 },
      organization: { limit: 150, windowMs: 2_000 },
    }
    const config = folder.write('embedded.json', JSON.stringify({ limits: embedded }))
    const { code, stdout } = await verify([
      folder.write('many.yaml', many),
      ...['--embedded', config, '--no-html', '--no-reconcile', '--out', 'many'],
    ]).ended
    expect(code, stdout).not.toBe(1)
    const { descriptors, descriptor, status } = historyIn('many')
    const alerts = descriptors.filter(({ scopes }) => 'integration' in scopes)
    expect(alerts.length).toBeGreaterThan(20)
    expect(descriptors.find(({ name }) => name === 'S')?.scopes).toEqual({ setupKey: 'S' })
    // Making an integration is answered with 201, an alert never is.
    const made = [...descriptor].filter((_, row) => status[row] === 201)
    expect(made).toHaveLength(alerts.length)
    expect(new Set(made.map((place) => descriptors[place]?.name))).toEqual(new Set(['S']))
  })

  it('ends within moments of SIGINT: history whole, fixtures gone, no process left', async () => {
    const spec = folder.write('spec.yaml', limits)
    const running = verify([spec, '--out', 'run'])
    const processes = await underWay(running, 'run')
    running.child.kill('SIGINT')
    const { code, signal, stdout } = await running.ended
    expect({ code, signal }).toEqual({ code: 130, signal: null })
    expect(stdout).toContain('The run was interrupted')
    const history = historyIn('run')
    expect(history.torn).toBe(false)
    expect(history.events.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted' })
    if (process.platform === 'linux') expect(processes.length).toBeGreaterThanOrEqual(2)
    await ended(processes)
    expect(existsSync(join(folder.path, 'run', 'result.json'))).toBe(true)
  })

  it('says which integrations it could not remove', async () => {
    // A window that began at the first request is surely not over soon; one that follows the clock may be.
    const full = ['--limit', 'integration=5/1s', '--limit', 'apiKey=4/1h', '--algorithm', 'first-hit-window']
    const { url, apiKey } = await served(full)
    const own = 'limits: [{name: own, scope: integration, limit: 5, window: 1s}]'
    const spec = folder.write('spec.yaml', `${target(url)}${own}`)
    const { code, stdout } = await verify([spec, '--quick'], { KEY: apiKey }).ended
    expect(stdout).toMatch(/The integration "Onset load test \S+ A" \(\w+\) is\s+still there/)
    expect(code).toBe(3)
  })

  it('is interrupted in good order while it sends nothing', async () => {
    const { url, apiKey } = await served([])
    const spec = folder.write('spec.yaml', target(url) + limits.replaceAll(', startsEmpty: true', ''))
    const running = verify([spec], { KEY: apiKey })
    await running.said('Sending nothing for 7 s')
    running.child.kill('SIGINT')
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toContain('Interrupted before the firing began.')
  })

  it('is interrupted in good order before the firing as well', async () => {
    const running = verify([])
    await running.said('listens on')
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(130)
  })

  describe.runIf(process.platform === 'linux')('when something ends that should not', () => {
    it.each([
      ['k6', /\bk6[^/\0]*\0run\0/, 'k6 was ended by SIGKILL'],
      ['the target', /target/, 'The embedded target ended during the run, by SIGKILL.'],
    ])('judges what there is after the end of %s, with exit code 4', async (_, pattern, words) => {
      const spec = folder.write('spec.yaml', limits)
      const running = verify([spec, '--out', 'run'])
      const processes = await underWay(running, 'run')
      const victim = processes.find(({ command }) => pattern.test(command))
      process.kill(victim?.pid as number, 'SIGKILL')
      const { code, stdout } = await running.ended
      expect(stdout).toContain(words)
      expect(code).toBe(4)
      expect(historyIn('run').torn).toBe(false)
      await ended(processes)
    })

    it('stops when the disk is full, with exit code 4, and keeps what fits', async () => {
      const spec = folder.write('spec.yaml', limits)
      // A limit on the size of files stands for the full disk: both refuse the rest of a write.
      // The bundled scenario still fits in, the history does not.
      const through = 'ulimit -f 40; exec "$@"'
      const { code, stdout } = await onset(['verify', spec, '--out', 'run'], { cwd: folder.path, through })
      expect(stdout).toContain('the disk is full')
      expect(code).toBe(4)
      expect(historyIn('run')).toMatchObject({ torn: true })
    })
  })
})
