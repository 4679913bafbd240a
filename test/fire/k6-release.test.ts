import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findK6, type K6, type K6Event } from '../../lib/fire/k6/index.ts'
import {
  answersAsK6,
  bareMachine,
  type Machine,
  noReleaseServer,
  releaseServer,
  script,
  temporaryFolder,
} from './k6-stand-ins.ts'

const linux = { platform: 'linux', arch: 'x64' } as const
const cached = 'k6-v2.2.0-linux-amd64'
const archiveName = `${cached}.tar.gz`
const checksumsName = 'k6-v2.2.0-checksums.txt'

/** Packs a k6 as its release does: one folder, named as the archive. */
async function packed(body = answersAsK6('2.2.0')): Promise<Buffer> {
  const folder = await temporaryFolder()
  await script(join(folder, cached, 'k6'), `${body}\n# ${'padding '.repeat(20_000)}`)
  execFileSync('tar', ['-czf', archiveName, cached], { cwd: folder })
  return readFile(join(folder, archiveName))
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

type Serve = (name: string, response: ServerResponse, request: IncomingMessage) => void

/** Serves the checksums of an archive, and leaves the archive itself to the test. */
function serving(archive: Buffer, serveArchive: Serve): Serve {
  return (name, response, request) => {
    if (name !== checksumsName) return serveArchive(name, response, request)
    response.end(`${'0'.repeat(64)}  k6-v2.2.0-linux-arm64.tar.gz\n${sha256(archive)}  ${archiveName}\n`)
  }
}

async function find(
  machine: Machine,
  serve: Serve,
  options: { onEvent?: (event: K6Event) => void; packageFolder?: string } = {},
): Promise<K6 & { asked: string[] }> {
  const asked: string[] = []
  const releases = await releaseServer((request, response) => {
    const name = request.url?.split('/').at(-1) ?? ''
    asked.push(name)
    serve(name, response, request)
  })
  // Short only where the test is about waiting: an answer that is never given.
  if (serve === silent) releases.answerTimeoutMs = 100
  return { ...(await findK6({ ...linux, env: machine.env, releases, ...options })), asked }
}

const silent: Serve = () => {}

const refusal = (k6: K6) => k6.tried.find(({ source }) => source === 'release')?.why

describe('a good release', () => {
  test('is fetched, checked, unpacked and cached, with progress', async () => {
    const machine = await bareMachine()
    const archive = await packed()
    const events: K6Event[] = []
    const k6 = await find(
      machine,
      serving(archive, (_, response) => {
        response.setHeader('content-length', archive.length).end(archive)
      }),
      { onEvent: (event) => events.push(event) },
    )

    const path = join(machine.cache, cached)
    expect(k6).toMatchObject({ found: true, source: 'release', path, version: '2.2.0' })
    expect(await readdir(machine.cache)).toEqual([cached])
    expect(events.filter(({ kind }) => kind === 'download').at(-1)).toMatchObject({
      bytes: archive.length,
      totalBytes: archive.length,
    })
    expect(await findK6({ ...linux, env: machine.env })).toMatchObject({ source: 'cache', path })
  })

  test('is found through a redirect and without a length, as releases are served', async () => {
    const archive = await packed()
    const k6 = await find(await bareMachine(), (name, response) => {
      if (name === checksumsName) return response.end(`${sha256(archive)} *${archiveName}\n`)
      if (name === archiveName) return response.writeHead(302, { location: '/elsewhere/object' }).end()
      response.write(archive.subarray(0, 100))
      return response.end(archive.subarray(100))
    })
    expect(k6).toMatchObject({ found: true, source: 'release' })
    expect(k6.asked).toEqual([checksumsName, archiveName, 'object'])
  })

  test('is checked against the checksums of the package where it has them', async () => {
    const archive = await packed()
    const packageFolder = await temporaryFolder()
    await mkdir(join(packageFolder, 'scripts', 'k6'), { recursive: true })
    const pinned = join(packageFolder, 'scripts', 'k6', 'checksums.txt')
    const serve: Serve = serving(archive, (_, response) => response.end(archive))

    await writeFile(pinned, `${'a'.repeat(64)}  ${archiveName}\n`)
    const replaced = await find(await bareMachine(), serve, { packageFolder })
    expect(refusal(replaced)).toContain(`its SHA-256 is ${sha256(archive)}, and ${'a'.repeat(64)} was`)

    await writeFile(pinned, `${sha256(archive)}  ${archiveName}\n`)
    const k6 = await find(await bareMachine(), serve, { packageFolder })
    expect(k6).toMatchObject({ found: true, source: 'release' })
    expect(k6.asked).toEqual([archiveName])
  })
})

describe('a release that cannot be used is said in a sentence and leaves nothing', () => {
  test.each<[string, (archive: Buffer) => Serve, RegExp]>([
    [
      'a wrong checksum',
      (archive) => serving(Buffer.from('another'), (_, response) => response.end(archive)),
      /k6-v2\.2\.0-linux-amd64\.tar\.gz was refused: its SHA-256 is [0-9a-f]{64}, and [0-9a-f]{64} was published$/,
    ],
    [
      'a body that breaks off',
      (archive) =>
        serving(archive, (_, response) => {
          response.setHeader('content-length', archive.length)
          response.write(archive.subarray(0, 50), () => response.destroy())
        }),
      /linux-amd64\.tar\.gz broke off after 50 of \d+ bytes$/,
    ],
    [
      'a body of unknown length that ends early',
      (archive) => serving(archive, (_, response) => response.end(archive.subarray(0, 50))),
      /its SHA-256 is/,
    ],
    [
      'an archive that is not there',
      (archive) => serving(archive, (_, response) => response.writeHead(404).end('not found')),
      /linux-amd64\.tar\.gz answered 404$/,
    ],
    [
      'checksums that are not there',
      () => (_, response) => response.writeHead(404).end('not found'),
      /k6-v2\.2\.0-checksums\.txt answered 404$/,
    ],
    [
      'checksums that do not name the archive',
      () => (_, response) => response.end(`${'0'.repeat(64)}  another.tar.gz\n`),
      /^The published checksums name no k6-v2\.2\.0-linux-amd64\.tar\.gz/,
    ],
    [
      'a web page in the place of everything',
      () => (_, response) => response.end('<html>Log in to continue</html>'),
      /^The published checksums name no/,
    ],
    [
      'redirects without end',
      () => (_, response) => response.writeHead(302, { location: '/again' }).end(),
      /led through more than 5 redirects$/,
    ],
    ['a server that never answers', () => silent, /: no answer within 0\.1 s$/],
    [
      'something that is no archive',
      () => {
        const text = Buffer.from('no archive')
        return serving(text, (_, response) => response.end(text))
      },
      /could not be unpacked/,
    ],
  ])('%s', async (_, serve, why) => {
    const machine = await bareMachine()
    const k6 = await find(machine, serve(await packed()))
    expect(k6.found).toBe(false)
    expect(refusal(k6)).toMatch(why)
    expect(k6.tried.at(-1)?.source).toBe('build')
    expect(await readdir(machine.cache)).toEqual([])
  })

  test('a k6 that does not answer as k6', async () => {
    const machine = await bareMachine()
    const archive = await packed('echo hello')
    const k6 = await find(
      machine,
      serving(archive, (_, response) => response.end(archive)),
    )
    expect(refusal(k6)).toContain('is not k6')
    expect(await readdir(machine.cache)).toEqual([])
  })

  test('a server that stalls in the middle', async () => {
    const machine = await bareMachine()
    const archive = await packed()
    const releases = await releaseServer((request, response) =>
      request.url?.endsWith(checksumsName)
        ? response.end(`${sha256(archive)}  ${archiveName}\n`)
        : response.write(archive.subarray(0, 50)),
    )
    const k6 = await findK6({
      ...linux,
      env: machine.env,
      releases: { ...releases, stallTimeoutMs: 100 },
    })
    expect(refusal(k6)).toMatch(/linux-amd64\.tar\.gz: nothing more came within 0\.1 s$/)
    expect(await readdir(machine.cache)).toEqual([])
  })

  test('a platform for which there is none', async () => {
    const { env } = await bareMachine()
    const k6 = await findK6({ env, platform: 'linux', arch: 'riscv64' })
    expect(refusal(k6)).toBe('k6 v2.2.0 is not released for linux-riscv64')
  })
})

test('an interrupted download is rejected with the reason and leaves nothing', async () => {
  const machine = await bareMachine()
  const archive = await packed()
  const interruption = new AbortController()
  const releases = await releaseServer((request, response) =>
    request.url?.endsWith(checksumsName)
      ? response.end(`${sha256(archive)}  ${archiveName}\n`)
      : response.write(archive.subarray(0, 50), () => interruption.abort(new Error('Ctrl-C'))),
  )
  await expect(findK6({ ...linux, env: machine.env, releases, signal: interruption.signal })).rejects.toThrow(
    'Ctrl-C',
  )
  expect(await readdir(machine.cache)).toEqual([])
})

test('a proxy that Node would ignore is pointed out', async () => {
  const machine = await bareMachine()
  const k6 = await findK6({
    ...linux,
    env: { ...machine.env, HTTPS_PROXY: 'http://127.0.0.1:1' },
    releases: await noReleaseServer(),
  })
  expect(refusal(k6)).toContain('NODE_USE_ENV_PROXY=1')
})
