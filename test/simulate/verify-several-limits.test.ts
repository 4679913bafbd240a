import { describe, expect, test } from 'vitest'
import { assertLimiter, type CreateLimiter, LimiterError, verifyLimiter } from '../../lib/simulate/limiter.ts'

const windowMs = 1000
const log = { windowMs, algorithm: 'sliding-log' } as const
const perKeyAndOverall = [
  { ...log, limit: 3 },
  { ...log, limit: 5, per: 'all' },
] as const
const options = { seed: 4, histories: 40, keys: 3 }

interface Counted {
  limit: number
  name: (key: string) => string
}

/** Sliding logs side by side: a request is let through, and counted, where all of them have room. */
function logs(...counted: Counted[]): CreateLimiter {
  return () => {
    const entries = new Map<string, number[]>()
    return (key, cost, nowMs) => {
      const mine = counted.map(({ limit, name }) => {
        const recent = (entries.get(name(key)) ?? []).filter((atMs) => atMs > nowMs - windowMs)
        entries.set(name(key), recent)
        return { recent, hasRoom: recent.length + cost <= limit }
      })
      if (!mine.every(({ hasRoom }) => hasRoom)) return false
      for (const { recent } of mine) for (let unit = 0; unit < cost; unit++) recent.push(nowMs)
      return true
    }
  }
}

const perKey = (limit: number): Counted => ({ limit, name: (key) => `key ${key}` })
const overall = (limit: number): Counted => ({ limit, name: () => 'all' })

describe('a limit for each key beside one over all keys', () => {
  test.each([0, 5])('a limiter that keeps to both passes, with a latency of %i ms', async (latencyMs) => {
    const result = await verifyLimiter(logs(perKey(3), overall(5)), perKeyAndOverall, {
      ...options,
      latencyMs,
    })
    expect(result).toMatchObject({ ok: true })
    if (result.ok) expect(result.passed).toBeGreaterThan(0)
  })

  test.each([
    ['one too many for each key', logs(perKey(4), overall(5)), 0],
    ['one too many over all', logs(perKey(3), overall(6)), 1],
    ['no limit over all', logs(perKey(3)), 1],
    ['no limit for each key', logs(overall(5)), 0],
  ])('%s is found, and which limit it is', async (_, create, broken) => {
    const result = await verifyLimiter(create, perKeyAndOverall, options)
    if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result)}`)
    expect(result.limits).toEqual([broken])
    expect(result.calls.length).toBeLessThanOrEqual(12)
    expect(result.expected).not.toEqual(result.calls.map(({ allowed }) => allowed))
    expect(result.message).toContain(broken === 1 ? '5 in 1 s over all keys' : '3 in 1 s (sliding-log):')
  })

  test.each([
    ['one too few for each key', logs(perKey(2), overall(5)), 'consistent with 2 in 1 s, not with 3 in 1 s'],
    ['one too few over all', logs(perKey(3), overall(4)), 'consistent with 4 in 1 s, not with 5 in 1 s'],
  ])('%s is found, and which numbers it would take', async (_, create, seen) => {
    const result = await verifyLimiter(create, perKeyAndOverall, options)
    if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result)}`)
    // Each may refuse what it has room for, and the answers do not say which did.
    expect(result.limits).toEqual([0, 1])
    expect(result.certificate.kind).toBe('several-limits')
    expect(result.calls.length).toBeLessThanOrEqual(12)
    expect(result.message).toContain(seen)
    expect(result.message).toContain('which of them cannot be told')
  })

  test('what the message tells to paste fails again', async () => {
    // It waits, so that the calls alone do not show it.
    const racing: CreateLimiter = ({ clock }) => {
      let [count, since] = [0, 0]
      return async (_key, _cost, nowMs) => {
        if (nowMs - since >= windowMs) [count, since] = [0, nowMs]
        const before = count
        await clock.sleep(2)
        if (before >= 5) return false
        count = before + 1
        return true
      }
    }
    const limits = [
      { limit: 5, windowMs, per: 'all', algorithm: 'first-hit-window' },
      { limit: 9, windowMs, algorithm: 'first-hit-window' },
    ] as const
    const result = await verifyLimiter(racing, limits, options)
    if (result.ok) throw new Error('expected a failure')
    expect(result.message).toContain("per: 'all'")
    const { traffic } = result
    await expect(assertLimiter(racing, limits, { traffic, seed: 1 })).rejects.toThrow(LimiterError)
  })
})

