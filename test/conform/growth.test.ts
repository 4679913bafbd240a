import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../lib/conform/exchange.ts'
import { type Growth, saidOfGrowth } from '../../lib/conform/growth.ts'
import { readPage, type Walk } from '../../lib/conform/pages.ts'
import { Outcome } from '../../lib/history/index.ts'

/** A walk over pages whose items have one letter each, such as `ab|cd|e`. */
function walk(pages: string, whole = true): Walk {
  const read = pages.split('|').map((ids, k) => {
    const results = [...ids].map((id) => ({ id }))
    const exchange: Exchange = {
      line: k + 2,
      descriptor: 'K',
      kind: 'list',
      sentMs: k,
      receivedMs: k + 1,
      status: 200,
      outcome: Outcome.accepted,
      headers: [],
      body: JSON.stringify({ count: ids.length, next: null, previous: null, results }),
    }
    return readPage(exchange, k + 1)
  })
  return { pages: read, perPage: 2, whole }
}

const growth = (steady: string, growing: string, after: string, more: Partial<Growth> = {}): Growth => ({
  steady: walk(steady),
  growing: walk(growing),
  after: walk(after),
  readBefore: steady.split('|').length - 1,
  addedId: 'n',
  own: [...'abcde'],
  ...more,
})

describe('a walk over pages while an item is added', () => {
  test.each([
    ['at the end', 'ab|cd|e', 'ab|cd|en', 'ab|cd|en'],
    ['among what has been read, in a list that is read from a mark on', 'ab|cd|e', 'ab|cd|e', 'na|bc|de'],
  ])('has each of the others once where it is put %s', (_, ...walks) => {
    expect(saidOfGrowth(growth(...walks))).toMatchObject({ says: 'once', weight: 'fine' })
  })

  test('has one twice where it is put in front, and pages are cut by place', () => {
    const { says, weight, why } = saidOfGrowth(growth('ed|cb|a', 'ed|cb|ba', 'ne|dc|ba'))
    expect([says, weight]).toEqual(['twice', 'observation'])
    expect(why).toContain('The list begins with the new one.')
  })

  test('lacks one that was there all the time', () => {
    const found = saidOfGrowth(growth('ab|cd|e', 'ab|cd|n', 'ab|cd|en'))
    expect(found).toMatchObject({ says: 'missing', weight: 'violation' })
  })

  test.each<[string, Growth]>([
    ['there is one page', growth('abcde', 'abcde', 'abcde', { addedId: undefined })],
    ['one is there twice anyway', growth('ab|bcd|de', 'ab|bcd|de', 'ab|cd|en')],
    ['one of ours is missing anyway', growth('ab|d', 'ab|dn', 'ab|dn')],
    [
      'the pages have no end anyway',
      growth('ab|cd|e', 'ab|cd|en', 'ab|cd|en', { steady: walk('ab|cd|e', false) }),
    ],
    ['somebody else removes one', growth('ab|cd|ef', 'ab|cd|fn', 'ab|cd|en')],
    ['somebody else adds one', growth('ab|cd|e', 'ab|cd|en|x', 'ab|cd|en|x')],
    ['the new one does not appear', growth('ab|cd|e', 'ab|cd|e', 'ab|cd|e')],
    ['it is put where nothing has been read yet', growth('ab|cd|e', 'ab|cd|ne', 'ab|cd|ne')],
    [
      'the last page is not reached',
      growth('ab|cd|e', 'ab|cd', 'ab|cd|en', { growing: walk('ab|cd', false) }),
    ],
  ])('is not judged where %s', (_, seen) => {
    expect(saidOfGrowth(seen)).toMatchObject({ says: 'cannot-tell' })
  })
})
