import type { History } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { makePlan, type Plan } from '../../lib/plan/index.ts'
import { type Algorithm, type Spec, specSchema } from '../../lib/spec/index.ts'
import { type SimulatedServer, seeded, simulateRun } from './simulate.ts'

/** What a simulated OnCall really enforces; the documented limits by default. */
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

/** The documented limits with a short window, and whatever else a test wants of the spec. */
export function documentedSpec(limit: Record<string, unknown> = {}): Spec {
  const window = `${documentedWindowMs}ms`
  return specSchema.parse({
    limits: [
      { name: 'alerts per integration', scope: 'integration', limit: 300, window, ...limit },
      { name: 'alerts per organization', scope: 'organization', limit: 500, window, ...limit },
      { name: 'API requests per API key', scope: 'apiKey', limit: 300, window, ...limit },
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
  const scopes = { integration: 300, organization: 500, apiKey: 300 }
  const limits = Object.entries(scopes).map(([scope, documented]): SimulatedServer['limits'][number] => {
    const limit = truth[scope as keyof typeof scopes] ?? documented
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
    }
  })
  const server: SimulatedServer = {
    limits,
    namesRefuser: truth.namesRefuser ?? true,
    latencyMs: (draw) => latencyMs * (0.5 + 3 * draw() ** 3),
  }
  return simulateRun(plan, server, seed)
}
