import { Met, type Observation } from '../../lib/capacity/observation.ts'
import type { Queue } from '../../lib/capacity/queueing.ts'
import { scheduleOf } from '../../lib/plan/schedule.ts'
import { createServiceQueue } from '../../lib/target/service.ts'

/** One firing at a queue of type M/M/c that starts empty, in virtual time. */
export function fireAtQueue(
  { servers, serviceMs }: Queue,
  ratePerSecond: number,
  durationMs: number,
  seed: number,
): Observation {
  const dueMs = scheduleOf({
    stages: [{ durationMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
    arrivals: 'poisson',
    seed: 2 * seed,
    startMs: 0,
  })
  const queue = createServiceQueue({
    model: 'exponential',
    meanMs: serviceMs,
    workers: servers,
    seed: 2 * seed + 1,
    limitsFirst: false,
  })
  return {
    ratePerSecond,
    durationMs,
    dueMs,
    sentMs: dueMs,
    latencyMs: Float64Array.from(dueMs, (ms) => (queue.arrive(ms) as number) - ms),
    met: new Uint8Array(dueMs.length).fill(Met.accepted),
  }
}
