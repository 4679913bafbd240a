import { z } from 'zod'
import type { Call } from './api.ts'
import { failure, type Result } from './problem.ts'

/** A list that never ends is a fault of the target, and would eat up the key's limit. */
const mostPages = 200

/**
 * Reads a list to its end: one request a page. Pages are asked for by their number; the links that
 * the answer carries are not followed, since they may lead to another host.
 * @param path relative to `/api/v1/`, with the query or without one.
 * @param item what one of it looks like; fields beside are passed over.
 */
export async function readList<Item extends z.ZodType>(
  call: Call,
  path: string,
  what: string,
  item: Item,
): Promise<Result<z.output<Item>[]>> {
  const pageSchema = z.object({ next: z.string().nullable(), results: z.array(item) })
  const items: z.output<Item>[] = []
  for (let page = 1; page <= mostPages; page++) {
    const query = page === 1 ? '' : `${path.includes('?') ? '&' : '?'}page=${page}`
    const answer = await call('GET', path + query, what)
    if (!answer.ok) return answer
    const parsed = pageSchema.safeParse(answer.value)
    if (!parsed.success) {
      return failure('unexpected', `Cannot ${what}: the answer is no page of a list of OnCall.`)
    }
    // One by one: so many arguments as a page may have items take no call.
    for (const item of parsed.data.results) items.push(item)
    if (parsed.data.next === null) return { ok: true, value: items }
  }
  return failure('unexpected', `Cannot ${what}: the list has more than ${mostPages} pages.`)
}
