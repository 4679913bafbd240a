import { describe, expect, test } from 'vitest'
import {
  assertLimiter,
  type CreateLimiter,
  LimiterError,
  type VerificationFailed,
  verifyLimiter,
} from '../../lib/simulate/limiter.ts'

const limit = { limit: 5, windowMs: 1000, algorithm: 'sliding-log' } as const
const options = { seed: 1, histories: 20 }

function slidingLog(most: number, windowMs: number): CreateLimiter {
  return () => {
    const byKey = new Map<string, number[]>()
    return (key, cost, nowMs) => {
      const units = (byKey.get(key) ?? []).filter((atMs) => atMs > nowMs - windowMs)
      if (units.length + cost > most) return false
      byKey.set(key, [...units, ...Array.from({ length: cost }, () => nowMs)])
      return true
    }
  }
}

/** Windows that start at whole multiples of their length, counted after a wait where one is wanted. */
function fixedWindow(most: number, windowMs: number): CreateLimiter {
  return () => {
    const counts = new Map<string, number>()
    return (key, cost, nowMs) => {
      const window = `${key} ${Math.floor(nowMs / windowMs)}`
      const count = counts.get(window) ?? 0
      if (count + cost > most) return false
      counts.set(window, count + cost)
      return true
    }
  }
}

/** Reads, waits and writes, so that requests that overlap overwrite each other. */
const lostUpdate: CreateLimiter = ({ clock, random }) => {
  const counts = new Map<string, number>()
  return async (key, cost, nowMs) => {
    const window = `${key} ${Math.floor(nowMs / 1000)}`
    const count = counts.get(window) ?? 0
    await clock.sleep(1 + 3 * random())
    if (count + cost > 5) return false
    counts.set(window, count + cost)
    return true
  }
}

