import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alertsTo, fillOf, gather, planOf, processesWith, serve, until, useK6 } from './run-kit.ts'

const k6 = useK6()
const longPlan = planOf({
  fills: [fillOf(50, 3_000, 10)],
  deadlineMs: 60_000,
  requestTimeoutMs: 30_000,
  maxRequests: 3_000,
})

test('aborting stops the firing, leaves no k6, and writes what was in flight as unknown', async () => {
  const abort = new AbortController()
  // Every fifth request is never answered.
  const server = await serve((_, response, all) => {
    if (all.length % 5 !== 0) response.end()
    if (all.length === 30) abort.abort()
  })
  const { outcome, records, events } = await gather(k6, longPlan, alertsTo(server.url), {
    signal: abort.signal,
  })
  expect(outcome.kind).toBe('interrupted')
  expect(processesWith(k6.scenarioPath)).toEqual([])
  // Right away: at 50 a second, a second more would show.
  expect(server.seen.length).toBeLessThan(80)
  expect(records.length).toBeGreaterThanOrEqual(server.seen.length)
  const unanswered = records.filter(({ status }) => status === 0)
  expect(unanswered.length).toBeGreaterThanOrEqual(6)
  for (const { error, received } of unanswered) {
    expect(error).toMatch(/^no (answer recorded|response)$/)
    expect(received).toBeLessThanOrEqual(outcome.endedAtMs)
  }
  // What the interruption kept from being sent was not dropped.
  expect(events).toEqual([])
})

test('a signal that is aborted beforehand sends nothing', async () => {
  const server = await serve((_, response) => response.end())
  const { outcome, records } = await gather(k6, longPlan, alertsTo(server.url), {
    signal: AbortSignal.abort(),
  })
  expect(outcome).toMatchObject({ kind: 'interrupted', startedAtMs: undefined })
  expect(records).toEqual([])
  expect(server.seen).toEqual([])
})

test('a k6 that is killed is a failed run, and what it had started is unknown', async () => {
  const server = await serve((_, response, all) => {
    if (all.length % 4 !== 0) response.end()
    if (all.length === 24) for (const pid of processesWith(k6.scenarioPath)) process.kill(pid, 'SIGKILL')
  })
  const { outcome, records } = await gather(k6, longPlan, alertsTo(server.url))
  expect(outcome).toMatchObject({ kind: 'k6-failed', signal: 'SIGKILL', lostLines: 0 })
  expect(outcome).toHaveProperty('explanation', expect.stringContaining('k6 was ended by SIGKILL'))
  expect(records.length).toBeGreaterThanOrEqual(24)
  expect(records.filter(({ error }) => error === 'no answer recorded').length).toBeGreaterThanOrEqual(6)
})

test('k6 does not outlive an Onset that is killed, and sends nothing more', async () => {
  const server = await serve((_, response) => response.end())
  const script = join(k6.folder, 'onset.ts')
  const fireModule = join(import.meta.dirname, '../../lib/fire/fire.ts')
  writeFileSync(
    script,
    `import { fire } from ${JSON.stringify(fireModule)}
     await fire(${JSON.stringify(longPlan)}, ${JSON.stringify(alertsTo(server.url))}, {
       k6Path: ${JSON.stringify(k6.k6Path)}, scenarioPath: ${JSON.stringify(k6.scenarioPath)},
       runFolder: ${JSON.stringify(k6.folder)}, onRecord: () => {}, onEvent: () => {} })`,
  )
  const onset = spawn(process.execPath, [script], { stdio: 'ignore' })
  await until(() => server.seen.length >= 10)
  expect(processesWith(k6.scenarioPath)).toHaveLength(1)
  onset.kill('SIGKILL')
  const gone = new Promise((resolve) => onset.once('exit', resolve))
  await gone
  const before = server.seen.length
  await until(() => processesWith(k6.scenarioPath).length === 0)
  // What was under way may still arrive, and no more than may be in flight.
  expect(server.seen.length).toBeLessThanOrEqual(before + 10)
})

