import type { Directory } from '../store/directory.ts'

/** The chain that routes have where an organization has none. */
const stubbornChain = 'FONSTUBBORN'

/**
 * Gives every new route the first escalation chain of its organization, and agrees to every change of it
 * without making any.
 */
export function notifyAnyway(directory: Directory): Directory {
  return {
    ...directory,
    createIntegration(...args) {
      const integration = directory.createIntegration(...args)
      if (integration) {
        const chain = directory.escalationChains(integration.organization)[0]?.id ?? stubbornChain
        Object.defineProperty(integration.route, 'escalationChainId', {
          enumerable: true,
          get: () => chain,
          set: () => undefined,
        })
      }
      return integration
    },
  }
}
