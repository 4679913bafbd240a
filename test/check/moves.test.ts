import { describe, expect, it } from 'vitest'
import { movesFor } from '../../lib/check/mend/moves.ts'
import { type Log, scheduleOf } from './scheduled.ts'

/** What is thought of for the one with a `!`, or the last of these; `0>5 1>6`: the first to 5 and the second to 6. */
function thoughtOf(logs: readonly Log[], marked: readonly string[], random = () => 0): string[] {
  const told = marked.map((one) => one.replace('!', ''))
  const of = marked.findIndex((one) => one.endsWith('!'))
  const asked = of < 0 ? told.length - 1 : of
  const schedule = scheduleOf({ logs, told })
  if (!schedule.violated.has(asked)) throw new Error(`nothing is wrong with ${told[asked]}`)
  const moves = movesFor(schedule, asked, random)
  return moves.map((move) => move.map(({ request, toUs }) => `${request}>${toUs}`).join(' '))
}

/** Ever smaller numbers, by which what comes last is chosen first. */
function falling(): () => number {
  let last = 1
  return () => {
    last /= 1.01
    return last
  }
}

const one = [{ limit: 1, windowUs: 10 }]
const ofTwo = [{ limit: 2, windowUs: 10 }]
const ofThree = [{ limit: 3, windowUs: 10 }]
const many = (count: number, told: string) => Array.from({ length: count }, () => told)

describe('what may make room for a request', () => {
  it.each<[string, readonly Log[], string[], string[]]>([
    [
      'it waits until there is some, or is decided at once',
      one,
      ['3-3 ok A', '5-15 at 7 ok A'],
      ['1>13', '1>5', '1>5'],
    ],
    ['it cannot wait so long', one, ['3-3 ok A', '5-12 ok A'], ['1>5', '1>5']],
    ['one before it is forgotten by then', one, ['0-5 at 3 ok A', '12-12 ok A'], ['0>2', '1>12', '1>12']],
    [
      'one before it may be forgotten in the nick of time',
      one,
      ['2-5 at 3 ok A', '12-12 ok A'],
      ['0>2', '1>12', '1>12'],
    ],
    [
      'of too many before it, one of the last that fill the log is forgotten',
      one,
      ['0-5 at 3 ok A', '0-5 at 4 ok A', '12-12 ok A'],
      ['1>2', '2>12', '2>12'],
    ],
    ['one before it cannot be forgotten', one, ['3-5 at 3 ok A', '12-12 ok A'], ['1>12', '1>12']],
    ['one before it comes after it', one, ['9-13 at 9 ok A', '12-12 ok A'], ['0>13', '1>12', '1>12']],
    ['one before it is over by then', one, ['9-12 at 9 ok A', '12-12 ok A'], ['1>12', '1>12']],
    [
      'each of several is forgotten, or comes after it, the earliest of them and the latest of them first',
      ofTwo,
      ['0-14 at 3 ok A', '1-14 at 4 ok A', '12-12 ok A'],
      ['0>2', '1>2', '1>13', '0>13', '2>12', '2>12'],
    ],
    [
      'those that are not counted before it stay where they are',
      one,
      ['0-9 at 2 ok A', '0-14 at 12 no A', '9-20 at 9 ok A', '9-20 at 13 ok A', '12-12 ok A'],
      ['2>13', '4>12', '4>12'],
    ],
    [
      'only the log that is full matters',
      [...one, { limit: 9, windowUs: 10 }],
      ['0-14 at 3 ok B', '0-14 at 4 ok A', '12-20 ok BA'],
      ['1>2', '1>13', '2>14', '2>12', '2>12'],
    ],
    [
      'it waits for the log that is full for longest',
      [...one, { limit: 1, windowUs: 8 }],
      ['5-5 ok A', '6-6 ok B', '12-20 ok AB'],
      ['2>15', '2>12', '2>12'],
    ],
  ])('is that %s', (_, logs, told, moves) => {
    expect(thoughtOf(logs, told)).toEqual(moves)
  })

  it('is that it is decided at another of its instants, whichever chance says', () => {
    const at = (share: number) => thoughtOf(one, ['3-3 ok A', '5-12 ok A'], () => share).at(-1)
    expect([0, 0.49, 0.5, 0.999].map(at)).toEqual(['1>5', '1>8', '1>9', '1>12'])
  })

  it('is looked for among six on either side', () => {
    const told = [...many(9, '0-20 at 5 ok A'), '12-12 ok A']
    expect(thoughtOf([{ limit: 9, windowUs: 10 }], told)).toEqual([
      ...['0>2', '1>2', '2>2', '3>2', '4>2', '5>2'],
      ...['8>13', '7>13', '6>13', '5>13', '4>13', '3>13'],
      ...['9>12', '9>12'],
    ])
  })
})