test('a k6 that has nothing to say does not outlive an Onset that is killed either', async () => {
  // Neither asks for anything nor writes: nothing that it does could tell it that Onset is gone.
  const silent = join(k6.folder, 'silent')
  const started = join(k6.folder, 'silent-has-started')
  writeFileSync(silent, `#!/bin/sh\n: > ${started}\nsleep 600 # "$@"\n`, { mode: 0o755 })
  const script = join(k6.folder, 'onset-of-silent.ts')
  const fireModule = join(import.meta.dirname, '../../lib/fire/fire.ts')
  writeFileSync(
    script,
    `import { fire } from ${JSON.stringify(fireModule)}
     await fire(${JSON.stringify(longPlan)}, ${JSON.stringify(alertsTo('http://127.0.0.1:9'))}, {
       k6Path: ${JSON.stringify(silent)}, scenarioPath: ${JSON.stringify(k6.scenarioPath)},
       runFolder: ${JSON.stringify(k6.folder)}, onRecord: () => {}, onEvent: () => {} })`,
  )
  const onset = spawn(process.execPath, [script], { stdio: 'ignore' })
  await until(() => existsSync(started))
  expect(processesWith(silent)).not.toEqual([])
  onset.kill('SIGKILL')
  await until(() => processesWith(silent).length === 0)
})

test('a k6 that does not listen is killed', async () => {
  const deaf = join(k6.folder, 'deaf')
  writeFileSync(deaf, `#!/bin/sh\ntrap '' INT\necho started >&2\nexec sleep 60 # "$@"\n`, { mode: 0o755 })
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 200)
  const { outcome, records } = await gather(
    { ...k6, k6Path: deaf },
    longPlan,
    alertsTo('http://127.0.0.1:9'),
    {
      signal: abort.signal,
    },
  )
  expect(outcome).toMatchObject({ kind: 'interrupted' })
  expect(records).toEqual([])
})

test('a target that refuses connections stops the run early', async () => {
  const server = await serve(() => {})
  server.close()
  const { outcome, records } = await gather(k6, longPlan, alertsTo(server.url))
  expect(outcome).toMatchObject({ kind: 'unreachable', lastError: 'connection refused' })
  expect(records.length).toBeGreaterThanOrEqual(10)
  expect(records.length).toBeLessThan(500)
  for (const record of records) expect(record).toMatchObject({ status: 0 })
})

test('a k6 that cannot be started, and one that refuses its scenario, say why', async () => {
  const missing = await gather({ ...k6, k6Path: '/nowhere/k6' }, longPlan, alertsTo('http://127.0.0.1:9'))
  expect(missing.outcome).toMatchObject({ kind: 'k6-failed', exitCode: null })
  expect(missing.outcome).toHaveProperty('explanation', expect.stringContaining('/nowhere/k6'))

  const broken = join(k6.folder, 'broken.js')
  writeFileSync(broken, 'throw new Error("this scenario is broken")')
  const refused = await gather({ ...k6, scenarioPath: broken }, longPlan, alertsTo('http://127.0.0.1:9'))
  expect(refused.outcome).toMatchObject({ kind: 'k6-failed', exitCode: 107 })
  expect(refused.outcome).toHaveProperty('explanation', expect.stringContaining('this scenario is broken'))
})

test('what a callback throws ends the run, comes back, and leaves nothing in the run folder', async () => {
  const server = await serve((_, response) => response.end())
  const full = new Error('no space left on the device')
  const runFolder = await mkdtemp(join(k6.folder, 'run-'))
  const run = gather(k6, longPlan, alertsTo(server.url), {
    runFolder,
    onRecord: () => {
      throw full
    },
  })
  await expect(run).rejects.toBe(full)
  expect(processesWith(k6.scenarioPath)).toEqual([])
  expect(await readdir(runFolder)).toEqual([])
})

test('a descriptor without an address, and a plan above its ceiling, are refused before anything starts', async () => {
  const run = gather(k6, { ...longPlan, maxRequests: 2_999 }, { descriptors: {}, secrets: [] })
  await expect(run).rejects.toThrow(
    'descriptor A has no address bound to it; the plan may send 3000 requests, above its own ceiling of 2999',
  )
})