async function failure(...args: Parameters<typeof verifyLimiter>): Promise<VerificationFailed> {
  const result = await verifyLimiter(...args)
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result)}`)
  // What a correct limiter answers as well could be no failure.
  expect(result.expected).not.toEqual(result.calls.map(({ allowed }) => allowed))
  return result
}

/** Runs what a message tells to paste. */
function paste(message: string, create: CreateLimiter): Promise<void> {
  const code = message.slice(message.indexOf('\n  // import'))
  const assert = {
    equal(actual: unknown, expected: unknown, what: string) {
      if (actual !== expected) throw new Error(`${what}: expected ${expected}, got ${actual}`)
    },
  }
  return new Function('create', 'assert', 'assertLimiter', `return (async () => {${code}\n})()`)(
    create,
    assert,
    assertLimiter,
  )
}

describe('limiters that keep to their limit', () => {
  test.each([
    ['a sliding log', slidingLog(5, 1000), limit],
    ['a sliding log, whatever the algorithm', slidingLog(5, 1000), { limit: 5, window: '1s' }],
    ['a fixed window', fixedWindow(5, 1000), { ...limit, algorithm: 'fixed-window' as const }],
  ])('%s passes', async (_, create, promised) => {
    const result = await verifyLimiter(create, promised, options)
    expect(result).toMatchObject({ ok: true, histories: 20, seed: 1 })
    if (result.ok) expect(result.passed).toBeGreaterThan(10)
  })

  test('the first histories are compared with other limits, and the others are not', async () => {
    const result = await verifyLimiter(slidingLog(5, 1000), limit, { ...options, compared: 8 })
    expect(result).toMatchObject({ ok: true, histories: 20, explained: 12 })
    if (result.ok) expect(result.passed + result.inconclusive).toBe(8)
    const none = await verifyLimiter(slidingLog(5, 1000), limit, { ...options, compared: 0 })
    expect(none).toMatchObject({ ok: true, passed: 0, inconclusive: 0, explained: 20, reasons: {} })
  })

  test('so it does with costs, latency and several keys', async () => {
    const more = { ...options, highestCost: 3, latencyMs: 4, keys: ['a', 'b', "it's"] }
    expect(await verifyLimiter(slidingLog(5, 1000), [limit], more)).toMatchObject({ ok: true })
  })
})

describe('limiters that do not', () => {
  test('a fault that only comes after the histories that are compared is found', async () => {
    let made = 0
    const worn: CreateLimiter = (world) => slidingLog(++made < 12 ? 5 : 6, 1000)(world)
    const result = await failure(worn, limit, { ...options, compared: 3 })
    expect(result.history).toBe(12)
  })

  test('one too many is found, and is six calls', async () => {
    const result = await failure(slidingLog(6, 1000), limit, options)
    expect(result.calls.map(({ allowed }) => allowed)).toEqual(Array(6).fill(true))
    expect(result.expected).toEqual([true, true, true, true, true, false])
    expect(result.certificate).toMatchObject({ kind: 'over-admission', calls: [1, 2, 3, 4, 5, 6] })
    expect(result.message).toContain('6 in 1 s')
  })

  test('one too few is found, and is five calls', async () => {
    const result = await failure(slidingLog(4, 1000), limit, options)
    expect(result.calls.at(-1)?.allowed).toBe(false)
    expect(result.calls.length).toBeLessThanOrEqual(5)
  })

  test.each([900, 1100])('a window of %i ms instead of 1000 is found, whatever the algorithm', async (ms) => {
    const result = await failure(fixedWindow(5, ms), { limit: 5, window: '1s' }, options)
    expect(result.calls.length).toBeLessThanOrEqual(16)
  })

  test('one too many in a fixed window is found, whatever the algorithm', async () => {
    const result = await failure(fixedWindow(6, 1000), { limit: 5, window: '1s' }, options)
    expect(result.calls.length).toBeLessThanOrEqual(14)
  })

  test('a lost update is found, and shown again by the same traffic', async () => {
    const promised = { limit: 5, window: '1s', algorithm: 'fixed-window' } as const
    const result = await failure(lostUpdate, promised, options)
    expect(result.calls.length).toBeLessThanOrEqual(14)
    await expect(paste(result.message, lostUpdate)).rejects.toThrow(LimiterError)
  })

  test('the test to paste fails for the limiter, and passes for a correct one', async () => {
    const { message } = await failure(slidingLog(6, 1000), limit, options)
    await expect(paste(message, slidingLog(6, 1000))).rejects.toThrow('call 6: expected false, got true')
    await paste(message, slidingLog(5, 1000))
  })

  test('the same seed gives the same result, and another is drawn where none is given', async () => {
    const once = await verifyLimiter(lostUpdate, { limit: 5, window: '1s' }, options)
    expect(await verifyLimiter(lostUpdate, { limit: 5, window: '1s' }, options)).toEqual(once)
    const { seed } = await verifyLimiter(slidingLog(5, 1000), limit, { histories: 1 })
    expect(Number.isInteger(seed)).toBe(true)
  })

  test('assertLimiter says so by an error that holds the result', async () => {
    const error = await assertLimiter(slidingLog(6, 1000), limit, options).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(LimiterError)
    expect(error).toMatchObject({ name: 'LimiterError', result: { ok: false, seed: 1 } })
    expect(error.message).toBe(error.result.message)
  })
})

describe('what only some traffic shows is found', () => {
  const of10s = { limit: 5, window: '10s' } as const

  test('an update that is lost in two milliseconds of ten seconds', async () => {
    const create: CreateLimiter = ({ clock }) => {
      const counts = new Map<string, number>()
      return async (key, _cost, nowMs) => {
        const window = `${key} ${Math.floor(nowMs / 10_000)}`
        const count = counts.get(window) ?? 0
        await clock.sleep(2)
        if (count >= 5) return false
        counts.set(window, count + 1)
        return true
      }
    }
    await failure(create, { ...of10s, algorithm: 'fixed-window' }, options)
  })

  test('an update that is lost between two promises', async () => {
    const create: CreateLimiter = () => {
      const counts = new Map<string, number>()
      return async (key, _cost, nowMs) => {
        const window = `${key} ${Math.floor(nowMs / 10_000)}`
        const count = await Promise.resolve(counts.get(window) ?? 0)
        if (count >= 5) return false
        counts.set(window, count + 1)
        return true
      }
    }
    await failure(create, { ...of10s, algorithm: 'fixed-window' }, options)
  })

  test('a bucket that holds more after two idle windows', async () => {
    const create: CreateLimiter = () => {
      const buckets = new Map<string, { tokens: number; atMs: number }>()
      return (key, _cost, nowMs) => {
        const { tokens, atMs } = buckets.get(key) ?? { tokens: 5, atMs: nowMs }
        const most = nowMs - atMs > 20_000 ? 10 : 5
        const now = Math.min(most, tokens + (nowMs - atMs) * (5 / 10_000))
        buckets.set(key, { tokens: now < 1 ? now : now - 1, atMs: nowMs })
        return now >= 1
      }
    }
    await failure(create, { ...of10s, algorithm: 'token-bucket' }, { ...options, histories: 200 })
  })

  test('a limiter that is open for a moment when a window starts', async () => {
    const create: CreateLimiter = (world) => {
      const decide = fixedWindow(5, 10_000)(world)
      return (key, cost, nowMs) => nowMs % 10_000 < 3 || decide(key, cost, nowMs)
    }
    await failure(create, { ...of10s, algorithm: 'fixed-window' }, { ...options, histories: 200 })
  })
})

describe('what is no limiter gets an error that says what to do', () => {
  test.each<[string, CreateLimiter, string]>([
    ['throws', () => () => JSON.parse('{'), 'The limiter threw at call 1 (key "key-'],
    ['rejects', () => () => Promise.reject(new Error('full')), 'The limiter threw at call 1'],
    ['answers nothing', () => (() => {}) as never, 'expected true or false, got undefined'],
    ['answers a promise of an object', () => (async () => ({})) as never, 'got an object'],
    ['never answers', () => () => new Promise(() => {}), 'nothing more is due on the fake clock'],
    [
      'waits for ever',
      ({ clock }) =>
        async () => {
          for (;;) await clock.sleep(100)
        },
      'the last request was sent 10000 ms ago on the fake clock',
    ],
    ['is made by nothing', (() => undefined) as never, 'expected it to return a function'],
  ])('one that %s', async (_, create, said) => {
    await expect(verifyLimiter(create, limit, { seed: 1, histories: 1, requests: 25 })).rejects.toThrow(said)
  })

  test('so do mistakes in the limit, all at once', async () => {
    const given = { limit: 0, windowMs: 20, algorithm: 'leaky' as never }
    await expect(verifyLimiter(slidingLog(5, 1000), given)).rejects.toThrow(
      /limits\.limit: .*got 0\nlimits\.windowMs: .*got "?20.*\nlimits\.algorithm: /,
    )
    await expect(verifyLimiter(slidingLog(5, 1000), [])).rejects.toThrow('got an empty list')
  })

  test('and mistakes in the options', async () => {
    const given = { histories: 0, seed: -1, keys: 0, latencyMs: -1, highestCost: 6 }
    await expect(verifyLimiter(slidingLog(5, 1000), limit, given)).rejects.toThrow(
      /latencyMs.*\n.*histories.*\n.*seed.*\n.*keys.*\n.*highestCost/,
    )
  })
})
