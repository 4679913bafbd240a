import type { CreateWatch, WatchSend } from '../../lib/plan/index.ts'
import { firing } from '../../scenarios/firing.ts'

/**
 * A trivial watch for tests of the runner: sends through the first filler of its first gauge, one
 * after the other, until that is refused, and is done; and never more than `maxFill`.
 */
export const createFakeWatch: CreateWatch = (plan) => {
  const gauge = plan.gauges[0]
  const descriptor = gauge?.fillers[0] ?? ''
  let sent = 0
  let inFlight = 0
  let refused = false
  let answeredMs = plan.startMs
  const everyMs = 1000 / (gauge?.ratePerSecond ?? 1)
  const done = () => refused || sent >= (gauge?.maxFill ?? 0)
  const watch = {
    due(nowMs: number): WatchSend[] {
      if (done() || inFlight > 0 || nowMs < answeredMs + everyMs) return []
      sent++
      inFlight++
      return [{ descriptor, purpose: 'fill' }]
    },
    nextDueMs: () => (done() || inFlight > 0 ? undefined : answeredMs + everyMs),
    answered({ outcome, nowMs }: { outcome: string; nowMs: number }) {
      inFlight--
      answeredMs = nowMs
      refused ||= outcome === 'limited'
    },
    takeDropped: () => [],
    get done() {
      return done() && inFlight === 0
    },
  }
  return watch
}

export const { options, setup, fill, watch, load } = firing(createFakeWatch)
