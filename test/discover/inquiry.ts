import type { Inquiry } from '../../lib/discover/inquiry.ts'
import type { Limit } from '../../lib/spec/index.ts'

/** An inquiry into a limit of which nothing is known but what it is taken for. */
export function inquiryInto(documented: Limit, current: Limit): Inquiry {
  return {
    documented,
    current,
    proven: false,
    unproven: false,
    isLikely: false,
    tried: new Map(),
    timesUnsettled: 0,
    isBrief: false,
    isShared: false,
    isBehind: false,
    isPushed: false,
    isPushedLate: false,
    isAtEdges: false,
  }
}
