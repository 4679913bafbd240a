import type { Behaviour } from '../behaviour.ts'
import { type RetryAfterForm, retryAfterText } from '../http/retry-after.ts'

/** Refuses as before, and says the wait multiplied by `times`, in a form of its own. */
export function untrueRetryAfter(behaviour: Behaviour, form: RetryAfterForm, times: number): Behaviour {
  return {
    ...behaviour,
    refuse(request, decision) {
      const answer = behaviour.refuse(request, decision)
      const waitUs = behaviour.toldWaitUs(request) * times
      if (!Number.isFinite(waitUs)) return answer
      return {
        ...answer,
        headers: { ...answer.headers, 'retry-after': retryAfterText(form, waitUs, request.atUs) },
      }
    },
  }
}
