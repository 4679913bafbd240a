import type { History } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { makePlan, type Plan } from '../../lib/plan/index.ts'
import { type Algorithm, type Spec, specSchema } from '../../lib/spec/index.ts'
import { type SimulatedServer, seeded, simulateRun } from './simulate.ts'

/** What a simulated OnCall really enforces; by default the limits of the spec, or else the documented ones. */
export interface Truth {
  algorithm?: Algorithm
  integration?: number
  organization?: number
  apiKey?: number
  windowMs?: number
  /** The window of the integration's limit, where it is another than that of the others. */
  integrationWindowMs?: number
  /** Token bucket: the interval between refills. Default: it is refilled all the time. */
  refillMs?: number
  limitedRequests?: 'counted' | 'free'
  chargedWhenRefused?: 'counted' | 'free' | 'earlier'
  namesRefuser?: boolean
  /** Median-ish latency; default 1 ms. */
  latencyMs?: number
}

export const documentedWindowMs = 10_000

/** How much each limit lets through in a window, as documented. */
export const documentedLimits = { integration: 300, organization: 500, apiKey: 300 }

/**
 * The documented limits with a short window, and whatever else a test wants of the spec.
 * @param limits how much they let through, where that is not what is documented.
 */
export function documentedSpec(limit: Record<string, unknown> = {}, limits = documentedLimits): Spec {
  const { integration, organization, apiKey } = limits
  const window = `${documentedWindowMs}ms`
  return specSchema.parse({
    limits: [
      { name: 'alerts per integration', scope: 'integration', limit: integration, window, ...limit },
      { name: 'alerts per organization', scope: 'organization', limit: organization, window, ...limit },
      { name: 'API requests per API key', scope: 'apiKey', limit: apiKey, window, ...limit },
    ],
  })
}

export function planOf(spec: Spec, options?: Parameters<typeof makePlan>[1]): Plan {
  const made = makePlan(spec, options)
  if (!made.ok) throw new Error(made.problems.map(({ why }) => why).join('; '))
  return made.plan
}

/** Carries out the plan of a spec against a simulated OnCall; the seed also draws the phases. */
export function simulateOncall(spec: Spec, truth: Truth, seed: number, plan: Plan = planOf(spec)): History {
  const random = seeded(seed * 7919)
  const { algorithm = 'fixed-window', windowMs = documentedWindowMs, refillMs, latencyMs = 1 } = truth
  const limits = Object.entries(documentedLimits).map(([name, documented]) => {
    const scope = name as keyof typeof documentedLimits
    const asSpecified = spec.limits.find((one) => one.scope === scope)?.limit ?? documented
    const limit = truth[scope] ?? asSpecified
    const windowUs = 1000 * ((scope === 'integration' && truth.integrationWindowMs) || windowMs)
    const refillTickUs = refillMs && refillMs * 1000
    return {
      name: scope,
      scope,
      limitedRequests: truth.limitedRequests ?? 'free',
      chargedWhenRefused: truth.chargedWhenRefused ?? 'free',
      // As platforms do that hash the key: every value of the scope has a phase of its own.
      model: () => {
        const phaseUs = Math.floor(random() * windowUs)
        return createLimiter(algorithm, { limit, windowUs, phaseUs, refillTickUs })
      },
    } satisfies SimulatedServer['limits'][number]
  })
  const server: SimulatedServer = {
    limits,
    namesRefuser: truth.namesRefuser ?? true,
    latencyMs: (draw) => latencyMs * (0.5 + 3 * draw() ** 3),
  }
  return simulateRun(plan, server, seed)
}
