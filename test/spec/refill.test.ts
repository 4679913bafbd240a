import { describe, expect, test } from 'vitest'
import { enforcing } from '../../lib/cli/serve/embedded-config.ts'
import { type Limit, parseSpec, shortened } from '../../lib/spec/index.ts'
import { formatMistakes } from '../../lib/spec/mistake.ts'

/** A spec of one limit: 300 in 5 minutes, and what is written beside. */
const parsed = (beside: string, numbers = 'limit: 300, window: 5m') =>
  parseSpec(`limits: [{name: a, scope: integration, ${numbers}, ${beside}}]`, { file: 'spec.yaml', env: {} })

function limitOf(...written: Parameters<typeof parsed>): Limit {
  const spec = parsed(...written)
  if (!spec.ok) throw new Error(formatMistakes(spec.mistakes))
  return spec.spec.limits[0] as Limit
}

function mistakesIn(...written: Parameters<typeof parsed>): string {
  const spec = parsed(...written)
  return spec.ok ? '' : formatMistakes(spec.mistakes)
}

describe('how often a bucket is refilled', () => {
  test('is in milliseconds, and missing where it is all the time', () => {
    expect(limitOf('algorithm: token-bucket, refillEvery: 1s').refillEvery).toBe(1_000)
    expect(limitOf('algorithm: [gcra, token-bucket], refillEvery: 5m').refillEvery).toBe(300_000)
    expect(limitOf('algorithm: token-bucket')).not.toHaveProperty('refillEvery')
  })

  test('is shortened with the window', () => {
    const spec = parsed('algorithm: token-bucket, refillEvery: 3s')
    if (!spec.ok) throw new Error(formatMistakes(spec.mistakes))
    expect(shortened(spec.spec, 10_000).limits).toMatchObject([{ window: 10_000, refillEvery: 100 }])
    // A second of five minutes would be 33 ms of ten seconds, which bring 0.99 of 300.
    const everySecond = parsed('algorithm: token-bucket, refillEvery: 1s')
    if (!everySecond.ok) throw new Error(formatMistakes(everySecond.mistakes))
    expect(shortened(everySecond.spec, 10_000).limits).toMatchObject([{ limit: 300, refillEvery: 100 }])
    expect(shortened(everySecond.spec, 1).limits).toMatchObject([{ window: 1, refillEvery: 1 }])
  })

  test('is what the stand-in does when it enforces the spec', () => {
    const { integration } = enforcing([limitOf('algorithm: token-bucket, refillEvery: 1s')])
    expect(integration).toMatchObject({ algorithm: 'token-bucket', refillTickMs: 1_000 })
    const first = enforcing([limitOf('algorithm: [gcra, token-bucket], refillEvery: 1s')]).integration
    expect(first).not.toHaveProperty('refillTickMs')
  })

  test('need not divide the window', () => {
    expect(limitOf('algorithm: token-bucket, refillEvery: 7s').refillEvery).toBe(7_000)
  })
})

describe('mistakes in how often a bucket is refilled', () => {
  test.each([
    ['refillEvery: 1s', 'expected only beside algorithm: token-bucket, found "1s"'],
    ['algorithm: gcra, refillEvery: 1s', 'gcra decides as a token bucket that is refilled all the time does'],
    ['algorithm: [fixed-window, gcra], refillEvery: 1s', 'expected only beside algorithm: token-bucket'],
    ['algorithm: token-bucket, refillEvery: 6m', 'expected no more than the window, 5m, found "6m"'],
    ['algorithm: token-bucket, refillEvery: 1', 'expected whole milliseconds from 1ms to 168h, such as 1s'],
    ['algorithm: token-bucket, refillEvery: 0s', 'expected whole milliseconds from 1ms to 168h'],
    ['algorithm: token-bucket, refillEvery: 1.5ms', 'expected whole milliseconds from 1ms to 168h'],
    ['algorithm: token-bucket, refillevery: 1s', 'did you mean refillEvery?'],
  ])('%s', (beside, says) => {
    expect(mistakesIn(beside)).toContain(says)
  })

  test('say how often would bring whole units', () => {
    expect(mistakesIn('algorithm: token-bucket, refillEvery: 1500ms')).toContain(
      '300 in 5m brings 1.5 each time; 1000ms brings 1',
    )
    expect(mistakesIn('algorithm: token-bucket, refillEvery: 1s', 'limit: 7, window: 1m')).toContain(
      '7 in 1m brings 0.1167 each time; 60000ms brings 7',
    )
  })

  test('are not told beside a mistake in the window or the limit', () => {
    const mistakes = mistakesIn('algorithm: token-bucket, refillEvery: 1s', 'limit: 0.5, window: 300')
    expect(mistakes).toContain('limits[0].limit')
    expect(mistakes).toContain('limits[0].window')
    expect(mistakes).not.toContain('refillEvery')
  })
})
