import type { Scopes } from '../history/history.ts'
import type { Decision, LimitedRequest } from '../limiters/index.ts'
import type { Behaviour } from './behaviour.ts'
import type { Answer } from './http/answer.ts'

/** A request's limits, decided: at which instant, and how. */
export interface Decided {
  request: LimitedRequest
  decision: Decision
  nowMs: number
}

/**
 * Asks the limits, with one reading of the server's clock, and goes on with their decision. Stays
 * synchronous where the behaviour is, so that an ordinary request costs no turn of the event loop.
 */
export function whenDecided(
  behaviour: Behaviour,
  scopes: Scopes,
  cost: number,
  answer: (decided: Decided) => Answer,
): Answer | Promise<Answer> {
  const request = { scopes, atUs: behaviour.nowUs(), cost }
  const finish = (decision: Decision) => answer({ request, decision, nowMs: request.atUs / 1_000 })
  const decision = behaviour.decide(request)
  return decision instanceof Promise ? decision.then(finish) : finish(decision)
}
