import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClockStep, createClockWatch, readClocks } from '../../lib/fire/clock.ts'

/** Looks every 200 ms at a wall clock that shows `wallAt` when the monotonic one shows so much. */
function watched(lastMs: number, driftPpm: number, wallAt: (monotonicMs: number) => number): ClockStep[] {
  const watch = createClockWatch(driftPpm)
  const steps: ClockStep[] = []
  for (let ms = 0; ms <= lastMs; ms += 200) {
    const step = watch({ wallMs: Math.floor(wallAt(ms)), beforeMs: ms, afterMs: ms + 0.1 })
    if (step) steps.push(step)
  }
  return steps
}

const start = 1_795_421_502_000

test('clocks that agree, up to whole milliseconds and the drift allowed, are no event', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -200, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ppm, phase) => {
        expect(watched(600_000, 200, (ms) => start + phase + ms * (1 + ppm / 1e6))).toEqual([])
      },
    ),
  )
})

test.each([-480, -6, 7, 3_600_000])('a step by %i ms is one event', (byMs) => {
  const steps = watched(10_000, 200, (ms) => start + ms + (ms >= 5_000 ? byMs : 0))
  expect(steps).toEqual([{ atMs: start + 5_000 + byMs, byMs }])
})

test('every step counts, each from where the one before left the clock', () => {
  const wallAt = (ms: number) => start + ms + (ms >= 2_000 ? 100 : 0) - (ms >= 4_000 ? 100 : 0)
  expect(watched(10_000, 200, wallAt).map(({ byMs }) => byMs)).toEqual([100, -100])
})

test('a clock that creeps away faster than it may is told, too', () => {
  const steps = watched(60_000, 200, (ms) => start + ms * (1 + 500 / 1e6))
  expect(steps.length).toBeGreaterThan(0)
  for (const { byMs } of steps) expect(byMs).toBeGreaterThan(0)
})

test('a step is told however long the run has been', () => {
  const steps = watched(600_000, 200, (ms) => start + ms + (ms >= 599_000 ? 20 : 0))
  expect(steps).toEqual([{ atMs: start + 599_020, byMs: 20 }])
})

test('a look that took long proves nothing', () => {
  const watch = createClockWatch(200)
  expect(watch({ wallMs: start, beforeMs: 0, afterMs: 0 })).toBeUndefined()
  expect(watch({ wallMs: start + 300, beforeMs: 200, afterMs: 300 })).toBeUndefined()
  expect(watch({ wallMs: start + 400, beforeMs: 400, afterMs: 400 })).toBeUndefined()
})

test('the real clocks are read in order', () => {
  const { beforeMs, afterMs } = readClocks()
  expect(afterMs).toBeGreaterThanOrEqual(beforeMs)
})
