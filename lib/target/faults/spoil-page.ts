import type { SpoilPage } from '../http/page.ts'
import type { Faults } from './config.ts'

/** What a target with these faults makes of pages; it remembers what counts it has shown. */
export function spoilPage({
  staleCount,
  countOff,
  items: itemsAre,
  next,
  nextTo,
  previous,
}: NonNullable<Faults['pages']>): SpoilPage {
  const firstCounts = new Map<string, number>()

  return (page, { items, from, to, list, self, first }) => {
    const spoilt = { ...page }
    if (!firstCounts.has(list)) firstCounts.set(list, page.count)
    if (staleCount) spoilt.count = firstCounts.get(list) as number
    spoilt.count = Math.max(0, spoilt.count + countOff)

    // As when something is added, or removed, at the front of the list before this page is asked for.
    if (itemsAre === 'twice' && from > 0) spoilt.results = items.slice(from - 1, to)
    if (itemsAre === 'missing' && from > 0) spoilt.results = items.slice(from + 1, to)

    if (next === 'loops' && page.next === null) spoilt.next = first
    if (nextTo !== undefined && page.next !== null) {
      const { pathname, search } = new URL(page.next)
      spoilt.next = nextTo.replace(/\/+$/, '') + pathname + search
    }
    if (previous === 'itself') spoilt.previous = self
    return spoilt
  }
}
