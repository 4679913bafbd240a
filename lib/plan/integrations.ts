import type { Limit } from '../spec/index.ts'
import { fillFactor } from './parts.ts'
import type { PlannedDescriptor } from './plan.ts'

/** The integration of this name, as requests are sent for it. */
export function alertsTo(name: string): PlannedDescriptor {
  return { name, scopes: { integration: name, organization: 'organization' }, kind: 'alert' }
}

/** A for its own limit; as many more as it takes to fill the organization twice and then some. */
export function integrationNames(integration: Limit | undefined, organization: Limit | undefined): string[] {
  const each = integration?.limit ?? Number.POSITIVE_INFINITY
  const more = organization ? Math.ceil((fillFactor * organization.limit) / each) + (integration ? 0 : -1) : 0
  return Array.from({ length: 1 + Math.max(integration && organization ? 2 : 0, more) }, (_, k) =>
    integrationName(k),
  )
}

/** A … J, L … R, T … Z, then A1 and so on: K is the key's, and S that of the one by which all is made ready. */
export function integrationName(k: number): string {
  const letters = 'ABCDEFGHIJLMNOPQRTUVWXYZ'
  const round = Math.floor(k / letters.length)
  return `${letters[k % letters.length]}${round > 0 ? round : ''}`
}
