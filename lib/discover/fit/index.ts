import type { Stream } from '../stream.ts'
import { fitFirstHitWindow } from './first-hit-window.ts'
import { type Fit, recoveredWeight } from './fit.ts'
import { fitFixedWindow } from './fixed-window.ts'
import { fitSlidingCounter } from './sliding-counter.ts'
import { fitSlidingLog } from './sliding-log.ts'
import { fitTokenBucket } from './token-bucket.ts'
import { roundness } from './windows.ts'

export { type Fit, weightOf } from './fit.ts'

// A bucket's line is also one of a counter, with its start left open: so the bucket comes first.
const fitting = [fitFixedWindow, fitFirstHitWindow, fitSlidingLog, fitTokenBucket, fitSlidingCounter]

/**
 * What the streams look like under each algorithm, those that explain most of them first,
 * of these the roundest windows; none that explains
 * no recovery.
 * @param leastUs shorter windows are not looked for.
 */
export function fitsOf(streams: readonly Stream[], leastUs: number): Fit[] {
  return fitting
    .flatMap((look) => look(streams, leastUs) ?? [])
    .filter(({ explained }) => explained >= recoveredWeight)
    .sort(
      (one, other) => other.explained - one.explained || roundness(one.windowUs) - roundness(other.windowUs),
    )
}
