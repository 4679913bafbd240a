import { crc32 } from 'node:zlib'
import {
  createHierarchy,
  createLimiter,
  type Decision,
  type EnforcedLimit,
  type LimitedRequest,
} from '../limiters/index.ts'
import { seededRandom } from '../simulate/random.ts'
import type { TargetConfig } from './config.ts'
import type { Answer } from './http/answer.ts'
import { retryAfterText } from './http/retry-after.ts'
import { refusalText } from './refusal-text.ts'
import { serverClockUs } from './server-clock.ts'
import { type Standing, standingsOf } from './standing.ts'

/**
 * How the target limits requests: everything that a server can get wrong about limits, and nothing
 * else. The target itself only asks. A way of being wrong is a function that takes the correct
 * behaviour (or one made from an altered configuration) and returns another.
 */
export interface Behaviour {
  /** The clock by which limits are decided: Unix time in whole microseconds, never going back. */
  nowUs(): number
  /** Decides a request and counts it. May take its time. */
  decide(request: LimitedRequest): Decision | Promise<Decision>
  /** How often an alert with this decision is taken in: once or not at all, if all is well. */
  timesTakenIn(request: LimitedRequest, decision: Decision): number
  /** Where the limits of a decided request stand, as fields of its answer tell it. */
  standings(request: LimitedRequest): Standing[]
  /** How long a refused request is told to wait, in microseconds. Infinity: no wait would help. */
  toldWaitUs(request: LimitedRequest): number
  /** What a refused request is told. */
  refuse(request: LimitedRequest, decision: Decision): Answer
  /** A value of a scope has ceased to exist. */
  forget(scope: LimitedScope, scopeValue: string): void
}

/** The scopes that the target limits by, in the order in which it asks them. */
export const limitedScopes = ['integration', 'organization', 'apiKey'] as const
export type LimitedScope = (typeof limitedScopes)[number]

/** The limits of a configuration as values for the hierarchy, in the order in which they are asked. */
export function enforcedLimits(config: TargetConfig): EnforcedLimit[] {
  return limitedScopes.flatMap((scope) => {
    const limit = config.limits[scope]
    if (!limit) return []
    const windowUs = limit.windowMs * 1_000
    const phaseUs = (scopeValue: string) =>
      limit.phaseMs === 'hashed' ? (crc32(scopeValue) * 1_000) % windowUs : limit.phaseMs * 1_000
    const model = (scopeValue: string) =>
      createLimiter(limit.algorithm, {
        limit: limit.limit,
        windowUs,
        phaseUs: phaseUs(scopeValue),
        rounding: limit.rounding,
        burst: limit.burst,
        refillTickUs: limit.refillTickMs === undefined ? undefined : limit.refillTickMs * 1_000,
      })
    const { limitedRequests, chargedWhenRefused } = limit
    return [{ name: scope, scope, model, limitedRequests, chargedWhenRefused }]
  })
}

/**
 * The behaviour that a configuration describes: the limiter models, exactly, on the server's clock. A
 * refusal says (unless `nameRefuser` is off) which limit refused, with the `Retry-After` that is true if
 * nothing else comes, or longer by the jitter that the configuration asks for.
 * @param limits those of the configuration, or what a fault has made of them
 */
export function correctBehaviour(config: TargetConfig, limits = enforcedLimits(config)): Behaviour {
  const hierarchy = createHierarchy(limits)

  function detail({ refusedBy }: Decision): string {
    const refuser = refusedBy === undefined ? undefined : limits[refusedBy]
    return refusalText(config, refuser?.name as LimitedScope | undefined)
  }

  const { refusalStatus: status } = config
  const { form, jitter } = config.retryAfter
  const random = seededRandom(1)
  const toldWaitUs = (request: LimitedRequest) => {
    const waitUs = hierarchy.admitsFromUs(request) - request.atUs
    return jitter === 0 ? waitUs : waitUs * (1 + jitter * random())
  }

  return {
    nowUs: serverClockUs,
    decide: hierarchy.decide,
    forget: hierarchy.forget,
    timesTakenIn: (_, decision) => (decision.admitted ? 1 : 0),
    standings: (request) => standingsOf(config.limits, hierarchy, request),
    toldWaitUs,
    refuse(request, decision) {
      const waitUs = toldWaitUs(request)
      const body = { detail: detail(decision) }
      if (!Number.isFinite(waitUs)) return { status, body }
      return { status, headers: { 'retry-after': retryAfterText(form, waitUs, request.atUs) }, body }
    },
  }
}
