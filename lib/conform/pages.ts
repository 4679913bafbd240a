import { z } from 'zod'
import { cannotTell, type Said } from './answer.ts'
import type { Exchange } from './exchange.ts'

/** One page of a list, as it was answered. */
export interface Page {
  exchange: Exchange
  number: number
  /** `undefined` where the answer is no page. */
  content: PageContent | undefined
}

const link = z.string().nullish()

const pageSchema = z.object({
  count: z.int().min(0),
  next: link,
  previous: link,
  results: z.array(z.looseObject({ id: z.union([z.string(), z.int()]) })),
  page_size: z.int().optional(),
  total_pages: z.int().optional(),
  current_page_number: z.int().optional(),
})
export type PageContent = z.output<typeof pageSchema>

/** Reads an answer as a page of a list. */
export function readPage(exchange: Exchange, number: number): Page {
  try {
    const parsed = pageSchema.safeParse(JSON.parse(exchange.body))
    return { exchange, number, content: parsed.success ? parsed.data : undefined }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { exchange, number, content: undefined }
  }
}

/** All pages of a list, one after another, as they were read. */
export interface Walk {
  pages: readonly Page[]
  /** How many items a page was asked to have. */
  perPage: number
  /** Did the walk come to a page without a next one? */
  whole: boolean
  /** Where a `next` led that was not followed, since it leads off the target or back. */
  astray?: string
}

export const linesOf = ({ pages }: Walk) => pages.map(({ exchange }) => exchange.line)
const contentsOf = ({ pages }: Walk) => pages.flatMap(({ content }) => (content ? [content] : []))
/** Ids of all items, in the order of the pages. */
export const idsOf = (walk: Walk) =>
  contentsOf(walk).flatMap(({ results }) => results.map(({ id }) => String(id)))

/** Why a walk says nothing of the list, if so. */
export function unread(walk: Walk): Said | undefined {
  const bad = walk.pages.find(({ content }) => !content)
  if (!bad) return undefined
  return cannotTell(
    `Page ${bad.number} was answered ${bad.exchange.status}, with something that is no page of a list.`,
    'Name a key that may read the list of integrations.',
    linesOf(walk),
  )
}

/** Did somebody change the list while it was read? */
function changedDuring(walk: Walk): boolean {
  return new Set(contentsOf(walk).map(({ count }) => count)).size > 1
}

/** Is each item there once? @param known ids of items that were there all the time. */
export function saidOfItems(walk: Walk, known: readonly string[]): Said {
  const lines = linesOf(walk)
  const none = unread(walk)
  if (none) return none
  const ids = idsOf(walk)
  const twice = [...new Set(ids.filter((id, k) => ids.indexOf(id) !== k))]
  const missing = known.filter((id) => !ids.includes(id))
  const seen = `${walk.pages.length === 1 ? '1 page holds' : `${walk.pages.length} pages hold`} ${ids.length} items.`
  if (twice.length > 0 && !changedDuring(walk)) {
    return {
      says: 'twice',
      answer: 'no, some are there twice',
      weight: 'violation',
      why: `${seen} ${twice.length} of them are on more than one page, although the count stayed the same.`,
      lines,
    }
  }
  if (missing.length > 0 && walk.whole) {
    return {
      says: 'missing',
      answer: 'no, some are missing',
      weight: 'violation',
      why: `${seen} ${missing.length} of ${known.length} integrations of this run, which were there all the time, are on none of them.`,
      lines,
    }
  }
  if (!walk.whole || twice.length > 0) {
    return cannotTell(
      `${seen} ${walk.whole ? 'The count changed meanwhile, as when somebody adds an item.' : 'The last page was not reached.'}`,
      'Ask again when nobody else changes the list.',
      lines,
    )
  }
  return {
    says: 'once',
    answer: 'yes',
    weight: 'fine',
    why: `${seen} None is there twice, and none is missing.`,
    lines,
  }
}

