import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findK6, type K6, type K6Event, lookForK6 } from '../../lib/fire/k6/index.ts'
import { evict, withLock } from '../../lib/fire/k6/lock.ts'
import { bareMachine, type Machine, noReleaseServer, standInGo, temporaryFolder } from './k6-stand-ins.ts'

const linux = { platform: 'linux', arch: 'x64' } as const
const cached = 'k6-v2.2.0-linux-amd64'

type Report = { event: K6Event } | { result: K6 | { rejected: string } }

/** Starts a process that finds k6 on a machine; it is ended with the test where it still runs then. */
async function finder(machine: Machine) {
  const { baseUrl } = await noReleaseServer()
  const child = fork(join(import.meta.dirname, 'k6-finder.ts'), [baseUrl], {
    env: machine.env as NodeJS.ProcessEnv,
    execArgv: [],
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    pid: child.pid as number,
    kill: async (signal: NodeJS.Signals) => {
      child.kill(signal)
      await exited
    },
    event: (wanted: (event: K6Event) => boolean) =>
      report(child, (sent) => ('event' in sent && wanted(sent.event) ? sent.event : undefined)),
    result: () => report(child, (sent) => ('result' in sent ? sent.result : undefined)),
  }
}

function report<T>(child: ChildProcess, pick: (sent: Report) => T | undefined): Promise<T> {
  return new Promise((settle, reject) => {
    const ended = () => reject(new Error('the process ended before it reported that'))
    const look = (sent: unknown) => {
      const picked = pick(sent as Report)
      if (picked === undefined) return
      child.off('message', look)
      child.off('disconnect', ended)
      settle(picked)
    }
    child.on('message', look)
    child.once('disconnect', ended)
  })
}

/** The stand-in for Go has compiled one package of two and waits at its gate. */
const atTheGate = (event: K6Event) => event.kind === 'packages' && event.done === 1

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('two processes that need k6 at once', () => {
  test('one builds it, the other waits, says for whom, and uses it', async () => {
    const machine = await bareMachine()
    const go = await standInGo(machine, { gated: true })
    const first = await finder(machine)
    await first.event(atTheGate)

    const second = await finder(machine)
    const [waiting, firstResult, secondResult] = [
      second.event(({ kind }) => kind === 'waiting'),
      first.result(),
      second.result(),
    ]
    expect(await waiting).toMatchObject({ pid: first.pid })
    await go.open()

    const path = join(machine.cache, cached)
    expect(await firstResult).toMatchObject({ found: true, source: 'build', path })
    expect(await secondResult).toMatchObject({ found: true, source: 'cache', path })
    expect((await go.calls()).filter((call) => call.startsWith('build'))).toHaveLength(1)
    expect(await readdir(machine.cache)).toEqual([cached])
  })

  test('where the one that builds is interrupted, the other builds', async () => {
    const machine = await bareMachine()
    const go = await standInGo(machine, { gated: true })
    const first = await finder(machine)
    await first.event(atTheGate)
    const interruptedGo = await go.pid()

    const second = await finder(machine)
    await second.event(({ kind }) => kind === 'waiting')
    const gate = second.event(atTheGate)
    const [firstResult, secondResult] = [first.result(), second.result()]
    await first.kill('SIGINT')
    expect(await firstResult).toEqual({ rejected: 'interrupted' })
    expect(lives(interruptedGo)).toBe(false)
    await gate
    await go.open()

    expect(await secondResult).toMatchObject({ found: true, source: 'build' })
    expect(await readdir(machine.cache)).toEqual([cached])
  })
})

test('a build that was killed leaves nothing that is used, and the next one clears up after it', async () => {
  const machine = await bareMachine()
  const go = await standInGo(machine, { gated: true })
  const killed = await finder(machine)
  await killed.event(atTheGate)
  await killed.kill('SIGKILL')
  process.kill(await go.pid(), 'SIGKILL')

  expect((await readdir(machine.cache)).sort()).toEqual([expect.stringMatching(/\.tmp$/), `${cached}.lock`])
  expect(await lookForK6({ ...linux, env: machine.env })).toMatchObject({ found: false })

  const next = await finder(machine)
  const result = next.result()
  await next.event(atTheGate)
  expect((await readdir(machine.cache)).filter((name) => name.endsWith('.tmp'))).toHaveLength(1)
  await go.open()
  expect(await result).toMatchObject({ found: true, source: 'build' })
  expect(await readdir(machine.cache)).toEqual([cached])
})

test('an interrupted build ends the compiler, leaves nothing and is rejected with the reason', async () => {
  const machine = await bareMachine()
  const go = await standInGo(machine, { gated: true })
  const interruption = new AbortController()
  const found = findK6({
    ...linux,
    env: machine.env,
    releases: await noReleaseServer(),
    signal: interruption.signal,
    onEvent: (event) => {
      if (atTheGate(event)) interruption.abort(new Error('Ctrl-C'))
    },
  })
  await expect(found).rejects.toThrow('Ctrl-C')
  expect(lives(await go.pid())).toBe(false)
  expect(await readdir(machine.cache)).toEqual([])
})

describe('the lock', () => {
  const dead = { pid: 2 ** 22 + 1, host: hostname(), token: 'dead' }

  async function lockFile(owner?: object | string): Promise<string> {
    const path = join(await temporaryFolder(), 'k6.lock')
    if (owner !== undefined) await writeFile(path, typeof owner === 'string' ? owner : JSON.stringify(owner))
    return path
  }

  test('lets one in at a time, also where all of them meet a dead owner’s lock', async () => {
    const path = await lockFile(dead)
    let inside = 0
    let most = 0
    let worked = 0
    await Promise.all(
      Array.from({ length: 12 }, () =>
        withLock(path, {}, async () => {
          inside += 1
          most = Math.max(most, inside)
          for (let turns = 0; turns < 20; turns++) await turn()
          worked += 1
          inside -= 1
        }),
      ),
    )
    expect(most).toBe(1)
    expect(worked).toBe(12)
    expect(await readdir(join(path, '..'))).toEqual([])
  })

  test('is left to whoever took it over first', async () => {
    const path = await lockFile({ ...dead, pid: process.ppid })
    expect(await evict(path)).toBe(true)
    expect(await readFile(path, 'utf8')).toContain(`"pid":${process.ppid}`)
  })

  test('is taken over also where a process was killed while it did so', async () => {
    const path = await lockFile(dead)
    await writeFile(`${path}.takeover`, '')
    const minuteAgo = Date.now() / 1000 - 60
    await utimes(`${path}.takeover`, minuteAgo, minuteAgo)
    expect(await withLock(path, {}, async () => 'in')).toBe('in')
    expect(await readdir(join(path, '..'))).toEqual([])
  })

  test('is free again after work that fails', async () => {
    const path = await lockFile()
    await expect(withLock(path, {}, () => Promise.reject(new Error('oh')))).rejects.toThrow('oh')
    expect(await withLock(path, {}, async () => 'in')).toBe('in')
  })

  test.each([
    ['a process that has ended', dead, 0],
    ['an earlier process with a pid that is in use again', { ...dead, pid: process.pid, started: '1' }, 0],
    ['a process of another machine, long ago', { ...dead, host: 'elsewhere.example' }, 3600],
    ['nobody: it was never written to the end', '{"pid":12', 60],
  ])('is taken over from %s', async (_, owner, ageSeconds) => {
    const path = await lockFile(owner)
    const then = Date.now() / 1000 - ageSeconds
    await utimes(path, then, then)
    expect(await withLock(path, {}, async () => readFile(path, 'utf8'))).toContain(`"pid":${process.pid}`)
  })

  test.each([
    ['a process that lives', { ...dead, pid: process.ppid }, process.ppid],
    ['a process of another machine', { ...dead, host: 'elsewhere.example' }, dead.pid],
    ['somebody who has not yet written a name', '', undefined],
  ])('is waited for while it belongs to %s', async (_, owner, pid) => {
    const path = await lockFile(owner)
    const interruption = new AbortController()
    const seen: (number | undefined)[] = []
    const waiting = withLock(
      path,
      {
        signal: interruption.signal,
        onWait: (holder) => {
          seen.push(holder?.pid)
          interruption.abort(new Error('enough'))
        },
      },
      async () => 'in',
    )
    await expect(waiting).rejects.toThrow('enough')
    expect(seen).toEqual([pid])
  })
})

test('the temporaries of a process that lives are left alone', async () => {
  const machine = await bareMachine()
  await standInGo(machine)
  const theirs = join(machine.cache, `${cached}.0123.tmp`)
  await mkdir(theirs, { recursive: true })
  await writeFile(join(theirs, 'owner.json'), JSON.stringify({ pid: process.ppid, host: hostname() }))
  await findK6({ ...linux, env: machine.env, releases: await noReleaseServer() })
  expect((await readdir(machine.cache)).sort()).toEqual([cached, `${cached}.0123.tmp`])
})