describe('other limits together', () => {
  test('two windows for the same key', async () => {
    const limits = [
      { ...log, limit: 3 },
      { ...log, limit: 4, windowMs: 5000 },
    ]
    const both: CreateLimiter = () => {
      const entries = new Map<string, number[]>()
      return (key, _cost, nowMs) => {
        const all = entries.get(key) ?? []
        entries.set(key, all)
        const within = (ms: number) => all.filter((atMs) => atMs > nowMs - ms).length
        if (within(1000) >= 3 || within(5000) >= 4) return false
        all.push(nowMs)
        return true
      }
    }
    expect(await verifyLimiter(both, limits, options)).toMatchObject({ ok: true })
    const result = await verifyLimiter(logs(perKey(3)), limits, options)
    expect(result).toMatchObject({ ok: false, limits: [1] })
  })

  test('keys that a function puts together', async () => {
    const tenant = (key: string) => key.slice(0, 1)
    const limits = [
      { ...log, limit: 2 },
      { ...log, limit: 3, per: tenant },
    ]
    const keys = ['a1', 'a2', 'b1', 'b2']
    const right = logs(perKey(2), { limit: 3, name: tenant })
    expect(await verifyLimiter(right, limits, { ...options, keys })).toMatchObject({ ok: true })
    const wrong = logs(perKey(2), { limit: 3, name: () => 'all tenants' })
    expect(await verifyLimiter(wrong, limits, { ...options, keys })).toMatchObject({ ok: false })
  })

  test('mistakes name the limit', async () => {
    const limits = [
      { limit: 3, windowMs },
      { limit: 0, windowMs, per: 'tenant' as never },
    ]
    await expect(verifyLimiter(logs(), limits)).rejects.toThrow(
      /limits\[1\]\.limit: .*\nlimits\[1\]\.per: expected 'key', 'all'/,
    )
  })
})

describe('making a failure small', () => {
  test('has a bound, and says that it was reached', async () => {
    const limit = { ...log, limit: 3 }
    const full = await verifyLimiter(logs(perKey(4)), limit, options)
    expect(full).toMatchObject({ ok: false, shrinking: { complete: true } })
    const short = await verifyLimiter(logs(perKey(4)), limit, { ...options, shrinkTries: 2 })
    expect(short).toMatchObject({ ok: false, shrinking: { tries: 2, complete: false } })
    if (full.ok || short.ok) throw new Error('expected failures')
    expect(short.message).toContain('stopped after 2 tries')
    const none = await verifyLimiter(logs(perKey(4)), limit, { ...options, shrinkTries: 0 })
    if (none.ok) throw new Error('expected a failure')
    expect(none.shrinking).toEqual({ tries: 0, complete: false })
    expect(none.calls.length).toBeGreaterThan(full.calls.length)
  })

  test('comes to an end for updates that are lost where many requests overlap', async () => {
    const lossy: CreateLimiter = ({ clock, random }) => {
      const counts = new Map<string, number>()
      return async (key, _cost, nowMs) => {
        const window = `${key} ${Math.floor(nowMs / 200)}`
        const count = counts.get(window) ?? 0
        await clock.sleep(10 + 10 * random())
        if (count >= 5) return false
        counts.set(window, count + 1)
        return true
      }
    }
    const result = await verifyLimiter(lossy, { limit: 5, windowMs: 200 }, { seed: 3, histories: 20 })
    if (result.ok) throw new Error('expected a failure')
    expect(result.calls.length).toBeLessThanOrEqual(20)
  })
})