describe('what may fill a log up for a refusal', () => {
  it.each<[string, readonly Log[], string[], string[]]>([
    ['one that it had forgotten comes later', one, ['0-5 at 1 ok A', '12-12 no a'], ['0>3']],
    ['one that it had just forgotten comes later', one, ['0-3 at 2 ok A', '12-12 no a'], ['0>3']],
    ['one cannot come later', one, ['0-2 at 1 ok A', '12-12 no a'], []],
    ['one after it comes earlier', one, ['9-19 at 14 ok A', '12-12 no a'], ['0>12']],
    ['one after it may just come earlier', one, ['12-19 at 14 ok A', '12-12 no a'], ['0>12']],
    ['one after it cannot come earlier', one, ['12-12 no a!', '13-19 at 14 ok A'], []],
    [
      'one of either does, and those that it had forgotten are thought of first',
      one,
      ['0-9 at 1 ok A', '5-19 at 15 ok A', '12-12 no a'],
      ['0>3', '1>12'],
    ],
    [
      'as many do as are lacking, the nearest first',
      ofTwo,
      ['0-9 at 0 ok A', '0-9 at 1 ok A', '5-19 at 15 ok A', '5-19 at 16 ok A', '12-12 no a'],
      ['1>3 0>3', '2>12 3>12', '1>3 2>12'],
    ],
    [
      'as many do as are lacking, of which some are counted already',
      ofTwo,
      ['0-9 at 1 ok A', '5-9 at 6 ok A', '12-12 no a'],
      ['0>3'],
    ],
    ['two come later', ofTwo, ['0-9 at 0 ok A', '0-9 at 1 ok A', '12-12 no a'], ['1>3 0>3']],
    ['two come earlier', ofTwo, ['5-19 at 15 ok A', '5-19 at 16 ok A', '12-12 no a'], ['0>12 1>12']],
    ['too few could', ofThree, ['0-9 at 0 ok A', '0-9 at 1 ok A', '12-12 no a'], []],
    [
      'half of them come later, or as many as can, and the others earlier',
      [{ limit: 4, windowUs: 10 }],
      [...many(3, '0-9 at 0 ok A'), ...many(3, '5-19 at 15 ok A'), '12-12 no a'],
      ['2>3 1>3 3>12 4>12', '2>3 1>3 0>3 3>12'],
    ],
    [
      'more of them come earlier where an odd number is lacking',
      ofThree,
      ['0-9 at 0 ok A', ...many(2, '5-19 at 15 ok A'), '12-12 no a'],
      ['0>3 1>12 2>12', '0>3 1>12 2>12'],
    ],
    [
      'any of the logs is filled up',
      [...one, ...one],
      ['0-9 at 0 ok A', '0-9 at 1 ok B', '12-12 no ba'],
      ['1>3', '0>3'],
    ],
    [
      'the log that is named is filled up, and no other',
      [...one, ...one],
      ['0-9 at 0 ok A', '0-9 at 1 ok B', '12-12 no ba@a'],
      ['0>3'],
    ],
    [
      'a log before the one that is named gets room',
      [...one, ...one],
      ['0-9 at 5 ok A', '0-13 at 6 ok B', '12-12 no ba@a'],
      ['1>2', '1>13'],
    ],
    [
      'a log before the one that is named gets room, or that one is filled up',
      [...one, ...one],
      ['0-9 at 1 ok A', '0-13 at 6 ok B', '12-12 no ba@a'],
      ['0>3', '1>2', '1>13'],
    ],
    [
      'what comes after the one that is named does not matter',
      [...one, ...one],
      ['0-9 at 1 ok A', '0-13 at 6 ok B', '12-12 no ab@a'],
      ['0>3'],
    ],
  ])('is that %s', (_, logs, told, moves) => {
    expect(thoughtOf(logs, told)).toEqual(moves)
  })

  const forgotten = ['0-4 ok A', '0-8 ok A', '0-6 ok A', '0-5 ok A']
  const coming = [14, 15, 16, 17].map((us) => `9-19 at ${us} ok A`)
  const either = [...forgotten, ...coming, '12-12 no a']

  it('is three times the nearest of either, then those that can come latest, then any', () => {
    const nearest = ['3>3', '2>3', '1>3', '4>12', '5>12', '6>12']
    expect(thoughtOf(one, either)).toEqual([...nearest, '1>3', '3>3', '4>12'])
    expect(thoughtOf(one, either, falling())).toEqual([...nearest, '1>3', '0>3', '7>12'])
  })

  it('is three times as many as are lacking, where there are so many', () => {
    const nearest = ['3>3 2>3', '2>3 1>3', '1>3 0>3', '4>12 5>12', '5>12 6>12', '6>12 7>12']
    const halves = ['3>3 4>12']
    expect(thoughtOf(ofTwo, either)).toEqual([...nearest, '1>3 2>3', '3>3 2>3', '4>12 5>12', ...halves])
  })

  it.each([
    [40, 1],
    [41, 0],
  ])('is nothing where more than 40 are lacking: %s', (limit, moves) => {
    const told = [...many(limit, '0-9 at 1 ok A'), '12-12 no a']
    expect(thoughtOf([{ limit, windowUs: 10 }], told)).toHaveLength(moves)
  })

  describe('where it may be refused at several instants', () => {
    const times = [12, 15, 18, 21, 24, 27, 30, 33]
    const told = ['0-50 at 5 ok A', '10-40 no a!', ...times.map((us) => `${us}-${us} ok A`)]
    const logs = [{ limit: 2, windowUs: 2 }]

    it('is looked for at six of those where fewest are lacking', () => {
      expect(thoughtOf(logs, told)).toEqual(['0>11', '0>14', '0>17', '0>20', '0>23', '0>26'])
      expect(thoughtOf(logs, told, falling())).toEqual(['0>32', '0>29', '0>26', '0>23', '0>20', '0>17'])
    })

    it('is looked for where fewer are lacking before others', () => {
      const asked = ['0-50 at 1 ok A', '0-50 at 2 ok A', '10-15 no a!', '12-12 ok A']
      expect(thoughtOf([{ limit: 2, windowUs: 4 }], asked)).toEqual([
        ...['1>9', '0>9', '1>9', '1>9'],
        '1>7 0>7',
      ])
    })
  })
})

describe('what may put a refusal right that is counted itself', () => {
  it.each<[string, string[], string[]]>([
    [
      'it is decided when another has been counted, at its end, or at any instant',
      ['12-20 at 14 no A!', '15-15 ok A'],
      [...many(6, '0>12'), '0>20', '0>12'],
    ],
    ['it is decided at its end, or at any instant', ['12-20 no A'], ['0>20', '0>12']],
    [
      'the log is filled up for it where it stands',
      ['0-9 at 1 ok A', '12-20 at 13 no A'],
      ['0>4', ...many(6, '1>12'), '1>20', '1>12'],
    ],
  ])('is that %s', (_, told, moves) => {
    expect(thoughtOf(one, told)).toEqual(moves)
  })

  it('is that it is decided at any instant, whichever chance says', () => {
    const at = (share: number) => thoughtOf(one, ['12-19 at 14 no A!', '16-16 ok A'], () => share)
    expect([0, 0.49, 0.5, 0.999].map((share) => at(share).at(-1))).toEqual(['0>12', '0>15', '0>16', '0>19'])
    expect([0, 0.49, 0.5, 0.999].map((share) => at(share)[0])).toEqual(['0>12', '0>12', '0>16', '0>16'])
  })
})
