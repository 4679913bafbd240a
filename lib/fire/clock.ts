/** One look at both clocks, in milliseconds. */
export interface ClockReading {
  /** Wall clock: what records are stamped with. */
  wallMs: number
  /** Monotonic clock, just before and just after the wall clock was read. */
  beforeMs: number
  afterMs: number
}

/** The wall clock jumped, or ran away from the monotonic clock. */
export interface ClockStep {
  /** Unix milliseconds, after the step. */
  atMs: number
  /** Positive: the wall clock was set forward. */
  byMs: number
}

/** Differences up to this are noise: the wall clock counts whole milliseconds, and looking takes time. */
export const clockNoiseMs = 5

/**
 * Makes a pure observer of two clocks: it is given readings and says when the wall clock has moved
 * against the monotonic one by more than noise and the drift that is allowed, either since the last
 * reading (a step) or since the last event (a clock that creeps away). A reading that took longer
 * than the noise proves nothing and is passed over. A machine that was suspended shows as a step
 * forward where its monotonic clock stood still meanwhile.
 */
export function createClockWatch(driftPpm: number): (reading: ClockReading) => ClockStep | undefined {
  let base: { offsetMs: number; monotonicMs: number } | undefined
  let last = base
  return ({ wallMs, beforeMs, afterMs }) => {
    if (afterMs - beforeMs > clockNoiseMs / 2) return undefined
    const now = { offsetMs: wallMs - beforeMs, monotonicMs: beforeMs }
    const moved = [last, base]
      .filter((earlier) => earlier !== undefined)
      .map((earlier) => ({
        byMs: now.offsetMs - earlier.offsetMs,
        allowedMs: clockNoiseMs + (driftPpm * (beforeMs - earlier.monotonicMs)) / 1e6,
      }))
      .find(({ byMs, allowedMs }) => Math.abs(byMs) > allowedMs)
    last = now
    if (moved || !base) base = now
    return moved && { atMs: wallMs, byMs: moved.byMs }
  }
}

/** The clocks of this process. */
export function readClocks(): ClockReading {
  const beforeMs = performance.now()
  const wallMs = Date.now()
  return { wallMs, beforeMs, afterMs: performance.now() }
}
