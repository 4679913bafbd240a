import { z } from 'zod'
import { detail, notFound } from '../http/answer.ts'
import { page } from '../http/page.ts'
import type { Route } from '../store/directory.ts'
import type { World } from '../world.ts'
import { type Resource, withBody } from './resource.ts'

const channel = z.object({ id: z.string().nullable(), enabled: z.boolean() }).partial()

/** What can be changed of a route. What is left out stays as it is. */
export const routeChange = z
  .object({
    escalation_chain_id: z.string().nullable(),
    slack: z.object({ channel_id: z.string().nullable(), enabled: z.boolean() }).partial(),
    telegram: channel,
    msteams: channel,
  })
  .partial()

/** Applies a change to a route. */
export function changeRoute(route: Route, change: z.output<typeof routeChange>): void {
  const { escalation_chain_id: chain, slack, telegram, msteams } = change
  if (chain !== undefined) route.escalationChainId = chain
  Object.assign(route.notifiers.slack, slack)
  Object.assign(route.notifiers.telegram, telegram)
  Object.assign(route.notifiers.msteams, msteams)
}

/** A route's notifiers and escalation chain, as both routes and integrations show them. */
export const showDefaultRoute = (route: Route) => ({
  id: route.id,
  escalation_chain_id: route.escalationChainId,
  ...structuredClone(route.notifiers),
})

const showRoute = (route: Route) => ({
  ...showDefaultRoute(route),
  integration_id: route.integrationId,
  routing_regex: route.routingRegex,
  position: route.position,
  is_the_last_route: route.isLast,
})

/** `routes/`: those of each integration, in the order in which they are tried. Routes are made with their integration. */
export function routes({ directory }: World): Resource {
  const routesOf = (organization: string) =>
    directory.integrations(organization).flatMap((integration) => integration.routes)
  const routeOf = (organization: string, id: string) =>
    routesOf(organization).find((route) => route.id === id)

  return {
    collection: {
      GET({ user, query, page: asked }) {
        const of = query.get('integration_id')
        const found = routesOf(user.organization).filter((route) => of === null || route.integrationId === of)
        return page(found, asked, showRoute)
      },
    },
    item: {
      GET({ user }, id) {
        const route = routeOf(user.organization, id)
        return route ? { status: 200, body: showRoute(route) } : notFound
      },
      PUT(call, id) {
        const route = routeOf(call.user.organization, id)
        if (!route) return notFound
        return withBody(call, routeChange, (change) => {
          const chain = change.escalation_chain_id
          if (chain && !directory.escalationChains(call.user.organization).some(({ id }) => id === chain))
            return detail(400, 'escalation_chain_id: there is no such escalation chain')
          changeRoute(route, change)
          return { status: 200, body: showRoute(route) }
        })
      },
    },
  }
}
