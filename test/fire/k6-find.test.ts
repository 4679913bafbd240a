import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  describeK6Event,
  findK6,
  type K6Event,
  lookForK6,
  packageRoot,
  pinnedK6Version,
} from '../../lib/fire/k6/index.ts'
import { answersAsK6, bareMachine, noReleaseServer, script, standInGo } from './k6-stand-ins.ts'

const linux = { platform: 'linux', arch: 'x64' } as const
const cached = 'k6-v2.2.0-linux-amd64'

describe('the order in which k6 is looked for', () => {
  test('ONSET_K6 comes before the PATH and the cache', async () => {
    const { env, bin, cache, home } = await bareMachine()
    const mine = await script(join(home, 'my k6'), answersAsK6('2.0.1'))
    await script(join(bin, 'k6'), answersAsK6('2.1.0'))
    await script(join(cache, cached), answersAsK6('2.2.0'))

    expect(await findK6({ ...linux, env: { ...env, ONSET_K6: mine } })).toMatchObject({
      found: true,
      source: 'env',
      path: mine,
      version: '2.0.1',
    })
  })

  test('the PATH comes before the cache', async () => {
    const { env, bin, cache } = await bareMachine()
    const path = await script(join(bin, 'k6'), answersAsK6('2.1.0'))
    await script(join(cache, cached), answersAsK6('2.2.0'))

    expect(await findK6({ ...linux, env })).toEqual({
      found: true,
      source: 'path',
      path,
      version: '2.1.0',
      tried: [],
    })
  })

  test('an empty ONSET_K6 is as good as none', async () => {
    const { env, bin } = await bareMachine()
    await script(join(bin, 'k6'), answersAsK6('2.1.0'))
    expect(await findK6({ ...linux, env: { ...env, ONSET_K6: '' } })).toMatchObject({ source: 'path' })
  })

  test('a k6 of another major version is passed over for a later one on the PATH, and that is said', async () => {
    const { env, bin, home } = await bareMachine()
    const old = await script(join(bin, 'k6'), answersAsK6('1.7.1'))
    const path = await script(join(home, 'later', 'k6'), answersAsK6('2.1.0'))

    const k6 = await findK6({
      ...linux,
      env: { ...env, PATH: [env.PATH, join(home, 'later')].join(delimiter) },
    })
    expect(k6).toMatchObject({ found: true, source: 'path', path })
    expect(k6.tried).toEqual([{ source: 'path', why: `${old} is k6 v1.7.1, and Onset needs k6 v2` }])
  })

  test('an entry of the PATH that is not a folder does no harm', async () => {
    const { env, home, cache } = await bareMachine()
    await writeFile(join(home, 'file'), '')
    await script(join(cache, cached), answersAsK6('2.2.0'))
    const PATH = [join(home, 'file'), join(home, 'absent'), env.PATH].join(delimiter)
    expect(await findK6({ ...linux, env: { ...env, PATH } })).toMatchObject({ source: 'cache' })
  })

  test('a relative or empty entry of the PATH is not searched', async () => {
    const { env, cache } = await bareMachine()
    await script(join(cache, cached), answersAsK6('2.2.0'))
    const PATH = ['', '.', 'node_modules/.bin', env.PATH].join(delimiter)
    expect(await findK6({ ...linux, env: { ...env, PATH } })).toMatchObject({ source: 'cache' })
  })

  test('what is in the cache is used without a release or a build', async () => {
    const machine = await bareMachine()
    const go = await standInGo(machine)
    const path = await script(join(machine.cache, cached), answersAsK6('2.2.0'))

    expect(await findK6({ ...linux, env: machine.env })).toMatchObject({ source: 'cache', path })
    expect(await go.calls()).toEqual([])
  })
})

