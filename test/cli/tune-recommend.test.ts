import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseSpec } from '../../lib/spec/index.ts'
import { tuningJsonSchema } from '../../lib/tune/index.ts'
import { onsetInside } from './inside.ts'
import { useFolder } from './onset.ts'

const folder = useFolder()
const startMs = Date.UTC(2026, 10, 23, 8)
const spec = `limits:
  - {name: each, scope: integration, limit: 20, window: 10s, algorithm: sliding-log} # per integration
  - {name: together, scope: organization, limit: 20, window: 10s}
`

/** Thirty alerts of a loud integration within three seconds, between them and later one of a quiet one. */
function tune(...args: string[]) {
  const header = {
    format: 'onset-history',
    version: 1,
    tool: 'test',
    startedAt: new Date(startMs).toISOString(),
    clockSlackMs: 1,
    descriptors: {
      loud: { integration: '<b>loud</b>', organization: 'x' },
      quiet: { integration: 'quiet', organization: 'x' },
    },
  }
  const sent = [
    ...Array.from({ length: 30 }, (_, index) => ['loud', index * 100] as const),
    ['quiet', 2_950] as const,
    ['quiet', 30_000] as const,
  ]
  const lines = sent.map(([descriptor, at]) =>
    JSON.stringify({ descriptor, sent: startMs + at, received: startMs + at + 1, status: 200 }),
  )
  folder.write('spec.yaml', spec)
  folder.write(
    'history.ndjson',
    [
      JSON.stringify(header),
      ...lines,
      `{"event":"end","at":${startMs + 31_000},"reason":"finished"}`,
      '',
    ].join('\n'),
  )
  return onsetInside(['tune', 'history.ndjson', '--spec', 'spec.yaml', '--vary', 'integration', ...args], {
    cwd: folder.path,
  })
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

describe('onset tune, told what is wanted', () => {
  it('recommends a limit, says why, and leaves it in the words of platforms', async () => {
    const { code, stdout, stderr } = await tune(
      '--limits',
      '5,10,30',
      '--quiet-refused',
      '0%',
      '--never-above',
      '15/10s@organization',
      '--out',
      'tuned',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const said = oneLine(stdout)
    expect(said).toContain('RECOMMENDED 5 in 10s')
    expect(said).toContain('Quiet is the 1 descriptor that never asked for more than 10 in any 10s')
    expect(said).toContain('Nothing that lets less through was tried')
    expect(said).toContain(
      'Wider is 10 in 10s, which lets at most 10 requests through for any one integration in any 10s',
    )
    expect(said).toContain(
      'It misses the objective: 50.0 % of the requests of quiet descriptors refused, where 0 % may be',
    )
    expect(said).toContain(
      'Whether other days would change the choice: cannot tell. The requests are of 1 day (UTC), and 5 at least are needed',
    )
    expect(readdirSync(join(folder.path, 'tuned')).sort()).toEqual([
      'envoy-ratelimit.yaml',
      'haproxy.cfg',
      'nginx.conf',
      'oncall.env',
      'spec.yaml',
      'tuning.html',
    ])
    const read = (name: string) => readFileSync(join(folder.path, 'tuned', name), 'utf8')
    expect(parseSpec(read('spec.yaml'), { file: 'spec.yaml', env: {} })).toMatchObject({
      ok: true,
      spec: { limits: [{ limit: 5, window: 10_000, algorithm: ['sliding-log'] }, { limit: 20 }] },
    })
    expect(read('spec.yaml')).toContain('# per integration')
    const page = read('tuning.html')
    expect(page).toContain('<circle class="chosen"')
    expect(page).toContain("default-src 'none'")
    expect(page).not.toContain('<script')
    expect(page).not.toContain('<b>loud</b>')
    const again = await tune('--limits', '5', '--capacity', '2', '--out', 'tuned')
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('tuned is not empty')
  })

  it('ends with 1 where no limit does it, and names the closest', async () => {
    const { code, stdout } = await tune('--limits', '10', '--capacity', '0.5')
    expect(code).toBe(1)
    expect(oneLine(stdout)).toContain(
      'Closest is 10 in 10s: 11 let through of all together in any 10s, where 5 may be.',
    )
  })

  it('ends with 3 where nobody is quiet, and says what would help', async () => {
    const { code, stdout } = await tune('--quiet-refused', '1%', '--quiet', '0/1s')
    expect(code).toBe(3)
    expect(oneLine(stdout)).toContain('Say what is quiet, with --quiet N/WINDOW')
  })

  it('tries other limits beside, and the usual ones where none are named', async () => {
    const { code, stdout } = await tune('--with', 'organization=20,40', '--quiet-refused', '0%', '--json')
    expect(code).toBe(0)
    const document = JSON.parse(stdout)
    const schema = z.fromJSONSchema(tuningJsonSchema())
    expect(schema.safeParse(document).error).toBeUndefined()
    expect(schema.safeParse({ ...document, calendar: undefined }).success).toBe(false)
    const { candidates, recommendation } = document
    expect(candidates.map(({ name }: { name: string }) => name)).toEqual([
      '20 in 10 s as sliding-log',
      '20 in 10 s as sliding-log, organization 40 in 10 s as fixed-window',
    ])
    expect(recommendation).toMatchObject({ kind: 'chosen', chosen: 1 })
    const usual = JSON.parse((await tune('--quiet-refused', '0%', '--json')).stdout)
    expect(usual.candidates.map(({ limits }: { limits: { limit: number }[] }) => limits[0]?.limit)).toEqual([
      20, 2, 4, 6, 10, 15, 30, 40, 60, 100, 200,
    ])
  })

  it('tells all mistakes at once', async () => {
    const { code, stderr } = await tune(
      '--never-above',
      '2000@organization',
      '--never-above',
      '9/1s@organisation',
      '--quiet-refused',
      '0.1',
      '--quiet',
      '5',
      '--with',
      'integration=3',
      '--prove',
      '--json',
    )
    expect(code).toBe(2)
    expect(stderr).toContain(
      '--never-above: expected a number, a stretch of time and a scope, such as 2000/5m@organization',
    )
    expect(stderr).toContain('found "organisation" — did you mean organization?')
    expect(stderr).toContain(
      '--quiet-refused: expected a share from 0% to below 100%, such as 0.1%, found "0.1"',
    )
    expect(stderr).toContain('--quiet: expected a number and a stretch of time, such as 60/5m, found "5"')
    expect(stderr).toContain('--with: integration is what --vary tries')
    expect(stderr).toContain('--prove prints the result of a run, and --json nothing but JSON')
    const alone = await tune('--limits', '3', '--prove', '--quiet', '5/1s')
    expect(alone.stderr).toContain('--prove is about what is recommended: say what is wanted')
    expect(alone.stderr).toContain('--quiet is about what is wanted')
  })

  it('makes up a storm where no history is named, which a seed makes again', async () => {
    const storm = (...args: string[]) => onsetInside(['tune', '--no-prove', ...args], { cwd: folder.path })
    const { code, stdout, stderr } = await storm()
    expect(code).toBe(0)
    expect(oneLine(stdout)).not.toContain('was tried, and it might do as well')
    expect(stderr).toContain('No history was named: a storm of alerts is made up (seed 1)')
    expect(oneLine(stdout)).toContain('RECOMMENDED 150 in 5m, organization 750 in 5m')
    expect(oneLine(stdout)).toMatch(/of 1000 draws of 7 days from these \(seed 1\): it would be 150 in 5m/)
    expect((await storm()).stdout).toBe(stdout)
    expect((await storm('--seed', '2')).stdout).not.toBe(stdout)
    expect(existsSync(join(folder.path, 'tuned'))).toBe(false)
    const document = JSON.parse((await storm('--json')).stdout)
    expect(z.fromJSONSchema(tuningJsonSchema()).safeParse(document).error).toBeUndefined()
    expect(document.recommendation.sensitivity.kind).toBe('told')
  })

  it('ends with 3 where there is nothing to replay, and proves only what the embedded target knows', async () => {
    await tune('--limits', '3')
    const [header] = readFileSync(join(folder.path, 'history.ndjson'), 'utf8').split('\n')
    folder.write('empty.ndjson', `${header}\n{"event":"end","at":${startMs},"reason":"finished"}\n`)
    const replayed = (history: string, ofSpec: string, ...args: string[]) =>
      onsetInside(['tune', history, '--spec', ofSpec, '--limits', '3', ...args], { cwd: folder.path })
    const empty = await replayed('empty.ndjson', 'spec.yaml', '--vary', 'integration')
    expect(empty.code).toBe(3)
    expect(empty.stderr).toContain('the history has no requests')
    folder.write('other.yaml', spec.replace('scope: organization', 'scope: tenant'))
    const other = await replayed(
      'history.ndjson',
      'other.yaml',
      '--vary',
      'tenant',
      '--capacity',
      '9',
      '--prove',
    )
    expect(other.code).toBe(2)
    expect(other.stderr).toContain(
      '--prove: the embedded target knows integration, organization, apiKey, and not tenant',
    )
  })
})
