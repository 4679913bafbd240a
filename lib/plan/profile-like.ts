import { type LoadStage, requestCount } from './load.ts'
import type { Profile } from './profile.ts'

/**
 * The shape of recorded stages at any rate and over any time: its mean is the rate, and each stage takes
 * its part of the time.
 * @param stages with at least one request.
 */
export function profileLike(stages: readonly LoadStage[]): Profile {
  const allMs = stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const meanPerSecond = (1000 * requestCount({ stages: [...stages] })) / allMs
  if (!(meanPerSecond > 0)) throw new RangeError('a shape has at least one request')
  return (ratePerSecond, durationMs) => {
    const factor = ratePerSecond / meanPerSecond
    return stages.map((stage) => ({
      durationMs: (stage.durationMs / allMs) * durationMs,
      fromPerSecond: stage.fromPerSecond * factor,
      toPerSecond: stage.toPerSecond * factor,
    }))
  }
}
