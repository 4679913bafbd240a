import { describe, expect, it } from 'vitest'
import { firstSchedule } from '../../lib/check/mend/first-schedule.ts'
import { type Log, scheduled } from './scheduled.ts'

const one = [{ limit: 1, windowUs: 10 }]
const two = [...one, { limit: 1, windowUs: 4 }]

function instants(logs: readonly Log[], told: readonly string[]): number[] {
  const component = scheduled({ logs, told })
  return [...firstSchedule(component.requests, component.logs)]
}

describe('the schedule from which mending begins', () => {
  it.each<[string, readonly Log[], string[], number[]]>([
    ['has nothing for nobody', one, [], []],
    ['decides what it can at once', one, ['3-9 ok A', '13-19 ok A'], [3, 13]],
    ['lets one in when the one before is forgotten', one, ['3-9 ok A', '5-19 ok A'], [3, 13]],
    [
      'lets in as many as the limit at a time',
      [{ limit: 2, windowUs: 10 }],
      ['0-0 ok A', '3-9 ok A', '4-19 ok A', '5-19 ok A'],
      [0, 3, 10, 13],
    ],
    ['lets in all that are refused by no log', two, ['0-0 ok A', '1-1 ok B', '2-19 ok AB'], [0, 1, 10]],
    [
      'waits for the log that is full for longest',
      two,
      ['0-0 ok A', '8-8 ok B', '2-19 ok BA'].sort(),
      [0, 12, 8],
    ],
    [
      'lets the one in first whose time is over first',
      one,
      ['0-0 ok A', '1-30 ok A', '2-19 ok A'],
      [0, 20, 10],
    ],
    [
      'lets the one in first that began first, of those whose time is over at once',
      one,
      ['0-0 ok A', '1-30 ok A', '2-30 ok A'],
      [0, 10, 20],
    ],
    [
      'lets the ones in by the end of their time, of many',
      one,
      ['0-0 ok A', '1-40 ok A', '2-20 ok A', '3-30 ok A', '4-30 ok A'],
      [0, 40, 10, 20, 30],
    ],
    [
      'decides what cannot be had in time at the end of its time',
      one,
      ['0-0 ok A', '1-8 ok A', '9-20 ok A'],
      [0, 8, 18],
    ],
    [
      'decides what cannot be had in time at the end of its time, after another',
      one,
      ['0-8 ok A', '0-8 ok A'],
      [0, 8],
    ],
    ['leaves out what may not have been', one, ['0-9 ? a', '1-9 ok A'], [Number.NaN, 1]],
    [
      'decides what no log counts at once, and nothing waits for it',
      one,
      ['0-9 no a', '0-9 ok A', '1-9 no a'],
      [0, 0, 1],
    ],
    ['refuses where it is full', one, ['0-9 ok A', '1-9 no A', '2-30 ok A'], [0, 1, 11]],
    ['does not refuse when the last one is just forgotten', one, ['0-0 ok A', '10-15 no A'], [0, 15]],
    ['refuses once it is full', one, ['0-9 no A', '4-8 ok A'], [4, 4]],
    ['refuses at the end of its time where it is never full', one, ['0-6 no A', '7-19 ok A'], [6, 16]],
    ['refuses once any log is full', two, ['0-9 no AB', '4-8 ok B'], [4, 4]],
    [
      'refuses once the log is full that its answer names',
      two,
      ['0-9 no AB@b', '2-2 ok A', '4-9 ok B'],
      [9, 2, 4],
    ],
    [
      'refuses where the log is full that its answer names, and none before it',
      two,
      ['0-0 ok B', '1-4 no BA@a', '2-2 ok A'],
      [0, 4, 2],
    ],
    ['refuses by a log, whatever those after it are', two, ['0-0 ok AB', '1-9 no AB@a'], [0, 1]],
    [
      'has those refused count only in the logs that count them',
      two,
      ['0-0 ok AB', '1-1 no Ab', '2-30 ok B', '3-30 ok A'],
      [0, 1, 4, 11],
    ],
  ])('%s', (_, logs, told, atUs) => {
    expect(instants(logs, told)).toEqual(atUs)
  })
})
