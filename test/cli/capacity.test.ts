import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type CapacityDocument, capacityDocumentSchema } from '../../lib/capacity/index.ts'
import { onsetInside } from './inside.ts'
import { onset, served, useFolder } from './onset.ts'

const folder = useFolder()

const oncall = `target: {kind: oncall, url: "http://127.0.0.1:9", apiKey: "\${KEY}", dedicated: true}
limits:
  - {name: alerts per organization, scope: organization, limit: 500, window: 5m}
`

const http = (port: number) => `target: {kind: http, url: "http://127.0.0.1:${port}", dedicated: true}
limits:
  - {name: requests, scope: caller, limit: 1000000, window: 1m}
`

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The report of a run is of its records: what is stored beside them is believed only where they are gone. */
async function isReportedAgain(run: string, document: CapacityDocument): Promise<void> {
  const [path, history] = [join(run, 'capacity.json'), join(run, 'history.ndjson')]
  const report = () => onsetInside(['report', run, '--json', '--html', join(run, 'again.html')])
  const first = await report()
  expect(JSON.parse(first.stdout)).toEqual(document)
  expect(first.stderr).toBe(`The report is in ${join(run, 'again.html')}.\n`)
  const checked = await onsetInside(['check', run])
  expect(checked.stdout).toContain(`judge the capacity  onset report ${run}`)
  expect(readFileSync(join(run, 'again.html'))).toEqual(readFileSync(join(run, 'capacity.html')))

  const claimed = { ...document, answer: { ...document.answer, metPerSecond: 60 } }
  writeFileSync(path, JSON.stringify(claimed))
  const second = await report()
  expect(JSON.parse(second.stdout)).toEqual(document)
  expect(second.stderr).toContain('What was stored is not what the history says, so it is not shown: answer')

  const lines = readFileSync(history, 'utf8').split('\n')
  const last = lines.findLastIndex((line) => line.includes('"request":"1-l0.'))
  writeFileSync(history, lines.toSpliced(last, 1).join('\n'))
  expect((await report()).stderr).toMatch(/The history has \d+ requests of firing 1, and the run noted \d+/)
  writeFileSync(history, lines.toSpliced(last, 0, lines[last] as string).join('\n'))
  const doubled = await report()
  expect(doubled.code).toBe(2)
  expect(doubled.stderr).toContain('each once, and the history has others; both must be of one run')

  rmSync(history)
  const third = await report()
  expect(JSON.parse(third.stdout)).toEqual(claimed)
  expect(third.stderr).toContain('so nothing was judged again: what was found then is shown.')
  const junit = await onsetInside(['report', run, '--format', 'junit'])
  expect(junit.stderr).toContain('whose formats are html, terminal and json; found junit')
}

