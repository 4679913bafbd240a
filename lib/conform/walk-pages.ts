import { type Page, readPage, type Walk } from './pages.ts'
import { listWith } from './requests.ts'
import type { Site } from './site.ts'
import { ownKeyDescriptor } from './whose-limit.ts'

/** A list is walked over so many pages at most, and is asked for pages so small that there are a few. */
export const mostPages = 12
const wantedPages = 4

/** How many items a page is asked to have, so that a list of so many has a few pages. */
export function perPageFor(count: number): number {
  return Math.max(2, Math.ceil(count / wantedPages))
}

/** A page of the list of integrations, by the query that asks for it. */
export async function askForPage(site: Site, query: string, number: number): Promise<Page> {
  return readPage(await site.ask(listWith(site, ownKeyDescriptor, site.apiKey, query)), number)
}

/** How many integrations the list says that it has. One request. */
export async function countIn(site: Site): Promise<number> {
  return (await askForPage(site, '?perpage=1', 1)).content?.count ?? 0
}

/**
 * Follows `next` from the first page of the list of integrations, on the target alone.
 * @param before called before each page but the first is asked for, with its number.
 */
export async function walkPages(
  site: Site,
  perPage: number,
  before: (number: number) => Promise<void> = async () => undefined,
): Promise<Walk> {
  const request = listWith(site, ownKeyDescriptor, site.apiKey, `?perpage=${perPage}`)
  const { origin } = new URL(request.url)
  const visited = new Set<string>()
  const pages: Page[] = []
  let url: string | undefined = request.url
  while (url !== undefined && pages.length < mostPages) {
    if (pages.length > 0) await before(pages.length + 1)
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
