import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onset, useFolder } from './onset.ts'

const folder = useFolder()
const spec = `limits:
  - {name: each, scope: caller, limit: 3, window: 10s, algorithm: first-hit-window}
  - {name: together, scope: all, limit: 1000, window: 10s}
`
const header = `{"format":"onset-history","version":1,"tool":"test","startedAt":"2026-11-23T08:00:00.000Z","clockSlackMs":1,"descriptors":{"loud":{"caller":"loud","all":"x"},"quiet":{"caller":"quiet","all":"x"}}}\n`
const startMs = Date.UTC(2026, 10, 23, 8)
/** Six of the loud one within a second, three of which were refused, then one of each. */
const asked: [string, number, number][] = [
  ...[0, 100, 200, 300, 400, 500].map((at): [string, number, number] => ['loud', at, at < 250 ? 200 : 429]),
  ['quiet', 600, 200],
  ['loud', 11_000, 200],
]
const history =
  header +
  asked
    .map(([descriptor, at, status]) =>
      JSON.stringify({ descriptor, sent: startMs + at, received: startMs + at + 1, status }),
    )
    .join('\n')

function tune(...args: string[]) {
  folder.write('spec.yaml', spec)
  folder.write('history.ndjson', `${history}\n{"event":"end","at":${startMs + 12_000},"reason":"finished"}\n`)
  return onset(['tune', 'history.ndjson', '--spec', 'spec.yaml', ...args], { cwd: folder.path })
}

describe('onset tune', () => {
  it("holds other limits against today's, and sends nothing", async () => {
    const { code, stdout, stderr } = await tune(
      '--vary',
      'caller',
      '--limits',
      '2,5',
      '--windows',
      '10s,200ms',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const table = stdout
      .split('\n')
      .slice(3, 9)
      .map((line) => line.trim().split(/ {2,}/))
    expect(table).toEqual([
      ['LIMIT PER CALLER', 'REFUSED', 'HIT', 'LONGEST', 'IN 1 S', 'IN WINDOW', 'LET IN', 'SHUT OUT'],
      ['3 in 10s', '37.5 %', '1', '10.7 s', '3', '3'],
      ['2 in 10s', '50.0 %', '1', '10.8 s', '2', '2', '0', '1'],
      ['5 in 10s', '12.5 %', '1', '10.5 s', '5', '5', '2', '0'],
      ['2 in 0.2s', '0 %', '0', '-', '6', '2', '3', '0'],
      ['5 in 0.2s', '0 %', '0', '-', '6', '2', '3', '0'],
    ])
    expect(stdout).toContain('1 other limit stays as it is.')
    expect(stdout).not.toContain('Replayed, today')
  })

  it('says to whom, as JSON', async () => {
    const { stdout } = await tune('--vary', 'caller', '--limits', '2', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'onset-tuning',
      candidates: [
        { name: '3 in 10 s as first-hit-window', refused: 3, refusedOfAccepted: 0, acceptedOfLimited: 0 },
        {
          name: '2 in 10 s as first-hit-window',
          limits: [{ limit: 2, windowMs: 10_000 }, { limit: 1000 }],
          descriptors: [
            { name: 'loud', accepted: 3, refused: 4, newlyRefused: 1, longestRefusalMs: 10_800 },
            { name: 'quiet', accepted: 1, refused: 0 },
          ],
        },
      ],
    })
  })

  it("says how far today's limits are from what was recorded", async () => {
    const today = folder.write('other.yaml', spec.replace('limit: 3', 'limit: 4'))
    folder.write('history.ndjson', history)
    const { stdout } = await onset(
      ['tune', 'history.ndjson', '--spec', today, '--vary', 'caller', '--limits', '9'],
      {
        cwd: folder.path,
      },
    )
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      "Replayed, today's limits let 1 through that were refused",
    )
  })

  it('tells all mistakes at once, with exit code 2', async () => {
    const { code, stderr, stdout } = await tune(
      '--vary',
      'caler',
      '--limits',
      '2,many',
      '--windows',
      '10',
      '--algorithms',
      'log',
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--limits: expected a whole number from 0 to 1000000, found "many"')
    expect(stderr).toContain('--windows: expected a duration such as 1m, found "10"')
    expect(stderr).toContain('--algorithms: expected one of fixed-window')
    expect(stderr).toContain(
      '--vary: expected a scope that the spec limits (caller, all), found "caler" — did you mean caller?',
    )
    const open = await tune()
    expect(open.stderr).toContain('say what to try')
    expect(open.stderr).toContain('--vary: say the limit of which scope is tried: caller, all')
    const gone = await onset(['tune', join(folder.path, 'gone.ndjson'), '--limits', '3'])
    expect(gone.code).toBe(2)
    expect(gone.stderr).toContain('there is no such file')
    expect(gone.stderr).toContain("name the spec that has today's limits: --spec SPEC")
  })
})
