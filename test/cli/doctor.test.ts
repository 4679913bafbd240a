import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { onset, served, useFolder } from './onset.ts'

const folder = useFolder()
const specFor = (url: string) => `target: {url: "${url}", apiKey: "\${KEY}"}
limits: [{name: n, scope: integration, limit: 3, window: 5m}]
`

describe('onset doctor', () => {
  it('finds everything that a run needs', async () => {
    const { code, stdout, stderr } = await onset(['doctor'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of ['Node', 'k6', 'folder for runs', 'live records']) {
      expect(stdout).toMatch(new RegExp(`^ok +${name}: `, 'm'))
    }
  })

  it('says what is missing and what helps, with exit code 4', async () => {
    const { code, stdout } = await onset(['doctor'], { cwd: folder.path, env: { ONSET_K6: '/no/such/k6' } })
    expect(code).toBe(4)
    expect(stdout).toMatch(/^problem {2}k6: env: \/no\/such\/k6 does not exist - any one of these helps:/m)
  })

  it.skipIf(process.getuid?.() === 0)('sees a folder that cannot be written to', async () => {
    chmodSync(folder.path, 0o500)
    const { code, stdout } = await onset(['doctor'], { cwd: folder.path })
    expect(code).toBe(4)
    expect(stdout).toMatch(/^problem {2}folder for runs: /m)
  })

  it('asks the target that a spec names whose key it is', async () => {
    const { url, apiKey } = await served([])
    const spec = folder.write('spec.yaml', specFor(url))
    const { code, stdout } = await onset(['doctor', spec], { cwd: folder.path, env: { KEY: apiKey } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok +target: .* answers; the key belongs to onset/m)
    expect(stdout).not.toContain(apiKey)

    const wrong = await onset(['doctor', spec], { cwd: folder.path, env: { KEY: 'another-key' } })
    expect(wrong.code).toBe(4)
    expect(wrong.stdout).toMatch(/^problem {2}target: /m)
    expect(wrong.stdout).not.toContain('another-key')
  })

  it('prints its findings as JSON', async () => {
    const spec = folder.write('spec.yaml', specFor('http://127.0.0.1:9'))
    const { code, stdout, stderr } = await onset(['doctor', spec, '--json'], {
      cwd: folder.path,
      env: { KEY: 'k' },
    })
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' })
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { name: string; ok: boolean }[] }
    expect(ok).toBe(false)
    expect(findings.filter((finding) => !finding.ok).map(({ name }) => name)).toEqual(['target'])
  })

  it('refuses a wrong spec, with exit code 2', async () => {
    const spec = folder.write('spec.yaml', specFor('http://127.0.0.1:9'))
    const { code, stderr } = await onset(['doctor', spec], { env: { KEY: undefined } })
    expect(code).toBe(2)
    expect(stderr).toContain('expected the environment variable KEY, found none of that name')
  })
})
