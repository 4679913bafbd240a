import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { fixtureName } from '../../lib/oncall/index.ts'
import type { Result } from '../../lib/result/index.ts'
import { runId } from '../../lib/run/index.ts'
import { type SpawnedTarget, spawnTarget, type TargetConfigInput } from '../../lib/target/index.ts'
import { client } from '../target/client.ts'
import { main, onset, type Running, start, useFolder } from './onset.ts'

const folder = useFolder()
const keys = { KEY: 'key-of-ada', SETUP: 'key-of-grace', TOKEN: 'token-of-ada' }

const lab = (n: number) => ({ id: `CLAB${n}`, organization: 'onset', name: `lab ${n}` })
const config: TargetConfigInput = {
  limits: {
    integration: { limit: 10, windowMs: 2_000 },
    organization: { limit: 15, windowMs: 2_000 },
    apiKey: null,
  },
  users: [
    { id: 'U1', organization: 'onset', username: 'ada', teams: ['TLAB'] },
    { id: 'U2', organization: 'onset', username: 'grace', role: 'user' },
  ],
  keys: [
    { key: keys.KEY, user: 'U1' },
    { key: keys.SETUP, user: 'U2' },
    { key: keys.TOKEN, user: 'U1', stackUrl: 'https://stack.example.org' },
  ],
  escalationChains: [
    {
      id: 'FNIGHTS',
      organization: 'onset',
      name: 'nights',
      steps: [{ type: 'notify_persons', persons: ['U2'] }],
    },
  ],
  integrations: [
    ...[1, 2, 3, 4, 5].map(lab),
    {
      id: 'CSHOP',
      organization: 'onset',
      name: 'shop',
      routes: [{ routingRegex: 'us-(east|west)', slack: { channelId: 'C0FFEE', enabled: true } }],
      defaultRoute: { escalationChain: 'FNIGHTS' },
    },
  ],
  outgoingWebhooks: [{ id: 'WALL', organization: 'onset', name: 'tickets' }],
  processingDelayMs: 50,
}

let target: SpawnedTarget
beforeAll(async () => {
  target = await spawnTarget(config)
  return () => target.stop()
})

const limits = `limits:
  - {name: per integration, scope: integration, limit: 10, window: 2s, tolerance: 20%, startsEmpty: true}
  - {name: per organization, scope: organization, limit: 15, window: 2s, tolerance: 20%, startsEmpty: true}
`
const spec = (more: string) =>
  folder.write(
    'spec.yaml',
    `target: {url: "${target.url}", apiKey: "\${KEY}", setupKey: "\${SETUP}", dedicated: true${more}}\n${limits}`,
  )
const quiet = ', integrations: [CLAB1, CLAB2, CLAB3, CLAB4, CLAB5]'
const loud = quiet.replace('CLAB1', 'CSHOP')

const run = (args: readonly string[]) => onset(args, { cwd: folder.path, env: keys })
const begin = (args: readonly string[]) => start(args, { cwd: folder.path, env: keys })
/** What is said, without the breaks of its lines. */
const words = (text: string) => text.replaceAll(/\s+/g, ' ')

/** What is in the target, asked with the second key. */
async function seen(path: string): Promise<{ id: string; name: string; state: string; title: string }[]> {
  const { body } = await client(target.url, keys.SETUP).api('GET', `${path}perpage=100`)
  return body.results
}
const names = async () => (await seen('integrations/?')).map(({ name }) => name)

