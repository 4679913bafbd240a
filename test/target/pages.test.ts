import { expect, test } from 'vitest'
import type { TargetConfigInput } from '../../lib/target/index.ts'
import { started } from './started.ts'

/** What the pages of a list of five integrations say: by page, the names on it, and where it leads. */
async function walked(config: TargetConfigInput, pages = [1, 2, 3]) {
  const { api, url } = await started({
    pageSize: 2,
    integrations: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, organization: 'onset', name: id })),
    ...config,
  })
  const leads = (link: string | null) => link?.replace(`${url}/api/v1/integrations/?`, '') ?? null
  const said = []
  for (const page of pages) {
    const { status, body } = await api('GET', `integrations/?perpage=2&page=${page}`)
    if (status !== 200) said.push(status)
    else
      said.push({
        names: body.results.map(({ name }: { name: string }) => name).join(''),
        count: body.count,
        next: leads(body.next),
        previous: leads(body.previous),
        pages: body.total_pages,
      })
  }
  return said
}

const to = (page: number) => `perpage=2&page=${page}`
const [first, second, third] = [
  { names: 'ab', count: 5, next: to(2), previous: null, pages: 3 },
  { names: 'cd', count: 5, next: to(3), previous: to(1), pages: 3 },
  { names: 'e', count: 5, next: null, previous: to(2), pages: 3 },
]

test('by itself they fit together, and there is none after the last', async () => {
  expect(await walked({}, [1, 2, 3, 4, 9])).toEqual([first, second, third, 404, 404])
})

test('pageAfterLast empty: a page with nothing on it, which leads back to the last', async () => {
  const after = { names: '', count: 5, next: null, previous: to(3), pages: 3 }
  expect(await walked({ pageAfterLast: 'empty' }, [3, 4, 9, 0])).toEqual([third, after, after, 404])
})

test('pageSize as a list: page after page, in turn, whatever is asked for', async () => {
  const said = await walked({ pageSize: [1, 3] }, [1, 2, 3, 4])
  const pages = 3
  expect(said).toEqual([
    { names: 'a', count: 5, next: to(2), previous: null, pages },
    { names: 'bcd', count: 5, next: to(3), previous: to(1), pages },
    { names: 'e', count: 5, next: null, previous: to(2), pages },
    404,
  ])
})

test.each<[NonNullable<TargetConfigInput['faults']>['pages'], object[]]>([
  [{ countOff: 1 }, [first, second, third].map((page) => ({ ...page, count: 6 }))],
  [{ countOff: -9 }, [first, second, third].map((page) => ({ ...page, count: 0 }))],
  [{ items: 'twice' }, [first, { ...second, names: 'bcd' }, { ...third, names: 'de' }]],
  [{ items: 'missing' }, [first, { ...second, names: 'd' }, { ...third, names: '' }]],
  [{ next: 'loops' }, [first, second, { ...third, next: to(1) }]],
  [
    { nextTo: 'http://127.0.0.1:9/' },
    [
      { ...first, next: `http://127.0.0.1:9/api/v1/integrations/?${to(2)}` },
      { ...second, next: `http://127.0.0.1:9/api/v1/integrations/?${to(3)}` },
      third,
    ],
  ],
  [
    { previous: 'itself' },
    [first, second, third].map((page, index) => ({ ...page, previous: to(index + 1) })),
  ],
])('faults.pages %j', async (pages, expected) => {
  expect(await walked({ faults: { pages } })).toEqual(expected)
})

test('faults.pages.newestFirst: one that is made moves the last of a page onto the next', async () => {
  const { api, integration } = await started({ pageSize: 2, faults: { pages: { newestFirst: true } } })
  const page = async (number: number) => {
    const { body } = await api('GET', `integrations/?page=${number}`)
    return body.results.map(({ id }: { id: string }) => id)
  }
  const [a, b, c] = [await integration(), await integration(), await integration()]
  expect(await page(1)).toEqual([c.id, b.id])
  const d = await integration()
  expect(await page(2)).toEqual([b.id, a.id])
  expect(await page(1)).toEqual([d.id, c.id])
})

test('faults.pages.staleCount: each list keeps the count that it had when it was first asked for', async () => {
  const { api, integration } = await started({ faults: { pages: { staleCount: true } } })
  const counts = async () => [
    (await api('GET', 'integrations/')).body.count,
    (await api('GET', 'integrations/?perpage=1&page=1')).body.count,
  ]
  await integration()
  expect(await counts()).toEqual([1, 1])
  await integration()
  expect(await counts()).toEqual([1, 1])
  expect((await api('GET', 'routes/')).body.count).toBe(2)
})
