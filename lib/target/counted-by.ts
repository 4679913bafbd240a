import type { Scopes } from '../history/history.ts'
import type { TargetConfig } from './config.ts'
import type { Integration, User } from './store/directory.ts'

type Limits = TargetConfig['limits']

/** The value that the limit of all an organization has is counted under; no id of anything else looks so. */
const wholeOrganization = (organization: string) => `all of ${organization}`

/** The value that a limit is counted under which all organizations share. */
const everybody = 'everybody'

/** What a request to an integration's address is counted under: each limit's own value. */
export function ingestScopes(limits: Limits, { id, organization }: Integration): Scopes {
  return {
    integration: limits.integration?.countedBy === 'organization' ? wholeOrganization(organization) : id,
    organization: limits.organization?.countedBy === 'everybody' ? everybody : organization,
  }
}

/** What a request to the API is counted under: its key, or those with whom the key shares the limit. */
export function apiScopes({ apiKey: limit }: Limits, key: string, { id, organization }: User): Scopes {
  switch (limit?.countedBy) {
    case 'user':
      return { apiKey: `user ${id}` }
    case 'organization':
      return { apiKey: wholeOrganization(organization) }
    case 'everybody':
      return { apiKey: everybody }
    default:
      return { apiKey: key }
  }
}
