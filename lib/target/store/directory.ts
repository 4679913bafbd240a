import { randomBytes } from 'node:crypto'
import type { TargetConfig } from '../config.ts'
import { idMaker } from './ids.ts'

/** The integration types that the target can be sent alerts as. */
export const integrationTypes = ['webhook', 'formatted_webhook', 'alertmanager'] as const
export type IntegrationType = (typeof integrationTypes)[number]

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
  notifiers: Notifiers
}

export interface Integration {
  id: string
  organization: string
  type: IntegrationType
  name: string
  /** The credential in the ingestion address. */
  token: string
  /** Every integration has one route, the default one. */
  route: Route
}

export type User = TargetConfig['users'][number]

/** Who and what exists: users by their keys, integrations by id and by token. */
export interface Directory {
  userByKey(key: string): User | undefined
  createIntegration(organization: string, type: IntegrationType, name: string): Integration | undefined
  integrationByToken(token: string): Integration | undefined
  integration(organization: string, id: string): Integration | undefined
  integrations(organization: string): Integration[]
  deleteIntegration(integration: Integration): void
}

/** So many integrations may exist at once, over all organizations. */
export const maxIntegrations = 10_000

/** A directory with the users and keys of a configuration, and no integration. */
export function createDirectory({ users, keys }: TargetConfig): Directory {
  const userById = new Map(users.map((user) => [user.id, user]))
  const userByKey = new Map(keys.map(({ key, user }) => [key, userById.get(user)]))
  const byId = new Map<string, Integration>()
  const byToken = new Map<string, Integration>()
  const integrationId = idMaker('C')
  const routeId = idMaker('R')

  return {
    userByKey: (key) => userByKey.get(key),
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
      const route: Route = {
        id: routeId(),
        integrationId: id,
        organization,
        escalationChainId: null,
        routingRegex: null,
        position: 0,
        notifiers: {
          slack: { channel_id: null, enabled: true },
          telegram: { id: null, enabled: false },
          msteams: { id: null, enabled: false },
        },
      }
      const token = randomBytes(18).toString('base64url')
      const integration = { id, organization, type, name, token, route }
      byId.set(id, integration)
      byToken.set(token, integration)
      return integration
    },

    deleteIntegration({ id, token }) {
      byId.delete(id)
      byToken.delete(token)
    },
  }
}
