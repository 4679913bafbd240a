import type { Directory } from '../store/directory.ts'

/** Shows everybody the integrations of all these organizations, and their routes; and lets them be changed. */
export function showOtherOrganizations(directory: Directory, organizations: readonly string[]): Directory {
  return {
    ...directory,
    integrations: () => organizations.flatMap((organization) => directory.integrations(organization)),
    integration(_, id) {
      for (const organization of organizations) {
        const found = directory.integration(organization, id)
        if (found) return found
      }
      return undefined
    },
  }
}
