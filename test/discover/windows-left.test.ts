import { describe, expect, test } from 'vitest'
import { limitsToPlan } from '../../lib/discover/index.ts'
import {
  bucketBeside,
  multipleBeside,
  refined,
  sharpened,
  writtenBucket,
} from '../../lib/discover/windows-left.ts'
import { type Algorithm, type Limit, limitSchema } from '../../lib/spec/index.ts'

function limitOf(limit: number, windowMs: number, algorithm: Algorithm[]): Limit {
  return limitSchema.parse({
    name: 'per key',
    scope: 'apiKey',
    limit,
    window: `${windowMs}ms`,
    algorithm,
  })
}

/** Runs that contradict all but these windows of each algorithm. */
function runsThatLeave(left: Partial<Record<Algorithm, [fromMs: number, toMs: number]>>) {
  return ({ algorithm, window }: Limit) =>
    algorithm.some((one) => {
      const [from, to] = left[one] ?? [1, 0]
      return from <= window && window <= to
    })
}

describe('a limit is said', () => {
  const limit = limitOf(100, 7_010, ['fixed-window', 'first-hit-window', 'sliding-log'])

  test('with a window in whole seconds where runs leave one, and the algorithms that go with it', () => {
    const canBe = runsThatLeave({ 'fixed-window': [6_990, 7_020], 'sliding-log': [6_999, 7_001] })
    expect(sharpened(limit, canBe, [])).toMatchObject({
      window: 7_000,
      algorithm: ['fixed-window', 'sliding-log'],
    })
  })

  test('with the middle of the windows that runs leave, where people write none of them', () => {
    const canBe = runsThatLeave({ 'first-hit-window': [7_005, 7_025] })
    expect(sharpened(limit, canBe, [])).toMatchObject({ window: 7_015, algorithm: ['first-hit-window'] })
  })

  test('with no window that a run which passed did not know', () => {
    const canBe = runsThatLeave({ 'fixed-window': [6_000, 8_000] })
    const passed = [{ algorithm: 'fixed-window', span: [7_003, 7_013] as const } as const]
    expect(sharpened(limit, canBe, passed)).toMatchObject({ window: 7_008, algorithm: ['fixed-window'] })
  })

  test('as it was where runs leave nothing near it', () => {
    expect(sharpened(limit, () => false, [])).toEqual(limit)
  })

  test('with a window near its own where a run contradicts that', () => {
    const canBe = runsThatLeave({ 'sliding-log': [7_100, 7_110] })
    expect(canBe(refined(limit, canBe))).toBe(true)
    expect(refined(limit, () => false)).toEqual(limit)
  })
})

describe('a bucket', () => {
  const bucket = limitOf(400, 2_000, ['token-bucket', 'gcra'])

  test('has one beside it that refills as fast, unless runs contradict it', () => {
    const pace = ({ limit, window }: Limit) => limit / window
    const alike = (one: Limit) => Math.abs(pace(one) / pace(bucket) - 1) < 0.001
    const beside = bucketBeside(bucket, (one) => one.limit === 401 && alike(one))
    expect(beside).toMatchObject({ limit: 401, window: 2_005 })
    expect(bucketBeside(bucket, ({ limit }) => limit === 400)).toBeUndefined()
  })

  test('is said with a window that people write, where runs allow one that refills as fast', () => {
    const runs = (one: Limit) =>
      one.limit <= 484 && Math.abs(one.limit / one.window / (481 / 2_000) - 1) < 0.0002
    const saidOf = (limit: number, window: number) => writtenBucket({ ...bucket, limit, window }, runs)
    expect(saidOf(482, 2_004)).toMatchObject({ limit: 481, window: 2_000 })
    expect(saidOf(484, 2_012)).toMatchObject({ limit: 481, window: 2_000 })
  })

  test('is said as it is where runs contradict one between it and the written window', () => {
    const runs = (one: Limit) =>
      one.limit !== 482 && Math.abs(one.limit / one.window / (481 / 2_000) - 1) < 0.0002
    expect(writtenBucket({ ...bucket, limit: 483, window: 2_008 }, runs)).toMatchObject({ limit: 483 })
    const whole = { ...bucket, limit: 490, window: 2_500 }
    expect(writtenBucket(whole, () => true)).toEqual(whole)
  })

  test('is the only one that has', () => {
    expect(bucketBeside(limitOf(400, 2_000, ['sliding-log']), () => true)).toBeUndefined()
  })

  test('is probed as often as its tolerance asks, others more often, unless a pace is kept', () => {
    const log = limitOf(100, 7_000, ['sliding-log'])
    const tolerances = (isPaced?: true) =>
      limitsToPlan({ limits: [log, bucket], only: ['apiKey'], isPaced }).map(({ tolerance }) => tolerance)
    expect(tolerances()).toEqual([0.0125, 0.05])
    expect(tolerances(true)).toEqual([0.05, 0.05])
  })
})

describe('a window that passed by its edges', () => {
  const part = limitOf(100, 7_000, ['fixed-window', 'sliding-log'])
  const passedBy = (algorithm: Algorithm) => [{ algorithm, span: [6_998, 7_002] as const }]
  const isFive = runsThatLeave({ 'fixed-window': [34_995, 35_003] })

  test('may be a part of a longer one than a pass has excluded', () => {
    expect(multipleBeside(part, isFive, passedBy('fixed-window'), 120_000)).toMatchObject({ window: 35_000 })
    expect(multipleBeside(part, isFive, passedBy('fixed-window'), 30_000)).toBeUndefined()
    expect(multipleBeside(part, () => false, passedBy('fixed-window'), 120_000)).toBeUndefined()
  })

  test('and is not where the time for which it refused shows how long it is', () => {
    expect(multipleBeside(part, isFive, passedBy('sliding-log'), 120_000)).toBeUndefined()
  })
})
