import { cannotTell, type Said } from './answer.ts'
import { idsOf, linesOf, unread, type Walk } from './pages.ts'

/** A list that was read three times: as it was, while an item was added, and as it is with it. */
export interface Growth {
  steady: Walk
  growing: Walk
  after: Walk
  /** So many pages had been read when the item was added. */
  readBefore: number
  /** Of the item that was added; `undefined` where there was no further page before which to add it. */
  addedId: string | undefined
  /** Ids of items of this run that were there all the time. */
  own: readonly string[]
}

const steadyFirst = 'See pages-each-once and pages-links: that has to hold first.'
const alone = 'Ask again when nobody else changes the list.'

/**
 * Were the items that were there all the time on the pages once, although one was added before all pages
 * were read? Told only of a list that is otherwise in order, and that changed by that item alone. That all are
 * there once says something only where the new one was put at the end, which moves nothing, or among what had
 * been read already.
 */
export function saidOfGrowth({ steady, growing, after, readBefore, addedId, own }: Growth): Said {
  const walks = [steady, growing, after]
  const lines = walks.flatMap(linesOf)
  for (const walk of walks) {
    const none = unread(walk)
    if (none) return none
  }
  const before = idsOf(steady)
  if (!steady.whole || twiceIn(before).length > 0 || own.some((id) => !before.includes(id))) {
    return cannotTell(
      'The pages do not hold each item once, or do not end, while nothing is added.',
      steadyFirst,
      lines,
    )
  }
  if (readBefore < 1) {
    return cannotTell(
      `All ${before.length} items are on one page, so none can be added between two.`,
      'Have more items than one page holds.',
      lines,
    )
  }
  if (addedId === undefined) {
    return cannotTell('The list had fewer pages when it was read again.', alone, lines)
  }
  const [during, then] = [idsOf(growing), idsOf(after)]
  const expected = new Set([...before, addedId])
  const isOtherwiseSame =
    after.whole &&
    then.length === expected.size &&
    then.every((id) => expected.has(id)) &&
    during.every((id) => expected.has(id))
  if (!isOtherwiseSame) {
    return cannotTell(
      'Afterwards the list does not hold what it held before and the new integration, each once.',
      alone,
      lines,
    )
  }
  const place = then.indexOf(addedId)
  const where =
    place === 0
      ? ' The list begins with the new one.'
      : place === then.length - 1
        ? ' The list ends with the new one.'
        : ''
  const seen = `An integration was added after ${readBefore} of ${steady.pages.length} pages had been read.${where}`
  const missing = before.filter((id) => !during.includes(id))
  if (missing.length > 0 && growing.whole) {
    return {
      says: 'missing',
      answer: 'no, some are missing',
      weight: 'violation',
      why: `${seen} ${missing.length} of ${before.length} that were there all the time are on no page, so a client that reads all pages does not see them.`,
      lines,
    }
  }
  const twice = twiceIn(during)
  if (twice.length > 0) {
    return {
      says: 'twice',
      answer: `no, ${twice.length === 1 ? 'one is' : 'some are'} there twice: tell items by their ids`,
      weight: 'observation',
      why: `${seen} ${twice.length} of ${before.length} that were there all the time ${twice.length === 1 ? 'is' : 'are'} on two pages: a client has to tell items by their ids.`,
      lines,
    }
  }
  if (!growing.whole) return cannotTell(`${seen} The last page was not reached.`, steadyFirst, lines)
  const itemsRead = idsOf({ ...growing, pages: growing.pages.slice(0, readBefore) }).length
  if (place >= itemsRead && place < then.length - 1) {
    return cannotTell(
      `${seen} Each is there once, but the new one was put in place ${place + 1} of ${then.length}, behind all that had been read, where it moves nothing. Another may be put before.`,
      'Ask again: it depends on where the list puts the new one.',
      lines,
    )
  }
  return {
    says: 'once',
    answer: 'yes',
    weight: 'fine',
    why: `${seen} Each of the ${before.length} that were there all the time is on the pages once.`,
    lines,
  }
}

function twiceIn(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, k) => ids.indexOf(id) !== k))]
}
