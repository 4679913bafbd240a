import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificateFor, proxyTo, tlsBefore } from './gateways.ts'
import { onset, served, useFolder } from './onset.ts'

const folder = useFolder()

/** Small and quick: what matters is where requests travel. */
const limits = 'limits: [{name: own, scope: integration, limit: 5, window: 1s}]\n'
const enforced = [
  '--limit',
  'integration=5/1s',
  '--limit',
  'organization=1000/1s',
  '--limit',
  'apiKey=1000/1s',
]
const portOf = (url: string) => Number(new URL(url).port)

/** The surroundings of a command, without a proxy but those that are named here. */
const unproxied = Object.fromEntries(
  ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy']
    .flatMap((name) => [name, name.toUpperCase()])
    .map((name) => [name, undefined]),
)

function verify(spec: string, env: Record<string, string>) {
  const path = folder.write('spec.yaml', spec)
  const args = ['verify', path, '--quick', '--out', join(folder.path, 'run')]
  return onset(args, { cwd: folder.path, env: { ...unproxied, ...env } })
}

describe('a target of a private authority', () => {
  const specFor = (port: number, host: string, more = '') =>
    `target: {url: "https://${host}:${port}", ingestUrl: "https://${host}:${port}", apiKey: "\${KEY}", dedicated: true${more}}\n${limits}`

  it('is trusted by the requests of Node and of k6 alike where the spec names its certificate', async () => {
    const { url, apiKey } = await served(enforced)
    const gateway = await tlsBefore(portOf(url), certificateFor(folder.path, 'localhost'))
    const { code, stderr } = await verify(specFor(gateway.port, 'localhost', ', caFile: ca.pem'), {
      KEY: apiKey,
    })
    expect([0, 3], stderr).toContain(code)
    expect(gateway.passed).toContain('GET /api/v1/users/current/')
    expect(gateway.passed.filter((each) => each.startsWith('POST /integrations/v1/')).length).toBeGreaterThan(
      5,
    )
  })

  it('is not spoken to otherwise, and the remedy is told', async () => {
    const { url, apiKey } = await served(enforced)
    const gateway = await tlsBefore(portOf(url), certificateFor(folder.path, 'localhost'))
    const { code, stderr } = await verify(specFor(gateway.port, 'localhost'), { KEY: apiKey })
    expect(code).toBe(4)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'certificate of an unknown authority: where it is a private',
    )
    expect(stderr).toContain('caFile')
    expect(gateway.passed).toEqual([])
  })

  it('is not spoken to under another name than that of its certificate', async () => {
    const { url, apiKey } = await served(enforced)
    const gateway = await tlsBefore(portOf(url), certificateFor(folder.path, 'oncall.test'))
    const { code, stderr } = await verify(specFor(gateway.port, 'localhost', ', caFile: ca.pem'), {
      KEY: apiKey,
    })
    expect(code).toBe(4)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'certificate for another host: name the target by the host',
    )
    expect(gateway.passed).toEqual([])
  })

  it('is told by k6 in the same words', async () => {
    const { url } = await served(enforced)
    const gateway = await tlsBefore(portOf(url), certificateFor(folder.path, 'localhost'))
    const spec = `target: {kind: http, url: "https://localhost:${gateway.port}/", dedicated: true}
limits: [{name: each, scope: caller, limit: 30, window: 1s, startsEmpty: true}]
`
    const { code, stdout } = await verify(spec, {})
    expect(code).toBe(4)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'certificate of an unknown authority: where it is a private',
    )
    expect(gateway.passed).toEqual([])
  })

  it.each([
    ['gone.pem', 'there is no such file'],
    ['spec.yaml', 'expected certificates in PEM'],
  ])('is a mistake where its file is none: %s', async (caFile, words) => {
    const { code, stderr } = await verify(specFor(9, 'localhost', `, caFile: ${caFile}`), { KEY: 'k' })
    expect(code).toBe(2)
    expect(stderr).toContain('target.caFile')
    expect(stderr).toContain(words)
  })
})

describe('a proxy that the environment names', () => {
  const spec = (url: string, more = '') =>
    `target: {url: "${url}", apiKey: "\${KEY}", dedicated: true${more}}\n${limits}`
  const counted = (asked: readonly string[]) => [...new Set(asked)].toSorted()

  it('is gone through by the requests of Node and of k6 alike', async () => {
    const { url, apiKey } = await served(enforced)
    const proxy = await proxyTo(portOf(url))
    const { code, stderr } = await verify(spec('http://oncall.test'), { KEY: apiKey, HTTP_PROXY: proxy.url })
    expect([0, 3], stderr).toContain(code)
    // Node tunnels whatever it asks for; k6 has a proxy pass requests on where there is no TLS.
    expect(counted(proxy.asked)).toEqual(['CONNECT oncall.test:80', 'POST oncall.test'])
    expect(proxy.asked.filter((each) => each.startsWith('POST')).length).toBeGreaterThan(5)
  })

  it('is tunnelled through to a target with TLS, which is verified all the same', async () => {
    const { url, apiKey } = await served(enforced)
    const gateway = await tlsBefore(portOf(url), certificateFor(folder.path, 'oncall.test'))
    const proxy = await proxyTo(9, gateway.port)
    const env = { KEY: apiKey, https_proxy: proxy.url }
    const more = ', ingestUrl: "https://oncall.test", caFile: ca.pem'
    const { code, stderr } = await verify(spec('https://oncall.test', more), env)
    expect([0, 3], stderr).toContain(code)
    expect(counted(proxy.asked)).toEqual(['CONNECT oncall.test:443'])
    expect(gateway.passed.filter((each) => each.startsWith('POST /integrations/v1/')).length).toBeGreaterThan(
      5,
    )
  })

  it('is left aside for hosts of NO_PROXY', async () => {
    const { url, apiKey } = await served(enforced)
    const proxy = await proxyTo(portOf(url))
    const named = await verify(spec('http://oncall.test'), {
      KEY: apiKey,
      HTTP_PROXY: proxy.url,
      NO_PROXY: 'oncall.test',
    })
    expect(named.code).toBe(4)
    expect(proxy.asked).toEqual([])
  })

  it('is left aside for this machine, as k6 does', async () => {
    const { url, apiKey } = await served(enforced)
    const proxy = await proxyTo(9)
    const { code, stderr } = await verify(spec(url), { KEY: apiKey, HTTP_PROXY: proxy.url })
    expect([0, 3], stderr).toContain(code)
    expect(proxy.asked).toEqual([])
  })
})
