import type { Call } from './api.ts'
import { failure, type OncallProblem, type Result } from './problem.ts'
import { doubts, noises, notifierNames, type OncallRoute, routeSchema } from './route.ts'

/**
 * Makes sure that nobody is notified through a route: no escalation chain, no channel, and every
 * notifier that can be switched off is, as read back from OnCall and not as written.
 * @returns what cannot be ruled out nevertheless, as sentences; or the problem of a route that would
 * notify somebody.
 */
export async function silence(call: Call, route: OncallRoute): Promise<Result<string[]>> {
  if (noises(route).length === 0) return { ok: true, value: doubts(route) }
  const changed = await call(
    'PUT',
    `routes/${encodeURIComponent(route.id)}/`,
    'switch off the notifications of a test route',
    quiet(route),
  )
  if (!changed.ok) return stillLoud(route, changed.problem)
  const read = await call('GET', `routes/${encodeURIComponent(route.id)}/`, 'read back a test route')
  if (!read.ok) return read
  const after = routeSchema.safeParse(read.value)
  if (!after.success) {
    return failure('unexpected', 'A test route could not be read back: the answer is no route of OnCall.')
  }
  return noises(after.data).length === 0 ? { ok: true, value: doubts(after.data) } : stillLoud(after.data)
}

function quiet(route: OncallRoute): Record<string, unknown> {
  const notifiers = notifierNames.flatMap((name) => {
    const { enabled, channel_id, id } = route[name] ?? {}
    const changes = {
      ...(enabled === undefined ? {} : { enabled: false }),
      ...(channel_id == null ? {} : { channel_id: null }),
      ...(id == null ? {} : { id: null }),
    }
    return Object.keys(changes).length > 0 ? [[name, changes]] : []
  })
  return { escalation_chain_id: null, ...Object.fromEntries(notifiers) }
}

function stillLoud(route: OncallRoute, problem?: OncallProblem): Result<never> {
  const why = problem ? ` ${problem.sentence}` : ''
  return failure('loud', `The test's route would notify somebody: ${noises(route).join(', ')}.${why}`, {
    status: problem?.status,
  })
}
