import { type Answer, detail } from '../http/answer.ts'
import type { User } from '../store/directory.ts'
import type { TargetRequest, World } from '../world.ts'

/** Who asks. `key` is without a scheme before it, and empty where somebody is let in without one. */
export interface Caller {
  key: string
  user: User
}

/** Who sends a request to the API, or what somebody is told who may not ask. */
export function callerOf(
  { config, directory }: World,
  { authorization, stackUrl }: TargetRequest,
): { known: true; caller: Caller } | { known: false; answer: Answer } {
  const key = config.bearer ? authorization?.replace(/^Bearer +/i, '') : authorization
  const user = directory.userByKey(key, stackUrl)
  if (user) return { known: true, caller: { key: key ?? '', user } }

  const why = key === undefined ? 'Authentication credentials were not provided.' : 'Invalid token.'
  const answer = detail(config.unauthorizedStatus, why)
  // RFC 9110 §15.5.2: a 401 names a way to authenticate.
  return {
    known: false,
    answer: answer.status === 401 ? { ...answer, headers: { 'www-authenticate': 'Token' } } : answer,
  }
}
