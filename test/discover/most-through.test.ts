import { expect, test } from 'vitest'
import { mostThrough } from '../../lib/discover/most-through.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { type Algorithm, algorithms, limitSchema } from '../../lib/spec/index.ts'

function through(algorithm: Algorithm, windowMs: number): number {
  const limit = limitSchema.parse({ name: 'known', scope: 'organization', limit: 20, window: '1000ms' })
  return mostThrough({ ...limit, algorithm: [algorithm], tolerance: 0 }, windowMs)
}

/** The most that passes within any window, of what comes every so many ms after none came for long. */
function letThrough(algorithm: Algorithm, windowMs: number, waitMs: number): number {
  const limiter = createLimiter(algorithm, { limit: 20, windowUs: 1_000_000, phaseUs: 300_000 })
  let state = limiter.init()
  const passed: number[] = []
  for (let ms = waitMs; ms < waitMs + 3 * windowMs; ms++) {
    if (!limiter.admits(state, 1000 * ms, 1)) continue
    state = limiter.charge(state, 1000 * ms, 1)
    passed.push(ms)
  }
  return Math.max(...passed.map((from) => passed.filter((ms) => ms >= from && ms < from + windowMs).length))
}

test.each(algorithms)(
  'of what a limit by %s lets through nothing passes what it is said to at most',
  (algorithm) => {
    for (const windowMs of [300, 1_000, 1_700, 2_000]) {
      const most = Math.max(...[1_000, 1_250, 1_280].map((waitMs) => letThrough(algorithm, windowMs, waitMs)))
      expect(most).toBeLessThanOrEqual(through(algorithm, windowMs))
    }
  },
)

test('bursts on both sides of an edge pass fixed windows, and none passes a log', () => {
  expect(through('fixed-window', 300)).toBe(40)
  expect(letThrough('fixed-window', 300, 1_280)).toBe(40)
  expect(through('sliding-log', 300)).toBe(20)
  expect(through('gcra', 300)).toBe(26)
})

test('is that of the algorithm that lets most through, where several are possible', () => {
  const limit = limitSchema.parse({ name: 'known', scope: 'organization', limit: 20, window: '1000ms' })
  const possible: Algorithm[] = ['sliding-log', 'first-hit-window']
  expect(mostThrough({ ...limit, algorithm: possible, tolerance: 0 }, 1_000)).toBe(40)
})
