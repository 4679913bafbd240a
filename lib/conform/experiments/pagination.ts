import type { Said } from '../answer.ts'
import { saidOfCount, saidOfItems, saidOfLinks, saidOfPastEnd, saidOfSize } from '../pages.ts'
import type { QuestionId } from '../questions.ts'
import { ownIntegrationIds } from '../site.ts'
import { askForPage, countIn, mostPages, perPageFor, walkPages } from '../walk-pages.ts'
import { assumedMs, type Experiment, listed } from './experiment.ts'

/** How the pages of a list fit together. */
export const pagination: Experiment = {
  name: 'the pages of the list of integrations',
  answers: ['pages-each-once', 'pages-count', 'pages-links', 'pages-size', 'pages-past-end'],
  track: 'api',
  integrations: () => listed,
  obstacle: () => undefined,
  cost: () => ({ apiRequests: mostPages + 2, alerts: 0, ms: (mostPages + 2) * assumedMs }),
  async run(site, asked) {
    const count = await countIn(site)
    const perPage = perPageFor(count)
    const walk = await walkPages(site, perPage)
    const answers: [QuestionId, () => Said | Promise<Said>][] = [
      ['pages-each-once', () => saidOfItems(walk, ownIntegrationIds(site))],
      ['pages-count', () => saidOfCount(walk)],
      ['pages-links', () => saidOfLinks(walk)],
      ['pages-size', () => saidOfSize(walk)],
      [
        'pages-past-end',
        async () => {
          const number = Math.ceil(count / perPage) + 100
          return saidOfPastEnd(await askForPage(site, `?perpage=${perPage}&page=${number}`, number))
        },
      ],
    ]
    const said = new Map<QuestionId, Said>()
    for (const [question, answer] of answers) if (asked.has(question)) said.set(question, await answer())
    return said
  },
}
