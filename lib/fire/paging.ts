/**
 * The address of the page that a client of a paged list asks for next: the `next` link of the page
 * it has just read, as long as that leads to the same list on the same origin; otherwise the first
 * page again. Never throws: a body that is no such page means the first page.
 * Written without the `URL` class, which k6 does not have.
 */
export function nextPage(firstPage: string, body: unknown): string {
  if (typeof body !== 'string') return firstPage
  let next: unknown
  try {
    next = (JSON.parse(body) as { next?: unknown } | null)?.next
  } catch {
    return firstPage
  }
  if (typeof next !== 'string') return firstPage
  const list = firstPage.split(/[?#]/, 1)[0] as string
  return next.split(/[?#]/, 1)[0] === list ? next : firstPage
}
