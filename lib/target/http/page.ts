import { type Answer, detail } from './answer.ts'

/** Where a list stands: the address without its query, the query, and the sizes of pages. */
export interface PageRequest {
  url: string
  query: URLSearchParams
  pageSize: number
  maxPageSize: number
}

/**
 * One page of a list, in the shape of OnCall's API. `?page` counts from 1; `?perpage` changes the page
 * size, up to `maxPageSize`, and is ignored where it is no whole number above 0. A page that does not
 * exist is a 404; the first page always exists.
 */
export function page<Item>(
  items: readonly Item[],
  { url, query, pageSize, maxPageSize }: PageRequest,
  show: (item: Item) => unknown,
): Answer {
  const asked = Number(query.get('perpage') ?? pageSize)
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxPageSize) : pageSize
  const pages = Math.max(1, Math.ceil(items.length / size))
  const number = Number(query.get('page') ?? 1)
  if (!Number.isInteger(number) || number < 1 || number > pages) return detail(404, 'Invalid page.')

  const link = (other: number) => {
    const linked = new URLSearchParams(query)
    linked.set('page', String(other))
    return `${url}?${linked}`
  }
  return {
    status: 200,
    body: {
      count: items.length,
      next: number < pages ? link(number + 1) : null,
      previous: number > 1 ? link(number - 1) : null,
      results: items.slice((number - 1) * size, number * size).map(show),
      current_page_number: number,
      page_size: size,
      total_pages: pages,
    },
  }
}
