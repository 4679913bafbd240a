import type { Said } from '../answer.ts'
import { saidOfBearer, saidOfRefusal, saidOfStranger } from '../authentication.ts'
import type { QuestionId } from '../questions.ts'
import { listWith } from '../requests.ts'
import { ownIntegrationIds } from '../site.ts'
import { keyDescriptors, ownKeyDescriptor } from '../whose-limit.ts'
import { assumedMs, type Experiment } from './experiment.ts'

/** Requests that carry no key, or none that there is, are of nobody. */
export const nobodyDescriptor = 'N'

/** Nobody's key: long enough for one, and in no platform by chance. */
const wrongKey = 'onset-no-such-key-0000000000000000000000000000'

/** Who may read the list of integrations. */
export const authentication: Experiment = {
  name: 'keys that are missing, wrong or of others',
  answers: ['auth-no-key', 'auth-wrong-key', 'auth-bearer', 'auth-other-organization'],
  track: 'api',
  integrations: () => [{ descriptor: 'A', type: 'formatted_webhook' }],
  obstacle({ otherKeys }, question) {
    if (question !== 'auth-other-organization' || otherKeys.otherOrganization !== undefined) return undefined
    return 'No key of another organization was named (target.otherKeys.otherOrganization).'
  },
  cost: () => ({ apiRequests: 5, alerts: 0, ms: 5 * assumedMs }),
  async run(site, asked) {
    const { ask, apiKey, otherKeys } = site
    const said = new Map<QuestionId, Said>()
    if (asked.has('auth-no-key')) {
      const exchange = await ask(listWith(site, nobodyDescriptor, undefined))
      said.set('auth-no-key', saidOfRefusal(exchange, 'without a key'))
    }
    if (asked.has('auth-wrong-key')) {
      const exchange = await ask(listWith(site, nobodyDescriptor, wrongKey))
      said.set('auth-wrong-key', saidOfRefusal(exchange, 'with a wrong key'))
    }
    if (asked.has('auth-bearer')) {
      said.set('auth-bearer', saidOfBearer(await ask(listWith(site, ownKeyDescriptor, `Bearer ${apiKey}`))))
    }
    const stranger = otherKeys.otherOrganization
    if (asked.has('auth-other-organization') && stranger !== undefined) {
      const own = ownIntegrationIds(site)
      const descriptor = keyDescriptors.otherOrganization
      const list = await ask(listWith(site, descriptor, stranger, '?perpage=100'))
      const item = await ask(listWith(site, descriptor, stranger, `${encodeURIComponent(own[0] as string)}/`))
      said.set('auth-other-organization', saidOfStranger(list, item, own))
    }
    return said
  },
}
