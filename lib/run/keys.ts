import type { Descriptor, HistoryRecord } from '../history/index.ts'
import type { OncallOptions } from '../oncall/index.ts'
import type { RaisedTarget } from './raise-target.ts'

/** The descriptor of the API key, whose requests are recorded whether its limit is tested or not. */
export const keyDescriptor: Descriptor = { name: 'K', scopes: { apiKey: 'K' } }

/**
 * The descriptor of the second key, by which all but the firing is done. No limit counts by its scope:
 * it is not under test, and others may use it.
 */
export const setupDescriptor: Descriptor = { name: 'S', scopes: { setupKey: 'S' } }

/** How OnCall is spoken to with each key of a target. */
export interface Clients {
  /** With the key whose limit is in question. */
  tested: Omit<OncallOptions, 'signal'>
  /** To make ready, to read back and to clean up: with the second key, or the same as `tested`. */
  setup: Omit<OncallOptions, 'signal'>
}

/** The clients of a target, whose requests are all recorded. */
export function clientsOf(
  { url, ingestUrl, stackUrl, apiKey, setupKey }: RaisedTarget,
  onRequest: (record: HistoryRecord) => void,
): Clients {
  const tested = { url, ingestUrl, stackUrl, apiKey, descriptor: keyDescriptor.name, onRequest }
  const setup = setupKey && { ...tested, apiKey: setupKey, descriptor: setupDescriptor.name }
  return { tested, setup: setup || tested }
}
