import { apiScopes } from '../counted-by.ts'
import { faultyPages } from '../faults/index.ts'
import { type Answer, detail, methodNotAllowed, notFound } from '../http/answer.ts'
import { parseJson } from '../http/body.ts'
import { whenDecided } from '../limited.ts'
import type { TargetRequest, World } from '../world.ts'
import { alertGroups } from './alert-groups.ts'
import { alerts } from './alerts.ts'
import { callerOf } from './caller.ts'
import { escalationChains, escalationPolicies } from './escalation.ts'
import { integrations } from './integrations.ts'
import type { Call, Method, Resource } from './resource.ts'
import { routes } from './routes.ts'
import { users } from './users.ts'
import { webhooks } from './webhooks.ts'

type Handler = (call: Call) => Answer

/** What a path can be asked, by method; undefined where there is no such path. */
function handlersAt(
  resources: ReadonlyMap<string, Resource>,
  path: string,
): Partial<Record<Method, Handler>> | undefined {
  const [name, ...rest] = path.split('/')
  const resource = resources.get(name as string)
  const last = rest.pop()
  if (!resource || last === undefined) return undefined
  if (rest.length === 0) return last === '' ? resource.collection : undefined

  const [id, actionName] = last === '' ? rest : [...rest, last]
  if (!id || rest.length > 2) return undefined
  if (actionName === undefined) {
    const handlers = Object.entries(resource.item ?? {})
    return handlers.length === 0
      ? undefined
      : Object.fromEntries(handlers.map(([method, handle]) => [method, (call: Call) => handle(call, id)]))
  }
  const action = Object.entries(resource.actions ?? {}).find(([known]) => known === actionName)?.[1]
  return action && { POST: (call) => action(call, id) }
}

/**
 * `/api/v1/`. A path that does not exist is a 404 whoever asks. Otherwise the key comes first, then
 * the limits: every request with a good key uses them up, also one that is then answered 404, 405 or 400.
 * @returns the answer to a request, whose path below `/api/v1/` is given
 */
export function createApi(world: World) {
  const { behaviour, config } = world
  const { pageSize, maxPageSize, pageAfterLast } = config
  const spoil = faultyPages(config.faults)
  const resources: ReadonlyMap<string, Resource> = new Map([
    ['integrations', integrations(world)],
    ['routes', routes(world)],
    ['alert_groups', alertGroups(world)],
    ['alerts', alerts(world)],
    ['users', users(world)],
    ['escalation_chains', escalationChains(world)],
    ['escalation_policies', escalationPolicies(world)],
    ['webhooks', webhooks(world)],
  ])

  return (request: TargetRequest, path: string): Answer | Promise<Answer> => {
    const handlers = handlersAt(resources, path)
    if (!handlers) return notFound
    const asking = callerOf(world, request)
    if (!asking.known) return asking.answer
    const { key, user } = asking.caller
    const { method, origin } = request

    const scopes = apiScopes(config.limits, key, user)
    return whenDecided(world, scopes, 1, ({ request: limited, decision, nowMs }) => {
      if (!decision.admitted) return behaviour.refuse(limited, decision)
      const handle = handlers[method as Method]
      if (!handle) return methodNotAllowed(method, Object.keys(handlers))
      const body = parseJson(request.bodyText)
      if (!body.valid) return detail(400, body.why)
      world.alerts.advance(nowMs)
      const query = new URLSearchParams(request.query)
      const page = { url: origin + request.path, query, pageSize, maxPageSize, pageAfterLast, spoil }
      return handle({ user, query, body: body.value, origin, page, nowMs })
    })
  }
}
