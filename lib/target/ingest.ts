import { ingestScopes } from './counted-by.ts'
import { type Answer, detail, methodNotAllowed, notFound } from './http/answer.ts'
import { parseJson } from './http/body.ts'
import { integrationTypes } from './integration-types.ts'
import { whenDecided } from './limited.ts'
import { type ReadPayload, readPayload } from './payload.ts'
import { type Integration, routeOf } from './store/directory.ts'
import type { TargetRequest, World } from './world.ts'

const taken: Answer = detail(200, 'Ok.')
const alive: Answer = detail(200, 'Heartbeat received.')

function read(integration: Integration, bodyText: string): ReadPayload {
  const json = parseJson(bodyText)
  return json.valid ? readPayload(integration.type, json.value, bodyText) : json
}

/**
 * `/integrations/v1/{type}/{token}/`: alerts, and heartbeats below it. The token is the credential, so a
 * wrong one, or one of another type, is a 403 that uses up nothing. A request for alerts with a good token
 * uses up the limits; a heartbeat, a malformed body and another method do as the configuration says.
 * @param path what follows `/integrations/v1/`
 */
export function ingest(world: World, request: TargetRequest, path: string): Answer | Promise<Answer> {
  const { behaviour, config, directory, alerts } = world
  const { method } = request
  const [type, token, ...rest] = path.split('/')
  const isHeartbeat = rest.length === 2 && rest[0] === 'heartbeat' && rest[1] === ''
  const isAlert = rest.length === 1 && rest[0] === ''
  if (!(isHeartbeat || isAlert) || !integrationTypes.some((known) => known === type)) return notFound

  const integration = directory.integrationByToken(token as string)
  if (!integration) return detail(403, 'This address belongs to no integration.')
  if (integration.type !== type)
    return detail(403, `This address is for ${type}, and its integration is of type ${integration.type}.`)

  const scopes = ingestScopes(config.limits, integration)
  const answered = (counts: 'counted' | 'free', answer: Answer) =>
    counts === 'free'
      ? answer
      : whenDecided(world, scopes, 1, ({ request, decision }) =>
          decision.admitted ? answer : behaviour.refuse(request, decision),
        )
  if (isHeartbeat) {
    const isKnown = method === 'GET' || method === 'POST'
    return isKnown ? answered(config.heartbeats, alive) : methodNotAllowed(method, ['GET', 'POST'])
  }
  if (method !== 'POST') return answered(config.otherMethods, methodNotAllowed(method, ['POST']))
  const payload = read(integration, request.bodyText)
  if (!payload.valid) return answered(config.malformedAlerts, detail(400, payload.why))

  const alertCount = config.payloadCost === 'alerts' ? payload.alerts.length : 1
  const { id: integrationId, organization } = integration
  return whenDecided(world, scopes, Math.max(1, alertCount), ({ request, decision, nowMs }) => {
    const times = behaviour.timesTakenIn(request, decision)
    for (let time = 0; time < times; time++) {
      for (const { uid, title, resolves, payload: text } of payload.alerts) {
        const origin = { organization, integrationId, routeId: routeOf(integration, text).id }
        alerts.receive({ origin, uid, title, resolves, payload: text }, nowMs)
      }
    }
    return decision.admitted ? taken : behaviour.refuse(request, decision)
  })
}
