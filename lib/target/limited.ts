import type { Scopes } from '../history/history.ts'
import type { Decision, LimitedRequest } from '../limiters/index.ts'
import type { Answer } from './http/answer.ts'
import { rateLimitFields } from './http/rate-limit-fields.ts'
import type { World } from './world.ts'

/** A request's limits, decided: at which instant, and how. */
export interface Decided {
  request: LimitedRequest
  decision: Decision
  nowMs: number
}

/**
 * Asks the limits, with one reading of the server's clock, and goes on with their decision; the answer
 * also says where they stand, if the configuration has a dialect for that. Stays synchronous where the
 * behaviour is, so that an ordinary request costs no turn of the event loop.
 */
export function whenDecided(
  { behaviour, config }: World,
  scopes: Scopes,
  cost: number,
  answer: (decided: Decided) => Answer,
): Answer | Promise<Answer> {
  const request = { scopes, atUs: behaviour.nowUs(), cost }
  const { rateLimitFields: dialect } = config
  const finish = (decision: Decision) => {
    const plain = answer({ request, decision, nowMs: request.atUs / 1_000 })
    if (dialect === 'none') return plain
    return {
      ...plain,
      headers: { ...plain.headers, ...rateLimitFields(dialect, behaviour.standings(request)) },
    }
  }
  const decision = behaviour.decide(request)
  return decision instanceof Promise ? decision.then(finish) : finish(decision)
}
