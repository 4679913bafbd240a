import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { onset, useFolder } from './onset.ts'

const folder = useFolder()
const startMs = Date.UTC(2026, 10, 23, 8)
const spec = `limits:
  - { name: each, scope: integration, limit: 40, window: 1s, tolerance: 20% }
  - { name: together, scope: organization, limit: 60, window: 1s, tolerance: 20% }
`

/** What was measured: 50 alerts of one integration in a third of a second, of which 40 came through, and one other. */
function measured(): string {
  const header = {
    format: 'onset-history',
    version: 1,
    tool: 'test',
    startedAt: new Date(startMs).toISOString(),
    clockSlackMs: 1,
    descriptors: {
      loud: { integration: 'loud', organization: 'one' },
      quiet: { integration: 'quiet', organization: 'one' },
    },
  }
  const sent = Array.from({ length: 50 }, (_, index) => ({
    descriptor: 'loud',
    at: 6 * index,
    status: index < 40 ? 200 : 429,
  }))
  const lines = [
    header,
    ...[...sent, { descriptor: 'quiet', at: 400, status: 200 }].map(({ descriptor, at, status }) => ({
      descriptor,
      sent: startMs + at,
      received: startMs + at + 1,
      status,
    })),
    { event: 'end', at: startMs + 500, reason: 'finished' },
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

// A machine that stalls makes a run inconclusive, and rightly so.
it('what is chosen for what was measured holds where it is applied, and did not where it was measured', {
  retry: 2,
}, async () => {
  folder.write('spec.yaml', spec)
  folder.write('measured.ndjson', measured())
  const chosen = await onset(
    [
      ...['tune', 'measured.ndjson', '--spec', 'spec.yaml', '--vary', 'integration', '--limits', '10,15,20'],
      ...['--never-above', '15/1s@integration', '--prove', '--out', 'chosen'],
    ],
    { cwd: folder.path },
  )
  expect({ code: chosen.code, said: chosen.code === 0 ? '' : chosen.stdout + chosen.stderr }).toEqual({
    code: 0,
    said: '',
  })
  expect(chosen.stdout).toContain('RECOMMENDED  15 in 1s')
  expect(chosen.stdout).toContain('PASS  Both limits begin where they are written to.')
  expect(readFileSync(join(folder.path, 'chosen', 'spec.yaml'), 'utf8')).toContain('limit: 15')

  const before = await onset(['check', 'measured.ndjson', '--spec', 'chosen/spec.yaml'], { cwd: folder.path })
  expect({ code: before.code, stderr: before.stderr }).toMatchObject({ code: 1 })
})
