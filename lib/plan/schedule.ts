import { seededRandom } from '../simulate/random.ts'
import { expectedIn, type Load, type LoadStage, requestCount } from './load.ts'

/**
 * When each request of a load is due, in milliseconds from the start of the firing, ascending. The same
 * load has the same schedule everywhere, to the last bit: only additions, multiplications, divisions and
 * square roots are used, which IEEE 754 leaves no freedom in.
 *
 * Arrivals are drawn on an axis on which the rate is 1, and carried back by the inverse of the cumulative
 * rate (Çinlar, Introduction to Stochastic Processes, 1975, section 4.7; Lewis and Shedler, Simulation of
 * Nonhomogeneous Poisson Processes, 1979). `even` ones stand in the middle of equal shares of that axis.
 * `poisson` ones are as many independent uniform points: a Poisson process, given that its count is the
 * expected one. The count is fixed so that a ceiling on requests is known beforehand, and so that the rate
 * that was offered is the rate that was asked for: a free count would make it wander by 1/sqrt(count), 3 %
 * over 1,000 requests, which near a server's capacity changes latency more than anything to be measured.
 * Over spans that are short against the load the difference cannot be noticed.
 */
export function scheduleOf(load: Pick<Load, 'stages' | 'arrivals' | 'seed' | 'startMs'>): Float64Array {
  const count = requestCount(load)
  const total = load.stages.reduce((sum, stage) => sum + expectedIn(stage), 0)
  const schedule = load.arrivals === 'even' ? evenShares(count) : sortedUniforms(count, load.seed)

  let [stageStartMs, passed, next] = [load.startMs, 0, 0]
  for (const stage of load.stages) {
    const expected = expectedIn(stage)
    const isLast = stage === load.stages.at(-1)
    while (next < count) {
      const position = (schedule[next] as number) * total - passed
      if (position > expected && !isLast) break
      schedule[next++] = stageStartMs + timeToMs(stage, Math.min(position, expected))
    }
    stageStartMs += stage.durationMs
    passed += expected
  }
  return schedule
}

/** The most requests that are due within any one second. */
export function busiestSecond(schedule: Float64Array): number {
  let most = 0
  for (let first = 0, last = 0; last < schedule.length; last++) {
    while ((schedule[first] as number) <= (schedule[last] as number) - 1000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

function evenShares(count: number): Float64Array {
  const shares = new Float64Array(count)
  for (let k = 0; k < count; k++) shares[k] = (k + 0.5) / count
  return shares
}

function sortedUniforms(count: number, seed: number): Float64Array {
  const random = seededRandom(seed)
  const uniforms = new Float64Array(count)
  // One draw has 32 bits, which would put many requests of a long load on the same instant.
  for (let k = 0; k < count; k++) uniforms[k] = random() + random() / 4294967296
  return uniforms.sort()
}

/** How far into a stage so many requests have been due: the root of from · t + slope · t² / 2. */
function timeToMs({ durationMs, fromPerSecond, toPerSecond }: LoadStage, requests: number): number {
  if (requests <= 0) return 0
  const slope = (toPerSecond - fromPerSecond) / (durationMs / 1000)
  const root = Math.sqrt(Math.max(0, fromPerSecond * fromPerSecond + 2 * slope * requests))
  return Math.min(durationMs, (1000 * 2 * requests) / (fromPerSecond + root))
}
