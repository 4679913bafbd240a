import { describe, expect, it } from 'vitest'
import { specText } from '../../lib/run/index.ts'
import { parseSpec } from '../../lib/spec/index.ts'

const limits = 'limits: [{name: a, scope: integration, limit: 3, window: 1s}]\n'
const parsed = (target: string) =>
  parseSpec(`target:\n  url: http://127.0.0.1:9\n  apiKey: \${KEY}\n${target}${limits}`, {
    file: 's.yaml',
    env: { KEY: 'k' },
  })

describe('what a spec says about alerts that are lost or doubled', () => {
  it('is that they fail the run, after a minute, where nothing is said', () => {
    expect(parsed('')).toMatchObject({ spec: { target: { reconcile: 'fail', deliveredWithin: 60_000 } } })
  })

  it.each(['fail', 'report', 'off'] as const)('is kept in the spec of a run: %s', (reconcile) => {
    const read = parsed(`  reconcile: ${reconcile}\n  deliveredWithin: 2m\n`)
    expect(read).toMatchObject({ spec: { target: { reconcile, deliveredWithin: 120_000 } } })
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    expect(
      parseSpec(specText(read.spec, { apiKey: '${KEY}' }), { file: 's.yaml', env: { KEY: 'k' } }),
    ).toEqual(read)
  })

  it.each([
    ['  reconcile: maybe\n', 'target.reconcile', 'one of fail, report, off'],
    ['  deliveredWithin: 2h\n', 'target.deliveredWithin', 'a duration from 100ms to 1h, such as 60s'],
    ['  deliveredWithin: 60\n', 'target.deliveredWithin', 'a duration from 100ms to 1h, such as 60s'],
  ])('is a mistake with a place: %j', (text, path, expected) => {
    expect(parsed(text)).toMatchObject({ ok: false, mistakes: [{ path, expected }] })
  })
})
