import { cannotTell } from '../answer.ts'
import { saidOfGrowth } from '../growth.ts'
import { type Added, ownIntegrationIds } from '../site.ts'
import { countIn, mostPages, perPageFor, walkPages } from '../walk-pages.ts'
import { assumedMs, type Experiment, listed } from './experiment.ts'

const addedDescriptor = 'P'
const question = 'pages-while-added'

/** Three walks, and one look at how many there are. */
const apiRequests = 3 * mostPages + 1

/** What becomes of a walk over pages when an item is added before it is done. */
export const growingList: Experiment = {
  name: 'the pages of the list of integrations while one is added',
  answers: [question],
  track: 'api',
  integrations: () => [...listed, { descriptor: addedDescriptor, type: 'formatted_webhook', onTheWay: true }],
  obstacle: () => undefined,
  cost: () => ({ apiRequests, alerts: 0, ms: apiRequests * assumedMs }),
  async run(site) {
    const perPage = perPageFor(await countIn(site))
    const own = ownIntegrationIds(site)
    const steady = await walkPages(site, perPage)
    const readBefore = steady.pages.length - 1
    let added: Added | undefined
    // As late as can be: then most orders put the new one among what has been read.
    const growing = await walkPages(site, perPage, async (number) => {
      if (number === readBefore + 1) added = await site.add(addedDescriptor)
    })
    if (added?.ok === false) {
      return new Map([
        [
          question,
          cannotTell(`No integration could be added. ${added.why}`, 'Ask again when one can be made.'),
        ],
      ])
    }
    const after = await walkPages(site, perPage)
    const addedId = added?.fixture.integrationId
    return new Map([[question, saidOfGrowth({ steady, growing, after, readBefore, addedId, own })]])
  },
}