describe('an ONSET_K6 that cannot be used is an error, whatever else is there', () => {
  test.each<[string, (home: string) => Promise<string>, string]>([
    ['no such file', async (home) => join(home, 'absent'), 'does not exist'],
    ['another major version', (home) => script(join(home, 'k6'), answersAsK6('1.7.1')), 'is k6 v1.7.1'],
    ['a newer major version', (home) => script(join(home, 'k6'), answersAsK6('3.0.0')), 'is k6 v3.0.0'],
    ['another program', (home) => script(join(home, 'k6'), 'echo "Terraform v2.2.0"'), 'is not k6'],
    ['a program that fails', (home) => script(join(home, 'k6'), 'echo oh >&2; exit 7'), 'exit code 7: oh'],
    ['a folder', async (home) => home, 'is a folder or lacks the permission to execute'],
    [
      'a file that is no program',
      async (home) => {
        await writeFile(join(home, 'k6'), 'k6')
        return join(home, 'k6')
      },
      'lacks the permission to execute',
    ],
  ])('%s', async (_, make, why) => {
    const { env, bin, home, cache } = await bareMachine()
    await script(join(bin, 'k6'), answersAsK6('2.1.0'))
    const path = await make(home)

    const k6 = await findK6({ ...linux, env: { ...env, ONSET_K6: path } })
    if (k6.found) throw new Error(`${k6.path} was found`)
    expect(k6.tried).toHaveLength(1)
    expect(k6.tried[0]).toMatchObject({ source: 'env' })
    expect(k6.tried[0]?.why).toContain(path)
    expect(k6.tried[0]?.why).toContain(why)
    expect(k6.message).toContain('correct it, or unset it')
    await expect(readdir(cache)).rejects.toThrow('ENOENT')

    const look = await lookForK6({ ...linux, env: { ...env, ONSET_K6: path } })
    expect(look).toMatchObject({ found: false, settled: true, ways: [] })
  })
})

describe('the build', () => {
  test('it is what comes after an unreachable release, and it fills the cache', async () => {
    const machine = await bareMachine()
    await standInGo(machine)
    const events: K6Event[] = []
    const releases = await noReleaseServer()
    const env = { ...machine.env, GOPROXY: 'https://proxy.example', ONCALL_API_KEY: 'secret-of-the-run' }

    const k6 = await findK6({ ...linux, env, releases, onEvent: (event) => events.push(event) })
    const path = join(machine.cache, cached)
    expect(k6).toMatchObject({ found: true, source: 'build', path, version: '2.2.0' })
    expect(k6.tried.map(({ source }) => source)).toEqual(['path', 'cache', 'release'])
    expect(k6.tried[2]?.why).toMatch(/^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)$/)
    expect(await readdir(machine.cache)).toEqual([cached])
    expect(await findK6({ ...linux, env, releases })).toMatchObject({ source: 'cache', path })

    const kinds = new Set(events.map(({ kind }) => kind))
    expect([...kinds]).toEqual(['started', 'skipped', 'modules', 'packages'])
    expect(events.filter(({ kind }) => kind === 'packages').at(-1)).toMatchObject({ done: 2, total: 2 })
    expect(events.map(describeK6Event).join('\n')).toContain('Building k6: 1 of 2 packages')
  })

  test('it builds exactly what is pinned, for this platform, with nothing of the environment but what Go needs', async () => {
    const machine = await bareMachine()
    const go = await standInGo(machine)
    const env = { ...machine.env, GOPROXY: 'https://proxy.example', ONCALL_API_KEY: 'secret-of-the-run' }
    await findK6({ ...linux, env, releases: await noReleaseServer() })

    expect((await go.calls()).at(-1)).toMatch(
      /^build -v -mod=readonly -trimpath -buildvcs=false -o \S+\.tmp\/k6 go\.k6\.io\/k6\/v2$/,
    )
    const seen = await go.environment()
    expect(seen).toContain('GOPROXY=https://proxy.example')
    expect(seen).toContain('GOOS=linux')
    expect(seen).toContain('GOARCH=amd64')
    expect(seen).not.toContain('secret-of-the-run')
  })

  test('its failure is told in the words of the compiler, and leaves nothing', async () => {
    const machine = await bareMachine()
    await standInGo(machine, { fails: 'b.go:1:1: syntax error' })

    const k6 = await findK6({ ...linux, env: machine.env, releases: await noReleaseServer() })
    if (k6.found) throw new Error(`${k6.path} was found`)
    expect(k6.tried.at(-1)).toEqual({
      source: 'build',
      why: '"go build" failed (exit code 1): # example.org/b; b.go:1:1: syntax error',
    })
    expect(await readdir(machine.cache)).toEqual([])
  })

  test('a k6 in the cache that does not answer is said and replaced', async () => {
    const machine = await bareMachine()
    await standInGo(machine)
    await script(join(machine.cache, cached), 'exit 1')
    const said: string[] = []

    const k6 = await findK6({
      ...linux,
      env: machine.env,
      releases: await noReleaseServer(),
      onEvent: (event) => said.push(describeK6Event(event)),
    })
    expect(k6).toMatchObject({ found: true, source: 'build' })
    expect(said[0]).toMatch(/^Cache: .* failed at "version" with exit code 1$/)
  })

  test('the real module pins the version that is fetched', async () => {
    const folder = join(packageRoot(import.meta.url), 'scripts', 'k6')
    expect(await readFile(join(folder, 'go.mod'), 'utf8')).toContain(
      `\nrequire go.k6.io/k6/v2 v${pinnedK6Version}\n`,
    )
    expect(await readFile(join(folder, 'go.sum'), 'utf8')).toContain(
      `\ngo.k6.io/k6/v2 v${pinnedK6Version} h1:`,
    )
  })
})

