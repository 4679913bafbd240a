import type { Algorithm } from '../spec/index.ts'
import { firstHitWindow } from './first-hit-window.ts'
import { fixedWindow } from './fixed-window.ts'
import { gcra } from './gcra.ts'
import type { LimiterModel, LimiterParameters } from './model.ts'
import { slidingCounter } from './sliding-counter.ts'
import { slidingLog } from './sliding-log.ts'
import { tokenBucket } from './token-bucket.ts'

const models: Record<Algorithm, (parameters: LimiterParameters) => LimiterModel> = {
  'fixed-window': fixedWindow,
  'first-hit-window': firstHitWindow,
  'sliding-log': slidingLog,
  'sliding-counter': slidingCounter,
  'token-bucket': tokenBucket,
  gcra,
}

/** The algorithms there are models of: all that a spec can name. */
export const modelledAlgorithms = Object.keys(models) as Algorithm[]

function requireWhole(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return
  throw new RangeError(`${name} of a limiter: expected a whole number of ${least} or more, got ${value}`)
}

/**
 * The model of an algorithm. A limit of 0 is allowed and lets nothing through. Parameters that the
 * algorithm does not use are ignored.
 * @throws RangeError where a number is not whole, or too small to make sense: a mistake of the caller.
 */
export function createLimiter(algorithm: Algorithm, parameters: LimiterParameters): LimiterModel {
  requireWhole('limit', parameters.limit, 0)
  requireWhole('windowUs', parameters.windowUs, 1)
  requireWhole('phaseUs', parameters.phaseUs, Number.MIN_SAFE_INTEGER)
  requireWhole('refillTickUs', parameters.refillTickUs, 1)
  requireWhole('burst', parameters.burst, parameters.limit === 0 ? 0 : 1)
  if (parameters.limit === 0) return models[algorithm]({ ...parameters, burst: 0 })
  return models[algorithm](parameters)
}
