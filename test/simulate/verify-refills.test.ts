import { describe, expect, test } from 'vitest'
import { type CreateLimiter, verifyLimiter } from '../../lib/simulate/limiter.ts'

/** A bucket of 4, which gets `units` every `everyMs` at whole multiples of that. */
function bucket(units: number, everyMs: number): CreateLimiter {
  return () => {
    const byKey = new Map<string, { tokens: number; refills: number }>()
    return (key, cost, nowMs) => {
      const refills = Math.floor(nowMs / everyMs)
      const last = byKey.get(key) ?? { tokens: 4, refills }
      const tokens = Math.min(4, last.tokens + (refills - last.refills) * units)
      const allowed = cost <= tokens
      byKey.set(key, { tokens: allowed ? tokens - cost : tokens, refills })
      return allowed
    }
  }
}

const promised = { limit: 4, window: '2s', algorithm: 'token-bucket', refillEvery: '1s' } as const
const options = { seed: 1, histories: 20 }

describe('a bucket that is refilled at intervals', () => {
  test('passes as what it is, and as nothing else', async () => {
    expect(await verifyLimiter(bucket(2, 1000), promised, options)).toMatchObject({ ok: true })
    const { refillEvery: _, ...allTheTime } = promised
    expect(await verifyLimiter(bucket(2, 1000), allTheTime, options)).toMatchObject({ ok: false })
    expect(await verifyLimiter(bucket(1, 500), promised, options)).toMatchObject({ ok: false })
  })

  test('is told in words where it differs', async () => {
    const result = await verifyLimiter(bucket(3, 1000), promised, options)
    if (result.ok) throw new Error('expected a failure')
    expect(result.message).toContain('4 in 2 s (token-bucket, refilled every 1 s)')
    expect(result.message).toMatch(/refills? that comes? at/)
  })

  test('is refused where it cannot be, with what would do', async () => {
    const wrong = (more: object) => verifyLimiter(bucket(2, 1000), { ...promised, ...more }, options)
    await expect(wrong({ algorithm: 'gcra' })).rejects.toThrow(
      'limits.refillEvery: expected only beside algorithm: token-bucket, got "1s"',
    )
    await expect(wrong({ refillEvery: '300ms' })).rejects.toThrow('500ms brings 1')
    await expect(wrong({ refillEvery: 'soon' })).rejects.toThrow('limits.refillEvery: expected')
  })
})