describe('where there is no k6 and no way to get one', () => {
  test('the message says what was tried and the three ways', async () => {
    const { env, cache } = await bareMachine()
    const k6 = await findK6({ ...linux, env, releases: await noReleaseServer() })
    if (k6.found) throw new Error(`${k6.path} was found`)
    expect(k6.message.replace(/127\.0\.0\.1:\d+/, 'HOST').replaceAll(cache, 'CACHE')).toMatchInlineSnapshot(`
      "No usable k6 v2 was found, and Onset sends its requests with it.
      Tried:
        PATH: no k6 is on it
        Cache: CACHE/k6-v2.2.0-linux-amd64 does not exist
        Release: HOST cannot be reached (ECONNREFUSED)
        Build: Go is not on the PATH
      Any one of these helps:
        1. set ONSET_K6 to the path of a k6 v2
        2. install k6 v2 so that it is on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/)
        3. let Onset get k6 v2.2.0 itself: where github.com can be reached it fetches the release, and where Go 1.25 or later is on the PATH it builds k6"
    `)
  })

  test('a cache that cannot be made is said, with what to set', async () => {
    const { env, home } = await bareMachine()
    await writeFile(join(home, 'file'), '')
    const k6 = await findK6({ ...linux, env: { ...env, ONSET_CACHE: join(home, 'file', 'cache') } })
    expect(k6.found).toBe(false)
    expect(k6.tried.at(-1)?.why).toMatch(/cannot be used \(ENOTDIR.*ONSET_CACHE names another folder/)
  })

  test('an incomplete installation is said', async () => {
    const machine = await bareMachine()
    await standInGo(machine)
    await mkdir(join(machine.home, 'package'))
    const k6 = await findK6({
      ...linux,
      env: machine.env,
      releases: await noReleaseServer(),
      packageFolder: join(machine.home, 'package'),
    })
    expect(k6.tried.at(-1)?.why).toContain('the installation of Onset is incomplete')
  })
})

describe('looking alone', () => {
  test('it says what would be done, and does nothing', async () => {
    const machine = await bareMachine()
    const go = await standInGo(machine)
    const look = await lookForK6({ ...linux, env: machine.env })
    expect(look).toMatchObject({ found: false, settled: false })
    expect('ways' in look && look.ways).toEqual([
      {
        source: 'release',
        possible: true,
        what: 'Fetch https://github.com/grafana/k6/releases/download/v2.2.0/k6-v2.2.0-linux-amd64.tar.gz.',
      },
      { source: 'build', possible: true, what: 'Build k6 v2.2.0 with go1.26.8.' },
    ])
    expect(await go.calls()).toEqual(['version'])
    await expect(readdir(machine.cache)).rejects.toThrow('ENOENT')
  })

  test('it says what cannot be done', async () => {
    const { env } = await bareMachine()
    const look = await lookForK6({ env, platform: 'freebsd', arch: 'x64' })
    expect('ways' in look && look.ways).toEqual([
      { source: 'release', possible: false, what: 'k6 is not released for freebsd-amd64.' },
      { source: 'build', possible: false, what: 'k6 cannot be built: Go is not on the PATH.' },
    ])
  })

  test('the cache is where the environment says', async () => {
    const { env, home } = await bareMachine()
    for (const [variables, folder] of [
      [{ ONSET_CACHE: join(home, 'a') }, join(home, 'a')],
      [{ ONSET_CACHE: undefined, XDG_CACHE_HOME: join(home, 'x') }, join(home, 'x', 'onset')],
      [{ ONSET_CACHE: undefined, XDG_CACHE_HOME: 'relative' }, join(home, '.cache', 'onset')],
      [{ ONSET_CACHE: undefined }, join(home, '.cache', 'onset')],
    ] as const) {
      const path = await script(join(folder, cached), answersAsK6('2.2.0'))
      expect(await lookForK6({ ...linux, env: { ...env, ...variables } })).toMatchObject({ path })
    }
  })
})
