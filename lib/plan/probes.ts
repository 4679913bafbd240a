import { type Limit, saturates } from '../spec/index.ts'
import type { Gauge } from './plan.ts'

/** Probes this many times closer together than the tolerance asks pin a window's edges. */
const probesPerTolerance = 5
/** Where refused probes use a limit up, they take this share of it in a window, or they would keep it full for ever. */
const mostProbed = 1 / 2
/** A window that refused probes do not keep full has recovered after so many of its lengths. */
const surelyRecovered = 1.1

/**
 * How far apart probes are: a window's edges are to be known to within the tolerance, but refused probes that use the
 * limit up must not keep it full. Where it need not be one that they can keep full, that shows when it has had time to
 * recover.
 */
export function probesOf(limit: Limit): Pick<Gauge, 'probeEveryMs' | 'sparser'> {
  const probeEveryMs = fineProbesMs(limit)
  const sparserMs = sparserProbesMs(limit)
  if (sparserMs === undefined) return { probeEveryMs }
  if (!limit.algorithm.some(saturates)) return { probeEveryMs: sparserMs }
  const afterMs = Math.ceil(surelyRecovered * limit.window)
  return { probeEveryMs, sparser: { probeEveryMs: sparserMs, afterMs } }
}

function fineProbesMs({ window, tolerance }: Limit): number {
  return Math.max(2, Math.floor((window * tolerance) / probesPerTolerance))
}

/** How far apart probes have to be that would keep the limit full; `undefined` where they do not. */
function sparserProbesMs(of: Limit): number | undefined {
  const { limit, window, algorithm, limitedRequests } = of
  if (limitedRequests !== 'counted' || algorithm.every(saturates)) return undefined
  const probeEveryMs = Math.ceil(window / (limit * mostProbed))
  return probeEveryMs > fineProbesMs(of) ? probeEveryMs : undefined
}

/** How many windows more it takes to watch a limit whose probes are far apart, and first have to be found to keep it full. */
export function windowsForSparserProbes(limit: Limit): number {
  const sparserMs = sparserProbesMs(limit)
  if (sparserMs === undefined) return 0
  return (2 * sparserMs) / limit.window + (limit.algorithm.some(saturates) ? surelyRecovered : 0)
}
