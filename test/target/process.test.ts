import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, describe, expect, test } from 'vitest'
import { spawnTarget, TargetStartError } from '../../lib/target/index.ts'
import { eventually, send } from './client.ts'

const main = fileURLToPath(new URL('../../lib/target/main.ts', import.meta.url))
const started: ChildProcess[] = []

/** Runs the target's entry; `url` is what it says on its first line, and never comes where it says none. */
function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env }, stdio: 'pipe' })
  started.push(child)
  const url = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line).listening))
  })
  return { child, url, stdout: text(child.stdout), stderr: text(child.stderr), exit: once(child, 'exit') }
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

describe('the process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('ends on %s with 0, connections or not', async (signal) => {
    const { child, url: told, exit } = run([])
    const url = await told
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await send('GET', `${url}/health/`)).status).toBe(200)
    child.kill(signal)
    expect(await exit).toEqual([0, null])
    await expect(send('GET', `${url}/health/`)).rejects.toThrow()
  })

  test('prints one line on standard output, and nothing else', async () => {
    const { child, url: told, stdout, stderr, exit } = run([])
    const url = await told
    child.kill('SIGTERM')
    await exit
    expect([await stdout, await stderr]).toEqual([`${JSON.stringify({ listening: url })}\n`, ''])
  })

  test('ends when standard input closes, if told so', async () => {
    const { child, url, exit } = run(['--until-stdin-closes'])
    await url
    child.stdin?.end()
    expect(await exit).toEqual([0, null])
  })

  test('does not outlive a parent that is killed', async () => {
    const parentCode = `
      import { spawnTarget } from ${JSON.stringify(new URL('../../lib/target/index.ts', import.meta.url).href)}
      const { url } = await spawnTarget()
      console.log(JSON.stringify({ url }))
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', parentCode], { stdio: 'pipe' })
    started.push(parent)
    const [line] = await once(parent.stdout, 'data')
    const { url } = JSON.parse(String(line))
    expect((await send('GET', `${url}/health/`)).status).toBe(200)
    parent.kill('SIGKILL')
    const answers = () =>
      send('GET', `${url}/health/`).then(
        () => true,
        () => false,
      )
    expect(await eventually(answers, (answered) => !answered)).toBe(false)
  })

  test('takes its configuration from a variable or from standard input', async () => {
    const config = JSON.stringify({
      users: [{ id: 'U', organization: 'onset' }],
      keys: [{ key: 'k', user: 'U' }],
    })
    const byVariable = run([], { ONSET_TARGET_CONFIG: config })
    const byInput = run(['--config', '-'])
    byInput.child.stdin?.end(config)
    for (const { url } of [byVariable, byInput]) {
      const current = `${await url}/api/v1/users/current/`
      expect((await send('GET', current, { headers: { authorization: 'k' } })).body.id).toBe('U')
    }
  })

  test('says that a port is in use, with 4', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    try {
      const { stderr, exit } = run(['--port', String(port)])
      expect(await exit).toEqual([4, null])
      expect(await stderr).toBe(
        `port ${port} of 127.0.0.1 is in use by another process: choose another with --port, or 0 for any free one\n`,
      )
      const spawning = spawnTarget({}, { port })
      await expect(spawning).rejects.toThrow(TargetStartError)
      await expect(spawning).rejects.toThrow(/ended before it listened: port \d+ .* is in use/)
      await expect(spawning).rejects.toMatchObject({ exitCode: 4 })
    } finally {
      taken.close()
    }
  })

  test('explains every mistake in its arguments and its configuration, with 2', async () => {
    const wrong = '{"limits":{"integration":{"limit":-1},"team":{}},"keys":[{"key":"k","user":"U"}]}'
    const mistakes: [string[], Record<string, string>, RegExp][] = [
      [['--port', 'http'], {}, /^--port: expected a number from 0 to 65535, got "http"\n$/],
      [['--loud'], {}, /--loud[\s\S]*usage: target/],
      [['--config', '/nowhere.json'], {}, /^--config: .*\/nowhere\.json/],
      [['--config', '-', '--until-stdin-closes'], {}, /^--config - reads standard input/],
      [[], { ONSET_TARGET_CONFIG: '{' }, /^\$ONSET_TARGET_CONFIG: expected JSON: /],
      [[], { ONSET_TARGET_CONFIG: wrong }, /limits\.integration\.limit: [\s\S]*limits: .*team/],
    ]
    const explained = mistakes.map(async ([args, env, said]) => {
      const { stdout, stderr, exit } = run(args, env)
      expect(await exit).toEqual([2, null])
      expect(await stderr).toMatch(said)
      expect(await stderr).not.toMatch(/ at .*:\d+:\d+/)
      expect(await stdout).toBe('')
    })
    await Promise.all(explained)
  })
})

describe('spawnTarget', () => {
  test('stops, more than once, and says how the process ended', async () => {
    const target = await spawnTarget()
    expect((await send('GET', `${target.url}/health/`)).status).toBe(200)
    await Promise.all([target.stop(), target.stop()])
    expect(await target.exited).toEqual({ code: 0, signal: null })
    await target.stop()
  })

  test('tells of an end that nobody asked for', async () => {
    const target = await spawnTarget()
    process.kill(target.pid, 'SIGKILL')
    expect(await target.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await target.stop()
  })

  test('hands on what the process said about a wrong configuration', async () => {
    await expect(spawnTarget({ processingDelayMs: -5 })).rejects.toMatchObject({
      name: 'TargetStartError',
      exitCode: 2,
      message: expect.stringMatching(/ended before it listened: .*processingDelayMs: /),
    })
  })

  test('gives up at its deadline, and leaves no process behind', async () => {
    await expect(spawnTarget({}, { startDeadlineMs: 1 })).rejects.toThrow('did not listen within 1 ms')
  })

  test('works from a bundle, with the target beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onset-bundle-'))
    const lib = fileURLToPath(new URL('../../lib/target/', import.meta.url))
    const asks = `
      import { spawnTarget } from ${JSON.stringify(join(lib, 'index.ts'))}
      const target = await spawnTarget()
      console.log((await fetch(target.url + '/health/')).status)
      await target.stop()`
    try {
      const bundle = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const
      await build({ ...bundle, entryPoints: [join(lib, 'main.ts')], outfile: join(folder, 'target.js') })
      const stdin = { contents: asks, resolveDir: lib }
      await build({ ...bundle, stdin, outfile: join(folder, 'cli.js') })
      await writeFile(join(folder, 'package.json'), '{"type":"module"}')
      const child = spawn(process.execPath, [join(folder, 'cli.js')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      started.push(child)
      expect(await text(child.stdout)).toBe('200\n')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
