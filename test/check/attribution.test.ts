import { describe, expect, it } from 'vitest'
import { attributionOf } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

const descriptors = {
  A: { integration: 'A', organization: 'acme' },
  B: { integration: 'B', organization: 'acme' },
  K: { apiKey: 'K' },
}
const { limits } = specSchema.parse({
  limits: ['integration', 'organization', 'apiKey'].map((scope) => ({
    name: `per ${scope}`,
    scope,
    limit: 3,
    window: '1s',
  })),
})

/** `descriptor looks limitedBy`, where `-` is nothing; such a refusal, or an accepted request for `ok`. */
function kindsOf(...requests: string[]) {
  const records = requests.map((request, k): RecordInput => {
    const [descriptor = '', looks = '-', limitedBy = '-'] = request.split(' ')
    return {
      descriptor,
      sentUs: k,
      receivedUs: k,
      outcome: looks === 'ok' ? Outcome.accepted : Outcome.limited,
      ...(looks !== '-' && looks !== 'ok' && { looks }),
      ...(limitedBy !== '-' && { limitedBy }),
    }
  })
  return attributionOf(historyFromRecords({ descriptors }, records), limits)
}
const unexpected = (...requests: string[]) =>
  kindsOf(...requests)
    .filter((kind) => kind.unexpected)
    .map(({ looks }) => looks)

describe('the kinds of refusals', () => {
  it('are told with what they look like, whom they blame, and where they are', () => {
    expect(kindsOf('A ok', 'A one integration', 'B one integration', 'A two organization')).toEqual([
      {
        looks: 'one',
        limitedBy: 'integration',
        descriptors: ['A', 'B'],
        count: 2,
        lines: [3, 4],
        unexpected: false,
      },
      {
        looks: 'two',
        limitedBy: 'organization',
        descriptors: ['A'],
        count: 1,
        lines: [5],
        unexpected: false,
      },
    ])
  })

  it('are none where nothing was refused', () => {
    expect(kindsOf('A ok')).toEqual([])
    expect(kindsOf()).toEqual([])
  })

  it('say so where a history does not describe them', () => {
    expect(kindsOf('A')).toEqual([{ descriptors: ['A'], count: 1, lines: [2], unexpected: false }])
  })

  it('name at most the first hundred lines of each', () => {
    const [kind] = kindsOf(...Array.from({ length: 130 }, () => 'A one integration'))
    expect(kind).toMatchObject({ count: 130 })
    expect(kind?.lines).toHaveLength(100)
  })
})

describe('a kind of refusals is unexpected', () => {
  it.each([
    ['one for each limit that is named', ['A x integration', 'B y organization', 'K z apiKey'], []],
    ['one that names none beside those that do', ['A x integration', 'A x integration', 'B gate'], ['gate']],
    ['a second one that blames the same', ['K x apiKey', 'K x apiKey', 'K y apiKey'], ['y']],
    ['one that blames what the spec does not have', ['K x apiKey', 'K y address'], ['y']],
    ['two without names where there are two limits', ['A x', 'B y'], []],
    ['three without names where there are two', ['A x', 'A x', 'B y', 'B y', 'A z'], ['z']],
    ['two without names where there is one', ['K x', 'K x', 'K y'], ['y']],
    ['the same words for other limits', ['K x', 'A x', 'A y'], []],
    ['refusals that are not described beside one that is', ['K x apiKey', 'K'], [undefined]],
  ])('%s', (_, requests, expected) => expect(unexpected(...requests)).toEqual(expected))
})

describe('two limits of one scope', () => {
  const [perSecond, perMinute] = ['1s', '1m'].map((window) => ({
    name: window,
    scope: 'apiKey',
    limit: 3,
    window,
  }))
  const { limits: both } = specSchema.parse({ limits: [perSecond, perMinute] })
  const told = (...looks: string[]) => {
    const records = looks.map((look, k): RecordInput => {
      const [words = '', limitedBy] = look.split(' ')
      return { descriptor: 'K', sentUs: k, receivedUs: k, outcome: Outcome.limited, looks: words, limitedBy }
    })
    const kinds = attributionOf(historyFromRecords({ descriptors }, records), both)
    return kinds.filter(({ unexpected }) => unexpected).map(({ looks }) => looks)
  }

  it('may each refuse in words of its own, and a third kind is unexpected', () => {
    expect(told('x', 'x', 'y')).toEqual([])
    expect(told('x', 'x', 'y', 'y', 'z')).toEqual(['z'])
    expect(told('x apiKey', 'x apiKey', 'y apiKey', 'y apiKey', 'z apiKey')).toEqual(['z'])
  })
})
