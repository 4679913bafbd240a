import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { capacityDocumentSchema } from '../../lib/capacity/index.ts'
import { onsetInside } from './inside.ts'
import { onset, useFolder } from './onset.ts'

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
