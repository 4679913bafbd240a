import { type Answer, detail } from './answer.ts'

/** Where a list stands: the address without its query, the query, and how it is cut into pages. */
export interface PageRequest {
  url: string
  query: URLSearchParams
  /** One size, which `?perpage` may change; or the sizes of page after page, in turn, which it may not. */
  pageSize: number | readonly number[]
  maxPageSize: number
  /** What is answered for a page after the last: a 404, or a page with nothing on it. */
  pageAfterLast: 'not-found' | 'empty'
  /** What a faulty target makes of a page. */
  spoil?: SpoilPage
}

/** A page before its items are shown. */
export interface Page<Item> {
  count: number
  next: string | null
  previous: string | null
  results: readonly Item[]
}

/** What there is to know about a page beside what it says. */
export interface PagePlace<Item> {
  items: readonly Item[]
  /** Where the page begins and ends (exclusive) in the list. */
  from: number
  to: number
  /** The addresses of the list without its place and size, of this page, and of the first. */
  list: string
  self: string
  first: string
}

/** Makes another page of a page. */
export type SpoilPage = <Item>(page: Page<Item>, place: PagePlace<Item>) => Page<Item>

/** Where pages end in a list of so many: at least one page, which may be empty. */
function pageEnds(count: number, sizes: readonly number[]): number[] {
  const ends: number[] = []
  do {
    const size = sizes[ends.length % sizes.length] as number
    ends.push(Math.min(count, (ends.at(-1) ?? 0) + size))
  } while ((ends.at(-1) as number) < count)
  return ends
}

/** The sizes of pages, in turn. */
function sizesOf({ query, pageSize, maxPageSize }: PageRequest): readonly number[] {
  if (typeof pageSize !== 'number') return pageSize
  const asked = Number(query.get('perpage') ?? pageSize)
  return [Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxPageSize) : pageSize]
}

/**
 * One page of a list, in the shape of OnCall's API. `?page` counts from 1; `?perpage` changes the page
 * size, up to `maxPageSize`, and is ignored where it is no whole number above 0. What is no number of a
 * page is a 404; the first page always exists.
 */
export function page<Item>(
  items: readonly Item[],
  asked: PageRequest,
  show: (item: Item) => unknown,
): Answer {
  const { url, query, pageAfterLast, spoil } = asked
  const sizes = sizesOf(asked)
  const ends = pageEnds(items.length, sizes)
  const number = Number(query.get('page') ?? 1)
  const isAfterLast = number > ends.length
  if (!Number.isInteger(number) || number < 1 || (isAfterLast && pageAfterLast === 'not-found'))
    return detail(404, 'Invalid page.')

  const link = (other: number) => {
    const linked = new URLSearchParams(query)
    linked.set('page', String(other))
    return `${url}?${linked}`
  }
  const from = number === 1 ? 0 : (ends[number - 2] ?? items.length)
  const to = ends[number - 1] ?? items.length
  const proper: Page<Item> = {
    count: items.length,
    next: number < ends.length ? link(number + 1) : null,
    previous: number > 1 ? link(Math.min(number - 1, ends.length)) : null,
    results: items.slice(from, to),
  }
  const list = new URLSearchParams(query)
  for (const placing of ['page', 'perpage']) list.delete(placing)
  const place = { items, from, to, list: `${url}?${list}`, self: link(number), first: link(1) }
  const { results, ...said } = spoil ? spoil(proper, place) : proper
  return {
    status: 200,
    body: {
      ...said,
      results: results.map(show),
      current_page_number: number,
      page_size: sizes[(number - 1) % sizes.length],
      total_pages: ends.length,
    },
  }
}
