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
 * wrong one, or one of another type, is a 403. Every alert request with a good token uses up the limits,
 * a malformed one too (it costs 1); a heartbeat none.
 * @param path what follows `/integrations/v1/`
 */
export function ingest(world: World, request: TargetRequest, path: string): Answer | Promise<Answer> {
  const { behaviour, config, directory, alerts } = world
  const [type, token, ...rest] = path.split('/')
  const isHeartbeat = rest.length === 2 && rest[0] === 'heartbeat' && rest[1] === ''
  const isAlert = rest.length === 1 && rest[0] === ''
  if (!(isHeartbeat || isAlert) || !integrationTypes.some((known) => known === type)) return notFound

  const integration = directory.integrationByToken(token as string)
  if (!integration) return detail(403, 'This address belongs to no integration.')
  if (integration.type !== type)
    return detail(403, `This address is for ${type}, and its integration is of type ${integration.type}.`)
  if (isHeartbeat) {
    const isKnown = request.method === 'GET' || request.method === 'POST'
    return isKnown ? alive : methodNotAllowed(request.method, ['GET', 'POST'])
  }
  if (request.method !== 'POST') return methodNotAllowed(request.method, ['POST'])

  const payload = read(integration, request.bodyText)
  const alertCount = payload.valid && config.payloadCost === 'alerts' ? payload.alerts.length : 1
  const { id: integrationId, organization } = integration
  const scopes = ingestScopes(config.limits, integration)
  return whenDecided(behaviour, scopes, Math.max(1, alertCount), ({ request, decision, nowMs }) => {
    const times = payload.valid ? behaviour.timesTakenIn(request, decision) : 0
    for (let time = 0; payload.valid && time < times; time++) {
      for (const { uid, title, resolves, payload: text } of payload.alerts) {
        const origin = { organization, integrationId, routeId: routeOf(integration, text).id }
        alerts.receive({ origin, uid, title, resolves, payload: text }, nowMs)
      }
    }
    if (!decision.admitted) return behaviour.refuse(request, decision)
    return payload.valid ? taken : detail(400, payload.why)
  })
}
