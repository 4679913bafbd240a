import { judge } from '../../lib/check/index.ts'
import { type Discovered, discoverLimits, type Fired } from '../../lib/discover/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { makePlan } from '../../lib/plan/index.ts'
import { type Algorithm, type Limit, limitSchema } from '../../lib/spec/index.ts'
import { seeded, simulateRun } from '../simulation/simulate.ts'

export const scopes = ['integration', 'organization', 'apiKey'] as const
type Scope = (typeof scopes)[number]

/** A platform with limits that nobody has documented. */
export interface Hidden {
  algorithm: Algorithm
  limits: Record<Scope, { limit: number; windowMs: number }>
  namesRefuser: boolean
  seed: number
}

/** What the spec says, whatever is there: 300, 500 and 300 in 10 s. */
export const documented: Limit[] = ([300, 500, 300] as const).map((limit, k) =>
  limitSchema.parse({ name: `per ${scopes[k]}`, scope: scopes[k], limit, window: '10s' }),
)

/** A platform with limits of 100 to 2,000, windows of 2 to 60 seconds, and phases drawn. */
export function hiddenPlatform(seed: number, algorithms: readonly Algorithm[]): Hidden {
  const random = seeded(seed)
  const drawn = () => ({
    limit: 100 + Math.floor(random() * 1_900),
    windowMs: 1000 * (2 + Math.floor(random() * 59)),
  })
  return {
    algorithm: algorithms[Math.floor(random() * algorithms.length)] as Algorithm,
    limits: { integration: drawn(), organization: drawn(), apiKey: drawn() },
    namesRefuser: random() < 0.5,
    seed,
  }
}

/** Discovers the limits of a platform, all on a virtual clock. Counts the runs. */
export async function discoverHidden(hidden: Hidden): Promise<Discovered & { runs: number }> {
  let runs = 0
  const fireAt = async (limits: Limit[]): Promise<Fired | undefined> => {
    const made = makePlan({ limits, outcomes: { accepted: '2xx', limited: '429' }, clockDriftPpm: 200 })
    if (!made.ok) throw new Error(made.problems.map(({ why }) => why).join('; '))
    const random = seeded(hidden.seed + 1000 * runs++)
    const server = {
      limits: scopes.map((scope) => ({
        name: scope,
        scope,
        limitedRequests: 'free' as const,
        chargedWhenRefused: 'free' as const,
        model: () => {
          const { limit, windowMs } = hidden.limits[scope]
          const windowUs = windowMs * 1000
          const phaseUs = Math.floor(random() * windowUs)
          return createLimiter(hidden.algorithm, { limit, windowUs, phaseUs })
        },
      })),
      namesRefuser: hidden.namesRefuser,
      latencyMs: (draw: () => number) => 1 + 4 * draw(),
    }
    const history = simulateRun(made.plan, server, hidden.seed + runs)
    return { history, limits: judge(history, { limits, clockDriftPpm: 200 }).limits }
  }
  const first = (await fireAt(documented)) as Fired
  return { ...(await discoverLimits(documented, first, fireAt, 200)), runs }
}
