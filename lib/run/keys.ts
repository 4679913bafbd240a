import type { Descriptor, HistoryRecord } from '../history/index.ts'
import type { OncallOptions, Pace } from '../oncall/index.ts'
import type { LoadKey } from './load-keys.ts'
import type { RaisedTarget } from './raise-target.ts'

/** The descriptor of the API key, whose requests are recorded whether its limit is tested or not. */
export const keyDescriptor: Descriptor = { name: 'K', scopes: { apiKey: 'K' } }

/**
 * The descriptor of the second key, by which all but the firing is done. No limit counts by its scope:
 * it is not under test, and others may use it.
 */
export const setupDescriptor: Descriptor = { name: 'S', scopes: { setupKey: 'S' } }

/** The descriptor of a further key, whose requests are recorded as those of the first one. */
export function loadKeyDescriptor({ descriptor }: LoadKey): Descriptor {
  return { name: descriptor, scopes: { apiKey: descriptor } }
}

/** How OnCall is spoken to with each key of a target. */
export interface Clients {
  /** With the key whose limit is in question. */
  tested: Omit<OncallOptions, 'signal'>
  /** To make ready, to read back and to clean up: with the second key, or the same as `tested`. */
  setup: Omit<OncallOptions, 'signal'>
  /** With each further key that a load is spread over, by its descriptor. */
  load: ReadonlyMap<string, Omit<OncallOptions, 'signal'>>
}

/**
 * The clients of a target, whose requests are all recorded.
 * @param paceOf makes what keeps the requests with one key below its limit, if anything is to.
 */
export function clientsOf(
  { url, ingestUrl, stackUrl, apiKey, setupKey, loadKeys = [] }: RaisedTarget,
  onRequest: (record: HistoryRecord) => void,
  paceOf: () => Pace | undefined = () => undefined,
): Clients {
  const tested = {
    url,
    ingestUrl,
    stackUrl,
    apiKey,
    descriptor: keyDescriptor.name,
    onRequest,
    pace: paceOf(),
  }
  const setup = setupKey && {
    ...tested,
    apiKey: setupKey,
    descriptor: setupDescriptor.name,
    pace: paceOf(),
  }
  const load = loadKeys.map(
    (key) =>
      [
        key.descriptor,
        {
          ...tested,
          apiKey: key.apiKey,
          stackUrl: key.stackUrl,
          descriptor: key.descriptor,
          pace: paceOf(),
        },
      ] as const,
  )
  return { tested, setup: setup || tested, load: new Map(load) }
}
