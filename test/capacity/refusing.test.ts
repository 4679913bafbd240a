import { describe, expect, it } from 'vitest'
import { judgeRefusing, limitPerSecond } from '../../lib/capacity/index.ts'
import { Met } from '../../lib/capacity/observation.ts'
import { fireAtQueue } from './simulated-queue.ts'

const objective = { latency: [{ percentile: 95, boundMs: 100 }], errors: 0.01 }
const queue = { servers: 16, serviceMs: 20 }

/** A limiter in front of a queue lets every tenth request through, and answers the others at once. */
function refusing(ratePerSecond: number) {
  const accepted = fireAtQueue(queue, ratePerSecond / 10, 20_000, 3)
  const all = fireAtQueue(queue, ratePerSecond, 20_000, 4)
  all.met.fill(Met.limited)
  all.latencyMs.fill(2)
  accepted.latencyMs.forEach((ms, k) => {
    all.met[10 * k] = Met.accepted
    all.latencyMs[10 * k] = ms
  })
  return all
}

describe('what refusing costs', () => {
  const below = fireAtQueue(queue, 50, 20_000, 2)

  it('is told apart from what is accepted meanwhile', () => {
    const { kept, share, limited, accepted } = judgeRefusing(below, refusing(2_000), objective, 200, 0.01)
    expect(kept.verdict).toBe('met')
    expect(share).toBeCloseTo(0.9, 2)
    expect(limited?.p99Ms).toBe(2)
    expect(accepted?.count).toBe(4_000)
  })

  it('is too much where what is accepted waits', () => {
    const { kept } = judgeRefusing(below, refusing(9_000), objective, 900, 0.01)
    expect(kept.verdict).toBe('missed')
  })

  it('is compared with nothing where nothing is refused, which is said', () => {
    const { share, limited } = judgeRefusing(below, fireAtQueue(queue, 300, 5_000, 1), objective, 30, 0.01)
    expect({ share, limited }).toEqual({ share: 0, limited: undefined })
  })

  it('is measured at the tightest limit', () => {
    const limits = [
      { limit: 300, window: 300_000 },
      { limit: 500, window: 300_000 },
    ]
    expect(limitPerSecond(limits)).toBe(1)
  })
})
