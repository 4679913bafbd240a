import { chmodSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { onsetInside } from './inside.ts'
import { onset, served, useFolder } from './onset.ts'

const folder = useFolder()
const specFor = (url: string) => `target: {url: "${url}", apiKey: "\${KEY}"}
limits: [{name: n, scope: integration, limit: 3, window: 5m}]
`

afterEach(() => vi.unstubAllEnvs())

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
    vi.stubEnv('KEY', apiKey)
    const { code, stdout } = await onsetInside(['doctor', spec], { cwd: folder.path })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok +target: .* answers; the key belongs to onset/m)
    expect(stdout).not.toContain(apiKey)

    vi.stubEnv('KEY', 'another-key')
    const wrong = await onsetInside(['doctor', spec], { cwd: folder.path })
    expect(wrong.code).toBe(4)
    expect(wrong.stdout).toMatch(/^problem {2}target: /m)
    expect(wrong.stdout).not.toContain('another-key')
  })

  it('asks with each key that a load is spread over: whose is it, and of which organization?', async () => {
    const people = [
      { id: 'ada', organization: 'a' },
      { id: 'bob', organization: 'b', role: 'observer' },
      { id: 'cy', organization: 'a' },
      { id: 'dee', organization: 'd' },
    ]
    const config = {
      organizations: ['a', 'b', 'd'].map((id) => ({ id })),
      users: people,
      keys: people.map(({ id }) => ({ key: `key-of-${id}`, user: id })),
      integrations: [{ id: 'CSHOP', organization: 'a', name: 'shop' }],
    }
    const { url } = await served(['--config', folder.write('serve.json', JSON.stringify(config))])
    for (const { id } of people) vi.stubEnv(id.toUpperCase(), `key-of-${id}`)
    vi.stubEnv('EVE', 'key-of-eve')
    const asks = async (keys: string) => {
      const spec = folder.write('spec.yaml', specFor(url).replace('${KEY}"', `\${ADA}", loadKeys: [${keys}]`))
      const { code, stdout } = await onsetInside(['doctor', '--target', spec, '--json'], { cwd: folder.path })
      expect(stdout).not.toContain('key-of-')
      const { findings } = JSON.parse(stdout) as { findings: Record<'name' | 'found' | 'advice', string>[] }
      const ofKeys = findings.filter(({ name }) => name === 'load key')
      return {
        code,
        said: ofKeys.map(({ found, advice }) => [found, ...(advice ? [advice] : [])].join(' - ')),
      }
    }
    const right = '{apiKey: "${BOB}", organization: bs}, {apiKey: "${CY}"}, {apiKey: "${DEE}"}'
    expect(await asks(right)).toEqual({
      code: 0,
      said: [
        expect.stringMatching(
          /^target.loadKeys\[0\] belongs to bob \(observer\), of organization "bs": .* - obser/,
        ),
        'target.loadKeys[1] belongs to cy (admin), of the organization of apiKey: it sees integrations that apiKey sees',
        expect.stringMatching(
          /^target.loadKeys\[2\] .*; it sees no integration that apiKey sees - if it is of another/,
        ),
      ],
    })
    expect(await asks('{apiKey: "${EVE}"}, {apiKey: "${CY}", organization: cs}')).toMatchObject({
      code: 2,
      said: [
        expect.stringMatching(/^target.loadKeys\[0\]: .*403/),
        expect.stringContaining(
          'both are of one organization, and the spec says of two - leave its organization out',
        ),
      ],
    })
    expect(
      await asks('{apiKey: "${BOB}", organization: bs}, {apiKey: "${DEE}", organization: bs}'),
    ).toMatchObject({
      said: [
        expect.anything(),
        expect.stringContaining('"bs" cannot be told while there are no integrations'),
      ],
    })
  })

  it('prints its findings as JSON', async () => {
    const spec = folder.write('spec.yaml', specFor('http://127.0.0.1:9'))
    vi.stubEnv('KEY', 'k')
    const { code, stdout, stderr } = await onsetInside(['doctor', spec, '--json'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' })
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { name: string; ok: boolean }[] }
    expect(ok).toBe(false)
    expect(findings.filter((finding) => !finding.ok).map(({ name }) => name)).toEqual(['target'])
  })

  it('refuses a wrong spec, with exit code 2', async () => {
    const spec = folder.write('spec.yaml', specFor('http://127.0.0.1:9'))
    vi.stubEnv('KEY', undefined)
    const { code, stderr } = await onsetInside(['doctor', spec])
    expect(code).toBe(2)
    expect(stderr).toContain('expected the environment variable KEY, found none of that name')
  })
})
