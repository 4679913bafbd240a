import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseSpec } from '../../lib/spec/index.ts'
import { onsetInside } from './inside.ts'
import { useFolder } from './onset.ts'

const folder = useFolder()
const startMs = Date.UTC(2026, 10, 23, 8)
const spec = `limits:
  - { name: each, scope: caller, limit: 8, window: 4s, algorithm: token-bucket, refillEvery: 1s, serverClock: 1s }
`
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

/** Ten requests at once empty a bucket of eight; two come half a second later, and three two seconds later. */
function tune(...args: string[]) {
  const header = {
    format: 'onset-history',
    version: 1,
    tool: 'test',
    startedAt: new Date(startMs).toISOString(),
    clockSlackMs: 1,
    descriptors: { A: { caller: 'A' } },
  }
  const sent = [...Array.from({ length: 10 }, () => 100), 600, 600, 2_700, 2_700, 2_700]
  const lines = [
    header,
    ...sent.map((at) => ({
      descriptor: 'A',
      sent: startMs + at,
      received: startMs + at + 1,
      status: 200,
    })),
    { event: 'end', at: startMs + 3_000, reason: 'finished' },
  ]
  folder.write('spec.yaml', spec)
  folder.write('history.ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return onsetInside(['tune', 'history.ndjson', '--spec', 'spec.yaml', ...args], { cwd: folder.path })
}

describe('onset tune, of buckets that are refilled at intervals', () => {
  it('replays the refills, and says when they are taken to come', async () => {
    const { stdout } = await tune('--limits', '12', '--algorithms', 'token-bucket,gcra', '--json')
    const { candidates, notes } = JSON.parse(stdout)
    // Refilled all the time, the bucket of 8 would let one of the two through that come half a second later.
    expect(
      candidates.map(({ limits, refused }: { limits: object[]; refused: number }) => [limits[0], refused]),
    ).toEqual([
      [expect.objectContaining({ limit: 8, refillEveryMs: 1_000, serverClock: '1s' }), 4],
      [expect.objectContaining({ limit: 12, refillEveryMs: 1_000, serverClock: '1s' }), 0],
      [expect.objectContaining({ limit: 12, algorithm: 'gcra', serverClock: '1s' }), 0],
    ])
    expect(candidates[2].limits[0]).not.toHaveProperty('refillEveryMs')
    expect(notes.join(' ')).toContain('Buckets that are refilled at intervals are so at multiples of them')
    expect(notes.join(' ')).toContain('counts in whole seconds')
  })

  it('tries only limits that a spec can state', async () => {
    const { code, stderr } = await tune('--limits', '6,8', '--windows', '500ms,4s')
    expect(code).toBe(2)
    expect(oneLine(stderr)).toContain(
      'caller: the spec has refillEvery 1000ms, which would bring more than a bucket of 500ms holds: try longer windows, or change it',
    )
    expect(oneLine(stderr)).toContain(
      'which brings no whole units of 6 in 4000ms each time: try multiples of 4, or change it',
    )
    const usual = JSON.parse((await tune('--capacity', '5', '--json')).stdout)
    const tried = usual.candidates.map(({ limits: [{ limit }] }: { limits: [{ limit: number }] }) => limit)
    expect(tried).toEqual([8, 4, 12, 16, 24, 40, 80])
  })

  it.each([
    ['token-bucket', 1_000],
    ['sliding-log', undefined],
  ])('recommends a %s as a spec that can be read', async (algorithm, refillEvery) => {
    const args = ['--limits', '12', '--algorithms', algorithm, '--capacity', '5', '--out', algorithm]
    expect((await tune(...args)).code).toBe(0)
    const written = readFileSync(join(folder.path, algorithm, 'spec.yaml'), 'utf8')
    const parsed = parseSpec(written, { file: 'spec.yaml', env: {} })
    expect(parsed).toMatchObject({ ok: true, spec: { limits: [{ limit: 12, algorithm: [algorithm] }] } })
    expect(parsed.ok && parsed.spec.limits[0]?.refillEvery).toBe(refillEvery)
  })
})
