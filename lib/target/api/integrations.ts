import { z } from 'zod'
import { detail, notFound } from '../http/answer.ts'
import { page } from '../http/page.ts'
import { integrationTypes } from '../integration-types.ts'
import { type Integration, maxIntegrations } from '../store/directory.ts'
import type { World } from '../world.ts'
import { type Resource, withBody } from './resource.ts'
import { changeRoute, routeChange, showDefaultRoute } from './routes.ts'

const newIntegration = z.object({
  type: z.enum(integrationTypes),
  name: z.string().min(1).optional(),
  default_route: routeChange.optional(),
})
const integrationChange = newIntegration.omit({ type: true })

function showIntegration(origin: string) {
  return ({ id, name, type, token, route }: Integration) => {
    const link = `${origin}/integrations/v1/${type}/${token}/`
    return {
      id,
      name,
      type,
      link,
      team_id: null,
      maintenance_mode: null,
      default_route: showDefaultRoute(route),
      heartbeat: { link: `${link}heartbeat/` },
    }
  }
}

/** `integrations/`. Deleting one keeps its alert groups. */
export function integrations({ directory, behaviour }: World): Resource {
  return {
    collection: {
      GET: ({ user, page: asked, origin }) =>
        page(directory.integrations(user.organization), asked, showIntegration(origin)),

      POST: (call) =>
        withBody(call, newIntegration, ({ type, name, default_route: change }) => {
          const created = directory.createIntegration(call.user.organization, type, name ?? type)
          if (!created)
            return detail(400, `There are ${maxIntegrations} integrations, and no more are possible.`)
          if (change) changeRoute(created.route, change)
          return { status: 201, body: showIntegration(call.origin)(created) }
        }),
    },
    item: {
      GET({ user, origin }, id) {
        const found = directory.integration(user.organization, id)
        return found ? { status: 200, body: showIntegration(origin)(found) } : notFound
      },
      PUT(call, id) {
        const found = directory.integration(call.user.organization, id)
        if (!found) return notFound
        return withBody(call, integrationChange, ({ name, default_route: change }) => {
          if (name !== undefined) found.name = name
          if (change) changeRoute(found.route, change)
          return { status: 200, body: showIntegration(call.origin)(found) }
        })
      },
      DELETE({ user }, id) {
        const found = directory.integration(user.organization, id)
        if (!found) return notFound
        directory.deleteIntegration(found)
        behaviour.forget('integration', id)
        return { status: 204 }
      },
    },
  }
}