function descriptorsIn(out: string): string[] {
  const lines = readFileSync(join(folder.path, out, 'history.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => (JSON.parse(line) as { descriptor: string }).descriptor)
}

describe('onset doctor --target', () => {
  it('says whose the keys are, which integrations would be used, and what that takes', async () => {
    const own = await run(['doctor', '--target', spec('')])
    expect({ code: own.code, stderr: own.stderr }).toEqual({ code: 0, stderr: '' })
    const said = words(own.stdout)
    expect(said).toContain('the key belongs to ada (admin, of team TLAB)')
    expect(said).toContain('setupKey belongs to grace (user)')
    expect(said).toMatch(/\d integrations would be made for a run \(A, B, C.*\), silenced/)
    expect(said).toContain('1 outgoing webhook will fire for the alert groups of a run: "tickets" (WALL)')
    expect(said).toMatch(/this took 3 requests; a run takes at most \d+ beside/)
    for (const key of Object.values(keys)) expect(own.stdout).not.toContain(key)

    const before = await names()
    const named = await run(['doctor', '--target', spec(quiet)])
    expect(named.code).toBe(0)
    expect(words(named.stdout)).toContain('"lab 1" (CLAB1) notifies nobody, by 1 route')
    expect(await names()).toEqual(before)
  })

  it('ends with exit code 2, and says of each route whom it would wake', async () => {
    const { code, stdout } = await run(['doctor', '--target', spec(loud)])
    expect(code).toBe(2)
    expect(words(stdout)).toContain(
      'problem integration: Integration "shop" (CSHOP), route 0 ("us-(east|west)"): it posts to the slack channel C0FFEE.',
    )
    expect(words(stdout)).toContain(
      'default route: it leads into the escalation chain "nights" (FNIGHTS), which notifies grace.',
    )
  })

  it('counts the integrations that the limits need', async () => {
    const { code, stderr } = await run(['doctor', '--target', spec(', integrations: [CLAB1]')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/target\.integrations: expected \d ids, found 1: that many are needed/)
  })
})

describe('integrations that a spec names', () => {
  it('are said in the dry run, with the key that looks at them', async () => {
    const { code, stdout } = await run(['verify', spec(quiet), '--dry-run'])
    expect(code).toBe(0)
    expect(words(stdout)).toContain('integrations of the spec (A: CLAB1, B: CLAB2')
    expect(words(stdout)).toContain('with setupKey: they are recorded.')
  })

  it('are not fired at where they would wake somebody, unless their ids are spelled out', async () => {
    const refused = await run(['verify', spec(loud), '--out', 'refused', '--json'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('route 0 ("us-(east|west)"): it posts to the slack channel C0FFEE.')
    expect(refused.stderr).toContain('--allow-notifications=CSHOP goes on nevertheless.')
    expect(new Set(descriptorsIn('refused'))).toEqual(new Set([undefined, 'K', 'S']))
    expect(await seen('alert_groups/?integration_id=CSHOP&')).toEqual([])

    const other = await run(['verify', spec(loud), '--allow-notifications', 'CLAB2', '--out', 'other'])
    expect({ code: other.code, fired: existsSync(join(folder.path, 'other', 'result.json')) }).toEqual({
      code: 2,
      fired: false,
    })
    const unknown = await run(['verify', spec(loud), '--allow-notifications', 'yes'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('--allow-notifications: expected ids out of target.integrations')
  })

  it('are somebody else’s too where the target is not dedicated: who is refused is said first', async () => {
    const path = spec(quiet)
    folder.write('spec.yaml', readFileSync(path, 'utf8').replace('dedicated: true, ', ''))
    const { code, stderr } = await run(['verify', path])
    expect(code).toBe(2)
    expect(stderr).toContain('alerts of others to the integrations that the spec names (CLAB1, CLAB2')
  })

  it('are fired at, left as they were, and their alert groups of the run resolved', async () => {
    const before = await names()
    const args = ['verify', spec(loud), '--allow-notifications=CSHOP', '--quick', '--out', 'r', '--json']
    const { code, stdout, stderr } = await run(args)
    expect({ code: [0, 3].includes(code as number), stderr }).toMatchObject({ code: true })
    expect(stderr).toContain('notify somebody, as was permitted')
    const { warnings, findings, reconciliation } = JSON.parse(stdout) as Result
    expect(warnings?.map(({ code }) => code)).toContain('may-notify')
    expect({ findings, agree: reconciliation?.map(({ agrees }) => agrees) }).toEqual({
      findings: [],
      agree: reconciliation?.map(() => true),
    })
    expect(reconciliation).not.toHaveLength(0)
    expect(await names()).toEqual(before)
    const groups = await seen('alert_groups/?integration_id=CSHOP&')
    expect(groups.length).toBeGreaterThan(0)
    expect(groups.filter(({ state }) => state !== 'resolved')).toEqual([])
    // The key under test has only been asked whose it is.
    expect(descriptorsIn('r').filter((name) => name === 'K')).toHaveLength(1)
    for (const file of readdirSync(join(folder.path, 'r')))
      for (const key of Object.values(keys))
        expect(readFileSync(join(folder.path, 'r', file), 'utf8')).not.toContain(key)
  })
})

test('a service-account token names its stack in all that is sent, by k6 too', async () => {
  const path = folder.write(
    'token.yaml',
    `target: {url: "${target.url}", apiKey: "\${TOKEN}", stackUrl: "https://stack.example.org", dedicated: true}
limits: [{name: per key, scope: apiKey, limit: 5, window: 1s, startsEmpty: true}]
`,
  )
  await run(['verify', path, '--quick', '--out', 'r', '--json'])
  const lines = readFileSync(join(folder.path, 'r', 'history.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
  const statuses = lines.map((line) => (JSON.parse(line) as { status?: number }).status)
  const answered = statuses.filter((status) => status !== undefined)
  expect(new Set(answered)).toEqual(new Set([200]))
  expect(answered.length).toBeGreaterThan(5)
})

/** Processes that a process has started. Only Linux says it this simply. */
function childrenOf({ child: { pid } }: Running): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : []
}

const isThere = (pid: number) => existsSync(`/proc/${pid}`)

describe('onset clean', () => {
  const firing = async (running: Running) => {
    await running.said('k6 starts firing.')
    while ((await seen('alert_groups/?state=new&')).length === 0)
      await new Promise((go) => setTimeout(go, 20))
  }
  /** Names that killed runs, runs elsewhere and people give. */
  let elsewhere: string
  beforeEach(() => {
    elsewhere = runId(new Date(Date.now() - 600_000), 'beef')
  })

  it('leaves a run alone while it goes on, and removes what it has left when it was killed', async () => {
    const before = await names()
    const path = spec('')
    const running = begin(['verify', path])
    await firing(running)
    const during = await run(['clean', path, '--yes'])
    expect(during.code).toBe(0)
    expect(during.stdout).toContain('left alone, its run is going on')
    expect((await names()).length).toBeGreaterThan(before.length)

    const helpers = childrenOf(running)
    running.child.kill('SIGKILL')
    await running.ended
    // k6 ends by itself when nobody reads from it any more; until then it may still send.
    while (helpers.some(isThere)) await new Promise((go) => setTimeout(go, 20))
    const dry = await run(['clean', path, '--dry-run'])
    expect(dry.stdout).toMatch(/^ {2}Onset load test \d{8}-\d{6}-\w{4} A \(\w+\), .* old$/m)
    const unasked = await run(['clean', path])
    expect(unasked.code).toBe(2)
    expect(unasked.stderr).toContain('Without a terminal that takes --yes.')
    expect((await names()).length).toBeGreaterThan(before.length)

    const cleaned = await run(['clean', path, '--yes'])
    expect({ code: cleaned.code, stdout: cleaned.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Removed '),
    })
    expect(await names()).toEqual(before)
    const open = (await seen('alert_groups/?')).filter(({ state }) => state !== 'resolved')
    expect(open).toEqual([])
    expect((await run(['clean', path, '--yes'])).stdout).toContain('Nothing that a run has made is left')
  })

  it('takes a run that this machine does not know only when it is old enough', async () => {
    const { api } = client(target.url, keys.SETUP)
    const name = fixtureName(elsewhere, 'A')
    for (const each of [name, 'Onset load test of ours'])
      await api('POST', 'integrations/', { type: 'webhook', name: each })
    const path = spec('')
    const young = await run(['clean', path, '--yes', '--json'])
    expect(JSON.parse(young.stdout)).toMatchObject({
      found: [{ name, runId: elsewhere, keptBecause: expect.stringContaining('may be going on elsewhere') }],
    })
    expect(await names()).toContain(name)
    expect((await run(['clean', path, '--yes', '--older-than', '5m'])).code).toBe(0)
    expect(await names()).not.toContain(name)
    expect(await names()).toContain('Onset load test of ours')
  })

  it('says what it needs, and what is in the way', async () => {
    const none = await run(['clean'])
    expect({ code: none.code, stderr: none.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('onset clean needs the SPEC'),
    })
    const path = folder.write('http.yaml', `target: {kind: http, url: "${target.url}"}\n${limits}`)
    expect((await run(['clean', path])).stderr).toContain('is no OnCall')
    const gone = folder.write(
      'gone.yaml',
      `target: {url: "http://127.0.0.1:9", apiKey: "\${KEY}"}\n${limits}`,
    )
    const unreachable = await run(['clean', gone])
    expect(unreachable.code).toBe(4)
    expect(unreachable.stderr).toContain('Cannot list the integrations: no answer')
  })
})

const script = '/usr/bin/script'

describe.runIf(process.platform === 'linux' && existsSync(script))('a person at a terminal', () => {
  function answered(answer: string, args: readonly string[]) {
    const { stdout, status } = spawnSync(
      script,
      ['-qec', [process.execPath, main, ...args].join(' '), '/dev/null'],
      {
        cwd: folder.path,
        input: `${answer}\n`,
        encoding: 'utf8',
        env: { ...process.env, ...keys },
      },
    )
    return { said: words(stdout), code: status }
  }

  it('is asked again before anybody is notified, and anything but yes sends no alert', async () => {
    const sent = await seen('alert_groups/?integration_id=CSHOP&')
    const no = answered('y', ['verify', spec(loud), '--allow-notifications=CSHOP', '--out', 'r'])
    expect(no.said).toContain('Alerts will notify people: - Integration "shop" (CSHOP), route 0')
    expect(no.said).toContain('No alert was sent.')
    expect(no.code).toBe(2)
    expect(await seen('alert_groups/?integration_id=CSHOP&')).toEqual(sent)
  })

  it('is asked before anything is removed', async () => {
    const name = fixtureName(runId(new Date(0), 'cafe'), 'A')
    await client(target.url, keys.SETUP).api('POST', 'integrations/', { type: 'webhook', name })
    const no = answered('no', ['clean', spec('')])
    expect(no.said).toContain(`${name} (`)
    expect(no.said).toContain('Nothing was removed.')
    expect(await names()).toContain(name)
    const yes = answered('yes', ['clean', spec('')])
    expect(yes.code).toBe(0)
    expect(await names()).not.toContain(name)
  })
})
