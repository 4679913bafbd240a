import { z } from 'zod'
import { seededRandom } from '../simulate/random.ts'

const common = {
  meanMs: z.number().positive().max(600_000),
  /** How many requests are served at the same time. */
  workers: z.int().min(1).max(10_000).default(1),
  /** How many may wait for a worker; one more is answered 503. Default: no bound. */
  maxQueue: z.int().min(0).max(10_000_000).optional(),
  /** Of the times that are drawn. */
  seed: z.int().default(1),
  /**
   * Is a request decided before it waits for a worker, so that one which limits refuse costs no service?
   * An alert that is then answered 503 has been counted, and taken in. Default: when it has been served.
   */
  limitsFirst: z.boolean().default(false),
}

/** How long requests are worked on, and by how many workers; left out, they are answered at once. */
export const serviceSchema = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('constant'), ...common }),
  z.strictObject({ model: z.literal('exponential'), ...common }),
  /** `sigma` is the standard deviation of the logarithm: at 1 the slowest of a hundred takes 6 times the mean. */
  z.strictObject({ model: z.literal('lognormal'), sigma: z.number().positive().max(5), ...common }),
])

export type Service = z.output<typeof serviceSchema>

/** A queue before workers, on a clock that is told to it. Pure. */
export interface ServiceQueue {
  /**
   * A request arrives; times must not go back.
   * @returns when it has been served, or `undefined` where too many wait already.
   */
  arrive(nowMs: number): number | undefined
}

/**
 * Makes a queue: first come, first served, by whichever worker is free first. When everything departs is
 * arithmetic, so a timer that fires late adds to one response, and takes nothing from what the workers
 * can carry. With `exponential` and Poisson arrivals it is M/M/c, whose latency is known by theory.
 */
export function createServiceQueue(service: Service): ServiceQueue {
  const draw = drawer(service)
  const { workers, maxQueue = Number.POSITIVE_INFINITY } = service
  const freeAtMs = new Float64Array(workers).fill(Number.NEGATIVE_INFINITY)
  /** When each request that waits begins to be served: ascending, since nobody overtakes. */
  let beginsMs: number[] = []
  let begun = 0

  return {
    arrive(nowMs) {
      while (begun < beginsMs.length && (beginsMs[begun] as number) <= nowMs) begun++
      if (begun >= 1_024 && begun >= beginsMs.length / 2) {
        beginsMs = beginsMs.slice(begun)
        begun = 0
      }
      let worker = 0
      for (let other = 1; other < workers; other++) {
        if ((freeAtMs[other] as number) < (freeAtMs[worker] as number)) worker = other
      }
      const startMs = Math.max(nowMs, freeAtMs[worker] as number)
      if (startMs > nowMs) {
        if (beginsMs.length - begun >= maxQueue) return undefined
        beginsMs.push(startMs)
      }
      const departsMs = startMs + draw()
      freeAtMs[worker] = departsMs
      return departsMs
    },
  }
}

/** Draws service times, in milliseconds. */
function drawer(service: Service): () => number {
  const random = seededRandom(service.seed)
  const { meanMs } = service
  switch (service.model) {
    case 'constant':
      return () => meanMs
    case 'exponential':
      return () => -meanMs * Math.log(1 - random())
    case 'lognormal': {
      const { sigma } = service
      // The mean of exp(N(mu, sigma²)) is exp(mu + sigma² / 2). Normal by Box and Muller (1958).
      const mu = Math.log(meanMs) - (sigma * sigma) / 2
      return () => {
        const radius = Math.sqrt(-2 * Math.log(1 - random()))
        return Math.exp(mu + sigma * radius * Math.cos(2 * Math.PI * random()))
      }
    }
  }
}
