import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseResult } from '../../lib/result/index.ts'
import { onset, useFolder } from '../cli/onset.ts'

const folder = useFolder()

it('finds the limit of API requests that is there, as a spec, and with whom it is shared', async () => {
  const spec = folder.write(
    'spec.yaml',
    'limits:\n  - {name: per key, scope: apiKey, limit: 50, window: 1500ms, tolerance: 10%}\n',
  )
  const apiKey = { limit: 40, windowMs: 1_200, countedBy: 'user' }
  const embedded = folder.write('embedded.json', JSON.stringify({ limits: { apiKey } }))
  const { code, stdout, stderr } = await onset(
    ['verify', spec, '--embedded', embedded, '--discover', '--out', 'run', '--no-html', '--no-reconcile'],
    { cwd: folder.path },
  )
  // It stays a failure of the spec's limit; a machine that stalls leaves it open.
  expect([1, 3], stderr).toContain(code)
  const parsed = parseResult(readFileSync(join(folder.path, 'run/result.json'), 'utf8'), 'result.json')
  const measured = parsed.ok ? parsed.result.measured : undefined
  expect(measured, stderr).toHaveLength(1)
  const [found] = measured ?? []
  if (found?.as !== 'proven') return
  expect(found.limit).toBe(40)
  expect(found.windowSeconds).toBeCloseTo(1.2, 1)
  const shares = Object.fromEntries(found.otherKeys?.map((one) => [one.key, one.shares]) ?? [])
  // A machine that stalls makes that uncertain, and never another.
  expect(['yes', 'cannot-tell']).toContain(shares.sameUser)
  expect(['no', 'cannot-tell']).toContain(shares.otherUser)
  expect(['no', 'cannot-tell']).toContain(shares.otherOrganization)
  expect(stdout).toContain('A second key of the same user')
  expect(readFileSync(join(folder.path, 'run/measured.yaml'), 'utf8')).toContain('limit: 40')
})
