import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Descriptor } from '../../lib/history/index.ts'
import { openRecording } from '../../lib/run/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'onset-recording-'))
afterAll(() => rmSync(folder, { recursive: true }))

function open(name: string, descriptors: readonly Descriptor[]) {
  const outcomes = { accepted: '2xx', limited: '429' }
  const header = { tool: 'k6', startedAtMs: 0, clockSlackMs: 1, descriptors: [...descriptors], outcomes }
  return openRecording(join(folder, name), header)
}

const key: Descriptor = { name: 'K', scopes: { apiKey: 'K' } }

it('takes a descriptor that is given twice for one', async () => {
  await open('twice', [key, { name: 'A', scopes: { integration: 'A' } }, { ...key }]).end('finished')
  const [header] = readFileSync(join(folder, 'twice'), 'utf8').split('\n')
  expect(JSON.parse(header as string).descriptors).toEqual({ K: { apiKey: 'K' }, A: { integration: 'A' } })
})

it('records nothing where two have one name: nobody could say whose a request was', () => {
  const alerts: Descriptor = { name: 'K', scopes: { integration: 'K', organization: 'all' } }
  expect(() => open('both', [alerts, key])).toThrow('two descriptors are named "K"')
})
