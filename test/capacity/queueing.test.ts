import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  highestRatePerSecond,
  percentileMs,
  probabilityOfWaiting,
  saturationPerSecond,
  shareBeyond,
} from '../../lib/capacity/queueing.ts'
import { fireAtQueue } from './simulated-queue.ts'

const queues = fc.record({
  servers: fc.integer({ min: 1, max: 60 }),
  serviceMs: fc.integer({ min: 1, max: 500 }),
})
const loads = fc.double({ min: 0.05, max: 0.98, noNaN: true })

describe('a queue of type M/M/c', () => {
  it('has the probabilities of waiting that tables of Erlang C have', () => {
    // 1 server: the load itself. 2 servers at 1.5 Erlang: 9/14. 10 servers at 8 Erlang: 0.4092.
    expect(probabilityOfWaiting({ servers: 1, serviceMs: 10 }, 70)).toBeCloseTo(0.7, 12)
    expect(probabilityOfWaiting({ servers: 2, serviceMs: 10 }, 150)).toBeCloseTo(9 / 14, 12)
    expect(probabilityOfWaiting({ servers: 10, serviceMs: 10 }, 800)).toBeCloseTo(0.4092, 4)
  })

  it('with one server takes an exponential time', () => {
    fc.assert(
      fc.property(loads, fc.double({ min: 0, max: 100, noNaN: true }), (load, ms) => {
        const drain = (1 - load) / 10
        expect(shareBeyond({ servers: 1, serviceMs: 10 }, load * 100, ms)).toBeCloseTo(
          Math.exp(-drain * ms),
          9,
        )
      }),
    )
  })

  it('is slower at a higher rate, and has percentiles and rates that are each other’s inverse', () => {
    fc.assert(
      fc.property(queues, loads, fc.constantFrom(50, 90, 99, 99.9), (queue, load, percentile) => {
        const rate = load * saturationPerSecond(queue)
        const ms = percentileMs(queue, rate, percentile)
        expect(shareBeyond(queue, rate, ms)).toBeCloseTo(1 - percentile / 100, 6)
        expect(shareBeyond(queue, rate * 1.01, ms)).toBeGreaterThanOrEqual(
          shareBeyond(queue, rate, ms) - 1e-12,
        )
        const rateAtBound = highestRatePerSecond(queue, percentile, ms * 1.001)
        expect(rateAtBound).toBeGreaterThan(rate * 0.999)
      }),
    )
  })

  it('agrees where the wait and the service have the same rate, with its neighbourhood', () => {
    const queue = { servers: 3, serviceMs: 10 }
    const [below, at, above] = [199.999, 200, 200.001].map((rate) => shareBeyond(queue, rate, 40))
    expect(at).toBeCloseTo(((below as number) + (above as number)) / 2, 8)
  })

  it('is what a simulation of it shows', () => {
    const queue = { servers: 4, serviceMs: 10 }
    const { latencyMs } = fireAtQueue(queue, 320, 600_000, 3)
    const share = latencyMs.filter((ms) => ms > 50).length / latencyMs.length
    expect(share / shareBeyond(queue, 320, 50)).toBeGreaterThan(0.9)
    expect(share / shareBeyond(queue, 320, 50)).toBeLessThan(1.1)
  })

  it('takes no rate where the service alone takes too long, and never settles at saturation', () => {
    const queue = { servers: 4, serviceMs: 100 }
    expect(highestRatePerSecond(queue, 99, 100)).toBeLessThan(1e-6)
    expect(percentileMs(queue, 40, 50)).toBe(Number.POSITIVE_INFINITY)
  })
})
