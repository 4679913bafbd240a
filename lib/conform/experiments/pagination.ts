import type { Said } from '../answer.ts'
import {
  type Page,
  readPage,
  saidOfCount,
  saidOfItems,
  saidOfLinks,
  saidOfPastEnd,
  saidOfSize,
  type Walk,
} from '../pages.ts'
import type { QuestionId } from '../questions.ts'
import { listWith } from '../requests.ts'
import type { Site } from '../site.ts'
import { ownKeyDescriptor } from '../whose-limit.ts'
import { assumedMs, type Experiment } from './experiment.ts'

/** A list is walked over so many pages at most, and is asked for pages so small that there are a few. */
const mostPages = 12
const wantedPages = 4

/** How the pages of a list fit together. */
export const pagination: Experiment = {
  name: 'the pages of the list of integrations',
  answers: ['pages-each-once', 'pages-count', 'pages-links', 'pages-size', 'pages-past-end'],
  track: 'api',
  integrations: ['A', 'B', 'C', 'D', 'E'].map((descriptor) => ({ descriptor, type: 'formatted_webhook' })),
  obstacle: () => undefined,
  cost: () => ({ apiRequests: mostPages + 2, alerts: 0, ms: (mostPages + 2) * assumedMs }),
  async run(site, asked) {
    const first = readPage(await site.ask(listWith(site, ownKeyDescriptor, site.apiKey, '?perpage=1')), 1)
    const count = first.content?.count ?? 0
    const perPage = Math.max(2, Math.ceil(count / wantedPages))
    const walk = await walkPages(site, perPage)
    const own = [...site.fixtures.values()].map(({ integrationId }) => integrationId)
    const answers: [QuestionId, () => Said | Promise<Said>][] = [
      ['pages-each-once', () => saidOfItems([walk], own)],
      ['pages-count', () => saidOfCount(walk)],
      ['pages-links', () => saidOfLinks(walk)],
      ['pages-size', () => saidOfSize(walk)],
      [
        'pages-past-end',
        async () => {
          const number = Math.ceil(count / perPage) + 100
          const query = `?perpage=${perPage}&page=${number}`
          return saidOfPastEnd(
            readPage(await site.ask(listWith(site, ownKeyDescriptor, site.apiKey, query)), number),
          )
        },
      ],
    ]
    const said = new Map<QuestionId, Said>()
    for (const [question, answer] of answers) if (asked.has(question)) said.set(question, await answer())
    return said
  },
}

/** Follows `next` from the first page, on the target alone. */
async function walkPages(site: Site, perPage: number): Promise<Walk> {
  const request = listWith(site, ownKeyDescriptor, site.apiKey, `?perpage=${perPage}`)
  const { origin } = new URL(request.url)
  const visited = new Set<string>()
  const pages: Page[] = []
  let url: string | undefined = request.url
  while (url !== undefined && pages.length < mostPages) {
    visited.add(pageOf(url))
    const page = readPage(await site.ask({ ...request, url }), pages.length + 1)
    pages.push(page)
    const next: string | null | undefined = page.content?.next
    if (next == null) return { pages, perPage, whole: page.content !== undefined }
    const address: URL | undefined = URL.canParse(next, url) ? new URL(next, url) : undefined
    if (address?.origin !== origin) return { pages, perPage, whole: false, astray: 'off the target' }
    if (visited.has(pageOf(address.href)))
      return { pages, perPage, whole: false, astray: 'back to a page before' }
    url = address.href
  }
  return { pages, perPage, whole: false }
}

/** What tells a page from others: the first need not be named by its number. */
function pageOf(url: string): string {
  const { searchParams } = new URL(url)
  const others = [...searchParams].filter(([name]) => name !== 'perpage' && name !== 'page').sort()
  return JSON.stringify([searchParams.get('page') ?? '1', ...others])
}
