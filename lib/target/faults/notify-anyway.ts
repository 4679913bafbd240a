import type { Directory } from '../store/directory.ts'

/** The chain that every route has, whatever it is told. */
export const stubbornChain = 'FONSTUBBORN'

/** Gives every new route an escalation chain, and agrees to every change of it without making any. */
export function notifyAnyway(directory: Directory): Directory {
  return {
    ...directory,
    createIntegration(...args) {
      const integration = directory.createIntegration(...args)
      if (integration) {
        Object.defineProperty(integration.route, 'escalationChainId', {
          enumerable: true,
          get: () => stubbornChain,
          set: () => undefined,
        })
      }
      return integration
    },
  }
}
