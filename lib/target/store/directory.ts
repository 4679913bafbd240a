import { randomBytes } from 'node:crypto'
import type { TargetConfig } from '../config.ts'
import type { EscalationChain, ExistingIntegration, ExistingRoute } from '../existing.ts'
import type { IntegrationType } from '../integration-types.ts'
import { idMaker } from './ids.ts'

/** Where a route posts beside its escalation chain. A `null` channel with `enabled` may still post somewhere. */
export interface Notifiers {
  slack: { channel_id: string | null; enabled: boolean }
  telegram: { id: string | null; enabled: boolean }
  msteams: { id: string | null; enabled: boolean }
}

export interface Route {
  id: string
  integrationId: string
  organization: string
  escalationChainId: string | null
  routingRegex: string | null
  position: number
  isLast: boolean
  notifiers: Notifiers
}

export interface Integration {
  id: string
  organization: string
  type: IntegrationType
  name: string
  /** The credential in the ingestion address. */
  token: string
  /** The default route, which every integration has. */
  route: Route
  /** All routes in the order in which they are tried; the default one is the last. */
  routes: Route[]
}

export type User = TargetConfig['users'][number]

/** Who and what exists: users by their keys, integrations by id and by token. */
export interface Directory {
  /** @param stackUrl the stack that the request names: a service-account token belongs to one. */
  userByKey(key: string | undefined, stackUrl: string | undefined): User | undefined
  createIntegration(organization: string, type: IntegrationType, name: string): Integration | undefined
  integrationByToken(token: string): Integration | undefined
  integration(organization: string, id: string): Integration | undefined
  integrations(organization: string): Integration[]
  deleteIntegration(integration: Integration): void
  escalationChains(organization: string): EscalationChain[]
}

/** The route that an alert takes: the first whose expression is found in its payload. */
export function routeOf({ route, routes }: Integration, payload: string): Route {
  if (routes.length === 1) return route
  return (
    routes.find(({ routingRegex }) => routingRegex !== null && new RegExp(routingRegex).test(payload)) ??
    route
  )
}

/** So many integrations may exist at once, over all organizations. */
export const maxIntegrations = 10_000

const leadsNowhere: ExistingRoute = {
  escalationChain: null,
  slack: { channelId: null, enabled: false },
  telegram: { id: null, enabled: false },
  msteams: { id: null, enabled: false },
}

/** What a new route is: silent, but for Slack, where a default channel of the workspace would get its alerts. */
const newRoute: ExistingRoute = { ...leadsNowhere, slack: { channelId: null, enabled: true } }

/** A directory with the users, the keys and all else that a configuration says is there. */
export function createDirectory(config: TargetConfig): Directory {
  const { users, keys, escalationChains, integrations } = config
  const userById = new Map(users.map((user) => [user.id, user]))
  const keyByText = new Map(keys.map((key) => [key.key, key]))
  const byId = new Map<string, Integration>()
  const byToken = new Map<string, Integration>()
  const integrationId = idMaker('C')
  const routeId = idMaker('R')

  function add(given: Omit<ExistingIntegration, 'token'>, token: string): Integration {
    const { id, organization, type, name, routes, defaultRoute } = given
    const owner = { integrationId: id, organization }
    const made = [...routes, { ...defaultRoute, routingRegex: null }].map(
      ({ routingRegex, escalationChain, slack, telegram, msteams }, position): Route => ({
        id: routeId(),
        ...owner,
        escalationChainId: escalationChain,
        routingRegex,
        position,
        isLast: position === routes.length,
        notifiers: structuredClone({
          slack: { channel_id: slack.channelId, enabled: slack.enabled },
          telegram,
          msteams,
        }),
      }),
    )
    const integration = { id, organization, type, name, token, route: made.at(-1) as Route, routes: made }
    byId.set(id, integration)
    byToken.set(token, integration)
    return integration
  }

  const randomToken = () => randomBytes(18).toString('base64url')
  for (const { token, ...given } of integrations) add(given, token ?? randomToken())

  return {
    userByKey(text, stackUrl) {
      const key = text === undefined ? undefined : keyByText.get(text)
      if (!key || (key.stackUrl !== undefined && key.stackUrl !== stackUrl)) return undefined
      return userById.get(key.user)
    },
    integrationByToken: (token) => byToken.get(token),

    integration(organization, id) {
      const found = byId.get(id)
      return found?.organization === organization ? found : undefined
    },

    integrations: (organization) =>
      [...byId.values()].filter((integration) => integration.organization === organization),

    createIntegration(organization, type, name) {
      if (byId.size >= maxIntegrations) return undefined
      const id = integrationId()
      return add({ id, organization, type, name, routes: [], defaultRoute: newRoute }, randomToken())
    },

    deleteIntegration({ id, token }) {
      byId.delete(id)
      byToken.delete(token)
    },

    escalationChains: (organization) =>
      escalationChains.filter((chain) => chain.organization === organization),
  }
}