/** Is `count` the number of items? */
export function saidOfCount(walk: Walk): Said {
  const lines = linesOf(walk)
  const none = unread(walk)
  if (none) return none
  const counts = [...new Set(contentsOf(walk).map(({ count }) => count))]
  const items = new Set(idsOf(walk)).size
  const seen = `The pages say ${counts.join(' and ')}, and hold ${items} items.`
  if (counts.length > 1 || !walk.whole) {
    return cannotTell(
      `${seen} ${walk.whole ? 'The count changed meanwhile, as when somebody adds an item.' : 'The last page was not reached.'}`,
      'Ask again when nobody else changes the list.',
      lines,
    )
  }
  const right = counts[0] === items
  return {
    says: right ? 'right' : 'wrong',
    answer: right ? 'yes' : 'no',
    weight: right ? 'fine' : 'violation',
    why: seen,
    lines,
  }
}

/** Do `next` and `previous` lead to the neighbours, on the target, and end? */
export function saidOfLinks(walk: Walk): Said {
  const lines = linesOf(walk)
  const none = unread(walk)
  if (none) return none
  const wrong: string[] = []
  if (walk.astray !== undefined) wrong.push(`next leads ${walk.astray}`)
  walk.pages.forEach(({ content, number }, k) => {
    if (!content) return
    const isFirst = k === 0
    if (isFirst && content.previous != null) wrong.push(`page ${number} has a previous one`)
    if (!isFirst && content.previous == null) wrong.push(`page ${number} has no previous one`)
    const before = pageIn(content.previous)
    if (!isFirst && content.previous != null && before !== undefined && before !== number - 1) {
      wrong.push(`previous of page ${number} leads to page ${before}`)
    }
  })
  if (wrong.length > 0) {
    return { says: 'wrong', answer: 'no', weight: 'violation', why: `${sentence(wrong.join('; '))}`, lines }
  }
  if (!walk.whole) return cannotTell('The last page was not reached.', 'Allow more requests.', lines)
  return {
    says: 'right',
    answer: 'yes',
    weight: 'fine',
    why: `From the first page, next leads over ${walk.pages.length} pages to the last, and previous back.`,
    lines,
  }
}

/** Which page a link names; the first, where it names none. */
function pageIn(address: string | null | undefined): number | undefined {
  if (address == null || !URL.canParse(address, 'http://localhost')) return undefined
  const page = new URL(address, 'http://localhost').searchParams.get('page')
  return page === null ? 1 : Number(page)
}

/** Do pages have the size that was asked for, all but the last? */
export function saidOfSize(walk: Walk): Said {
  const lines = linesOf(walk)
  const none = unread(walk)
  if (none) return none
  const sizes = contentsOf(walk).map(({ results }) => results.length)
  const full = sizes.slice(0, -1)
  const seen = `Asked for ${walk.perPage} a page, the pages hold ${sizes.join(', ')} items.`
  if (full.length === 0)
    return cannotTell(`${seen} One page is not enough to tell.`, 'Have more items.', lines)
  const last = sizes.at(-1) as number
  if (full.every((size) => size === walk.perPage) && last <= walk.perPage) {
    return { says: 'as-asked', answer: 'yes', weight: 'fine', why: seen, lines }
  }
  const same = new Set(full).size === 1 && last <= (full[0] as number)
  return {
    says: 'not-as-asked',
    answer: same ? 'no, another' : 'no, it changes from page to page',
    weight: 'observation',
    why: `${seen} The documentation says that the page size may vary: a client must follow next.`,
    lines,
  }
}

/** What is answered to a page that there is not. */
export function saidOfPastEnd(page: Page): Said {
  const { status, line } = page.exchange
  const lines = [line]
  if (page.content) {
    const many = page.content.results.length
    return {
      says: many === 0 ? 'empty' : 'items',
      answer: many === 0 ? 'an empty page' : `a page with ${many} items`,
      weight: many === 0 ? 'observation' : 'violation',
      why: `Page ${page.number}, past the last, is answered ${status} with ${many} items.`,
      lines,
    }
  }
  if (status === 404 || status === 400) {
    return {
      says: String(status),
      answer: `refused with ${status}`,
      weight: 'fine',
      why: `Page ${page.number}, past the last, is answered ${status}.`,
      lines,
    }
  }
  return cannotTell(`Page ${page.number}, past the last, is answered ${status}.`, 'Ask again.', lines)
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
