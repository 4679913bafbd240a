import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alertsTo, fillOf, gather, planOf, serve, useK6 } from './run-kit.ts'

const k6 = useK6()
const secret = 'token-that-nobody-may-see'

/** Every regular file under a folder that holds a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  return entries
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path, 'latin1').includes(text))
}

test('while k6 runs, its secrets are in no argument of any process and in no file of the run', async () => {
  const found: { files: string[]; arguments: string; requests: number }[] = []
  const looks: Promise<void>[] = []
  const server = await serve((_, response, all) => {
    response.end()
    if (all.length !== 5) return
    const processes = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    expect(processes).toContain(k6.scenarioPath)
    looks.push(
      filesWith(k6.folder, secret).then((files) => {
        found.push({ files, arguments: processes, requests: all.length })
      }),
    )
  })
  await gather(k6, planOf({ fills: [fillOf(20, 10)] }), alertsTo(server.url))
  await Promise.all(looks)
  expect(server.seen[0]?.url).toContain(secret)
  expect(found).toHaveLength(1)
  expect(found[0]?.arguments).not.toContain(secret)
  expect(found[0]?.files).toEqual([])
})

test('secrets are blacked out in what k6 says of itself', async () => {
  const telling = join(k6.folder, 'telling.js')
  writeFileSync(
    telling,
    'throw new Error("found " + JSON.parse(__ENV.ONSET_BINDINGS).descriptors.A.url + " and no more")',
  )
  const { outcome } = await gather(
    { ...k6, scenarioPath: telling },
    planOf({ fills: [fillOf(20, 10)] }),
    alertsTo('http://127.0.0.1:9'),
  )
  expect(outcome).toHaveProperty(
    'explanation',
    expect.stringContaining('/formatted_webhook/***/ and no more'),
  )
  expect(JSON.stringify(outcome)).not.toContain(secret)
})

test('k6 sees nothing of the surroundings but what a connection needs', async () => {
  const telling = join(k6.folder, 'surroundings.js')
  writeFileSync(telling, 'throw new Error("sees " + Object.keys(__ENV).sort().join(","))')
  process.env.ONSET_TEST_SECRET = 'hidden'
  process.env.no_proxy = '127.0.0.1'
  process.env.NODE_EXTRA_CA_CERTS = '/etc/private-authority.pem'
  const { outcome } = await gather(
    { ...k6, scenarioPath: telling },
    planOf({ fills: [fillOf(20, 10)] }),
    alertsTo('http://127.0.0.1:9'),
  ).finally(() => {
    delete process.env.ONSET_TEST_SECRET
    delete process.env.no_proxy
    delete process.env.NODE_EXTRA_CA_CERTS
  })
  const seen = /sees (\S+)/.exec((outcome as { explanation: string }).explanation)?.[1]?.split(',') ?? []
  expect(seen).toContain('ONSET_BINDINGS')
  expect(seen).toContain('no_proxy')
  expect(seen).toContain('SSL_CERT_FILE')
  const known =
    /^(ONSET_(PLAN|BINDINGS|OUTCOMES|LANE)|PATH|HOME|GODEBUG|GOGC|GOMEMLIMIT|K6_AUTO_EXTENSION_RESOLUTION|((https?|all|no)_proxy|SSL_CERT_.*))$/i
  expect(seen.filter((name) => !known.test(name))).toEqual([])
})
