import {
  judgeRefusing,
  overLimit,
  type Refusing,
  refusingRisk,
  type SearchEnd,
  underLimit,
} from '../capacity/index.ts'
import type { Conduct } from './conduct.ts'
import { createStepFiring, type Steps } from './fire-steps.ts'
import type { FiringNote } from './observed-in.ts'

/** What refusing is measured with. */
export interface RefusingRun extends Steps {
  /** The rate that the limit lets through, a second. */
  limitPerSecond: number
  /** How long each of the two firings takes. */
  durationMs: number
  /** How sure a claim is to be. */
  confidence: number
}

/** How it went. */
export interface RefusingMeasured {
  firings: FiringNote[]
  /** `undefined` where it came to no end. */
  refusing?: Refusing
  end: SearchEnd
}

/**
 * Conducts a run that measures what refusing costs: it fires below the limit first, so that there is
 * something to compare with, and then at ten times the limit.
 */
export function measureRefusing(run: RefusingRun): {
  conduct: Conduct
  readonly measured?: RefusingMeasured
} {
  let measured: RefusingMeasured | undefined
  return {
    get measured() {
      return measured
    },
    async conduct(site) {
      const { limitPerSecond, durationMs, objective, confidence } = run
      const firing = createStepFiring(run, site)
      const { firings } = firing
      const at = (share: number) =>
        firing.fire({ kind: 'fire', ratePerSecond: share * limitPerSecond, durationMs })
      const below = await at(underLimit)
      const above = below.kind === 'observed' ? await at(overLimit) : below
      if (below.kind === 'ended' || above.kind === 'ended') {
        const end = above.kind === 'ended' ? above.end : 'broken-off'
        measured = { firings, end }
        return firing.course(end === 'requests')
      }
      const risk = refusingRisk(objective, confidence)
      const refusing = judgeRefusing(below.observation, above.observation, objective, limitPerSecond, risk)
      measured = { firings, refusing, end: 'found' }
      return firing.course(true)
    },
  }
}
