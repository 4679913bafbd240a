import { createLimiter } from '../../../lib/limiters/index.ts'
import type { Algorithm } from '../../../lib/spec/index.ts'
import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** The six models, as servers: each key has a phase of its own. */
export const models: readonly CorrectLimiter[] = [
  modelled('fixed-window', 'free'),
  modelled('fixed-window', 'counted'),
  modelled('first-hit-window', 'free'),
  modelled('first-hit-window', 'counted'),
  modelled('sliding-log', 'free'),
  modelled('sliding-log', 'counted'),
  modelled('sliding-counter', 'free', 'floor'),
  modelled('sliding-counter', 'free', 'ceil'),
  modelled('sliding-counter', 'counted', 'floor'),
  modelled('sliding-counter', 'counted', 'ceil'),
  modelled('token-bucket', 'free'),
  modelled('token-bucket', 'counted'),
  modelled('gcra', 'free'),
  modelled('gcra', 'counted'),
]

function modelled(
  algorithm: Algorithm,
  limitedRequests: 'counted' | 'free',
  rounding?: 'floor' | 'ceil',
): CorrectLimiter {
  const rules = [limitedRequests, ...(rounding ? [rounding] : [])].join(', ')
  return {
    name: `the model of a ${algorithm} (${rules})`,
    algorithm,
    limitedRequests,
    create:
      (limit, windowMs) =>
      ({ random }) => {
        const stateOf = perKey(() => {
          const phaseUs = Math.floor(random() * windowMs) * 1000
          const model = createLimiter(algorithm, { limit, windowUs: windowMs * 1000, phaseUs, rounding })
          return { model, state: model.init() }
        })
        return (key, cost, nowMs) => {
          const held = stateOf(key)
          const admitted = held.model.admits(held.state, nowMs * 1000, cost)
          if (admitted || limitedRequests === 'counted')
            held.state = held.model.charge(held.state, nowMs * 1000, cost)
          return admitted
        }
      },
  }
}