describe('onset capacity', () => {
  it('fires at what a spec names, and says what it found, to programs as well', async () => {
    const slow = createServer((_, answer) => void setTimeout(() => answer.end('late'), 1_500))
    onTestFinished(() => void slow.close())
    await once(slow.listen(0, '127.0.0.1'), 'listening')
    const { port } = slow.address() as AddressInfo
    const spec = folder.write('slow.yaml', http(port))
    const out = join(folder.path, 'run')
    const question = ['--objective', 'p50 < 1s', '--at-least', '60', '--step', '2s']
    const { code, stdout, stderr } = await onset(['capacity', spec, ...question, '--out', out, '--json'])
    expect(stderr.replaceAll('\n', ' ')).toContain(
      '"requests" takes 1 value of caller at the highest rate; the load is spread over 1.',
    )
    const document = capacityDocumentSchema.parse(JSON.parse(stdout))
    expect(document).toMatchObject({
      format: 'onset-capacity',
      version: 1,
      objective: 'p50 < 1s',
      atLeastPerSecond: 60,
      traffic: { descriptors: ['caller'], arrivals: 'poisson', profile: 'steady' },
      run: { target: { kind: 'http', urls: [`http://127.0.0.1:${port}`] } },
    })
    expect(document.answer.metPerSecond).toBeUndefined()
    expect(document.steps[0]?.latency?.p50Ms).toBeGreaterThanOrEqual(1_500)
    // On a machine that is far too busy the client is at fault, which is no verdict about the server.
    const { end, missedPerSecond } = document.answer
    expect({ end, missedPerSecond, code }).toEqual(
      end === 'client'
        ? { end, missedPerSecond: undefined, code: 3 }
        : { end: 'found', missedPerSecond: 60, code: 1 },
    )
    expect(JSON.parse(readFileSync(join(out, 'capacity.json'), 'utf8'))).toEqual(document)
    expect(readFileSync(join(out, 'capacity.html'), 'utf8')).toContain('p50 &lt; 1s')
    const sent = readFileSync(join(out, 'history.ndjson'), 'utf8').match(/"request":"1-l0\.\d+"/g)
    expect(sent?.length).toBe(document.firings[0]?.requests)
    expect(sent?.length).toBeGreaterThan(50)
    await isReportedAgain(out, document)
  })

  it('tells all that is wrong at once', async () => {
    const { code, stderr } = await onsetInside([
      'capacity',
      '--objective=p99 > 1s',
      '--max-rate=none',
      '--confidence=1.5',
      '--profile=spikes',
      '--traffic=alert',
    ])
    expect(code).toBe(2)
    expect(stderr.trimEnd().split('\n')).toEqual([
      '--objective: expected a condition such as p99 < 200ms, errors < 0.1%, lag < 30s, found "p99 > 1s"',
      '--max-rate: expected a number from 0.01 to 100000, found "none"',
      '--confidence: expected a share above 0% and below 100%, such as 20%, found "1.5"',
      expect.stringMatching(/^--traffic: expected one of alerts, requests, both, found "alert"/),
      expect.stringMatching(
        /^--profile: expected one of steady, ramp, spike, storm, soak, or a recorded history/,
      ),
    ])
  })

  it('fires at nothing whose limits would cut it short, and says what it would take', async () => {
    vi.stubEnv('KEY', 'key')
    const spec = folder.write('onset.yaml', oncall)
    const { code, stderr } = await onsetInside(['capacity', spec, '--max-rate', '100'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      '--max-rate: at 100/s the limit "alerts per organization" would refuse: the load takes 75 values of organization, and there is 1.',
    )
    expect(stderr).toContain('Up to 1.33/s nothing is refused')
    expect(stderr).toContain('give a key of each of 74 more organizations in target.loadKeys')
    const keys = await onsetInside(['capacity', spec, '--traffic', 'requests', '--max-rate', '100'])
    expect(keys.stderr).not.toContain('would refuse')
  })

  it('says in a dry run how long making ready waits for the limits of the keys', async () => {
    vi.stubEnv('KEY', 'key')
    const api = '  - {name: requests per key, scope: apiKey, limit: 300, window: 5m}\n'
    const spec = folder.write('onset.yaml', oncall.replace('500', '5000') + api)
    const storm = [
      '--profile',
      'storm',
      '--integrations',
      '200',
      '--max-rate',
      '1',
      '--step',
      '1m',
      '--dry-run',
    ]
    const { code, stdout } = await onsetInside(['capacity', spec, ...storm])
    expect(code).toBe(0)
    const said = stdout.replaceAll('\n', ' ')
    expect(said).toContain(
      'To make 200 integrations takes at most 602 API requests with apiKey, and 800 to remove',
    )
    // 240 of them in each 5 minutes.
    expect(said).toContain('it waits up to 10 min 2 s before the load and up to 15 min 3 s after it')
    const few = await onsetInside(['capacity', spec, '--max-rate', '1', '--dry-run', '--json'])
    expect(JSON.parse(few.stdout)).toMatchObject({
      setUp: { integrations: 1, waitsBeforeMs: 0, waitsAfterMs: 0 },
    })
    const lists = await onsetInside(['capacity', spec, ...storm.with(5, '8'), '--traffic', 'requests'])
    expect(lists.stderr).toContain(
      '--max-rate: at 11.3/s on average the limit "requests per key" would refuse',
    )
    const shaped = ['--profile', 'spike', '--traffic', 'requests', '--max-rate', '8', '--dry-run']
    expect((await onsetInside(['capacity', spec, ...shaped])).stderr).toContain(
      'ask for --max-rate 0.444 at most',
    )
  })

  it('spreads over the organizations and keys that it has, and leaves nothing in any', async () => {
    const people = ['a', 'b', 'c'].map((id) => ({ id: `U${id}`, organization: id }))
    const limited = { limit: 20, windowMs: 600_000 }
    const config = {
      organizations: people.map(({ organization: id }) => ({ id })),
      users: people,
      keys: people.map(({ id }) => ({ key: `key-of-${id}`, user: id })),
      limits: { organization: limited, apiKey: { limit: 300, windowMs: 600_000 } },
    }
    const { url } = await served(['--config', folder.write('serve.json', JSON.stringify(config))])
    const spec = folder.write(
      'wide.yaml',
      `target:
  url: ${url}
  apiKey: \${OWN}
  dedicated: true
  loadKeys: [{apiKey: "\${SECOND}", organization: second}, {apiKey: "\${THIRD}", organization: third}]
limits:
  - {name: each, scope: organization, limit: 20, window: 10m}
`,
    )
    const env = { OWN: 'key-of-Ua', SECOND: 'key-of-Ub', THIRD: 'key-of-Uc' }
    const out = join(folder.path, 'run')
    const asked = ['--at-least', '28', '--max-requests', '45', '--arrivals', 'even', '--step', '1s']
    const { stdout, stderr } = await onset(['capacity', spec, ...asked, '--out', out, '--json'], { env })
    expect(stderr.replaceAll('\n', ' ')).toContain('"each" takes 3 values of organization')
    const document = capacityDocumentSchema.parse(JSON.parse(stdout))
    expect(document).toMatchObject({ spread: [{ scope: 'organization', needed: 3, has: 3 }], warnings: [] })
    // 28 alerts would not pass a limit of 20.
    expect(document.steps[0]).toMatchObject({ limited: 0, failed: 0 })
    const history = readFileSync(join(out, 'history.ndjson'), 'utf8')
    for (const name of ['A1', 'A2', 'A3', 'K', 'K2', 'K3'])
      expect(history).toContain(`"descriptor":"${name}"`)
    for (const key of Object.values(env)) {
      expect(history + stdout + stderr).not.toContain(key)
      const listed = await fetch(`${url}/api/v1/integrations/`, { headers: { authorization: key } })
      expect(await listed.json()).toMatchObject({ count: 0 })
    }
  })

  it('fires nothing where keys that are said to be of two organizations are of one', async () => {
    const config = {
      organizations: [{ id: 'a' }],
      users: ['U1', 'U2'].map((id) => ({ id, organization: 'a' })),
      keys: ['U1', 'U2'].map((id) => ({ key: `key-of-${id}`, user: id })),
    }
    const { url } = await served(['--config', folder.write('serve.json', JSON.stringify(config))])
    const spec = folder.write(
      'one.yaml',
      `target:
  {url: "${url}", apiKey: "\${OWN}", dedicated: true, loadKeys: [{apiKey: "\${OTHER}", organization: other}]}
limits: [{name: each, scope: organization, limit: 20, window: 10m}]
`,
    )
    const asked = [
      '--at-least',
      '28',
      '--max-requests',
      '30',
      '--step',
      '1s',
      '--out',
      join(folder.path, 'run'),
    ]
    const env = { OWN: 'key-of-U1', OTHER: 'key-of-U2' }
    const { code, stderr } = await onset(['capacity', spec, ...asked], { env })
    expect(code).toBe(4)
    expect(stderr).toContain('"other" in target.loadKeys sees integrations that were made with another key')
    const listed = await fetch(`${url}/api/v1/integrations/`, { headers: { authorization: env.OWN } })
    expect(await listed.json()).toMatchObject({ count: 0 })
  })

  it('measures what refusing costs where the spec says so, unless a flag says otherwise', async () => {
    vi.stubEnv('KEY', 'key')
    const spec = folder.write(
      'limited.yaml',
      `${oncall.replace('dedicated', 'ceiling: {ratePerSecond: 5}, dedicated')}capacity: {expectLimited: true}\n`,
    )
    const { stderr } = await onsetInside(['capacity', spec])
    expect(stderr).toContain('--expect-limited fires at 16.7/s')
    const brief = await onsetInside(['capacity', spec, '--step', '1m'])
    expect(brief.stderr).toContain('refuses anything: ask for --step 66s at least')
    const flagged = await onsetInside(['capacity', spec, '--no-expect-limited'])
    expect(flagged.stderr).toContain('the limit "alerts per organization" would refuse')
  })

  it('is judged by onset report, which onset check says where there are no limits', async () => {
    folder.write('capacity.json', '{}')
    const { code, stderr } = await onsetInside(['check', folder.path])
    expect(code).toBe(2)
    expect(stderr).toContain(`a target without limits: onset report ${folder.path} judges that`)
  })

  it('replays a log at a factor, if it is no longer than may be fired', async () => {
    const second = (at: number) =>
      Array(20).fill(`1.2.3.4 - - [20/Nov/2026:03:00:${10 + at} +0000] "POST /a HTTP/1.1" 200 12`)
    const log = folder.write('access.log', [0, 1, 2, 3, 4, 5].flatMap(second).join('\n'))
    const replay = ['capacity', '--profile', log, '--from', 'access-log', '--factor', '2']
    const tooLong = await onsetInside([...replay, '--budget', '3s'])
    expect(tooLong.code).toBe(2)
    expect(tooLong.stderr).toContain('--factor: the recording lasts 6 s, longer than may be fired (3 s)')
    const both = await onsetInside([...replay, '--at-least', '3'])
    expect(both.stderr).toContain('--factor says the rate and the length of a step')
    const none = await onsetInside(['capacity', '--factor', '2'])
    expect(none.stderr).toBe('--factor is for a recording: name one with --profile\n')
  })

  it('asks before it loads what others may depend on', async () => {
    vi.stubEnv('KEY', 'key')
    const spec = folder.write('shared.yaml', oncall.replace('dedicated: true', 'dedicated: false'))
    const { code, stderr } = await onsetInside(['capacity', spec, '--max-rate', '1'])
    expect(code).toBe(2)
    expect(stderr).toContain('everything that others ask of it may be slow or fail')
    expect(stderr).toContain('--accept-blackout')
  })
})
