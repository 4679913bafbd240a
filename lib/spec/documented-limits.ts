import { closestRefillMs } from './refill.ts'
import { type Limit, limitSchema, type Spec } from './spec.ts'

/**
 * The limits that Grafana OnCall's documentation states: 300 alerts per integration, 500 alerts per
 * organization, and 300 API requests per API key, each in 5 minutes.
 */
export const documentedOncallLimits: readonly Limit[] = [
  { name: 'alerts per integration', scope: 'integration', limit: 300, window: '5m' },
  { name: 'alerts per organization', scope: 'organization', limit: 500, window: '5m' },
  { name: 'API requests per API key', scope: 'apiKey', limit: 300, window: '5m' },
].map((limit) => limitSchema.parse(limit))

/**
 * The same spec with its longest window shortened to `windowMs`, and the others, and what refills them,
 * in proportion, to whole milliseconds, and what a refill brings to whole units. A spec whose windows are that short already stays as it is.
 */
export function shortened(spec: Spec, windowMs: number): Spec {
  const longestMs = Math.max(...spec.limits.map(({ window }) => window))
  if (longestMs <= windowMs) return spec
  const inProportion = (ms: number) => Math.max(1, Math.round((ms * windowMs) / longestMs))
  return {
    ...spec,
    limits: spec.limits.map(({ refillEvery, ...limit }) => {
      const window = inProportion(limit.window)
      if (refillEvery === undefined) return { ...limit, window }
      return {
        ...limit,
        window,
        refillEvery: closestRefillMs(limit.limit, window, inProportion(refillEvery)),
      }
    }),
  }
}
