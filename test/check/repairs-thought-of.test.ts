import { describe, expect, it } from 'vitest'
import type { Repair } from '../../lib/check/forward/repairs.ts'
import { Waits } from '../../lib/check/forward/requests.ts'
import { type Asked, counted, counter, firstHit, gcra, log, playOf, repairsIn } from './conflicts.ts'

// All that is thought of for a small conflict, in its order: what can be changed, and is not among it, is not
// tried before chance comes upon it.

/** So many changes are to anything that was decided lately, and come last. */
const shuffled = 16

/**
 * What is thought of before that, each change once: which requests are decided no sooner than when, `1: 5, 0: 7`,
 * and what they wait for.
 */
function thoughtOf(asked: Asked): string[] {
  const play = playOf(asked)()
  let drawn = 0
  const repairs = repairsIn(play, () => [0.9, 0.1, 0.5][drawn++ % 3] as number)
  const inWords = ({ request, notBeforeUs, patient }: Repair[number]) =>
    [
      `${play.requests.rows[request]}: ${notBeforeUs}`,
      ...(patient === undefined ? [] : [waiting[patient]]),
    ].join(' ')
  return [...new Set(repairs.slice(0, -shuffled).map((repair) => repair.map(inWords).join(', ')))]
}

const waiting = ['at once', 'until uncounted', 'until counted']

describe('what is thought of where a request finds no room', () => {
  it.each<[string, Asked, string[]]>([
    [
      'what a log counts waits, or comes so early that it is forgotten',
      { of: { ...log, limit: 2 }, told: ['A 0-30 ok', 'A 1-40 ok', 'A 20-25 ok'], heldUs: { 0: 17, 1: 18 } },
      ['1: 20', '1: 25', '1: 38', '0: 20', '0: 25', '0: 21', '0: 0', '1: 1, 0: 0', '1: 1'],
    ],
    [
      'of three that a log could forget the first, the first two, all, or any',
      {
        of: { ...log, limit: 3 },
        told: ['A 0-8 ok', 'A 1-8 ok', 'A 2-8 ok', 'A 12-15 ok 3'],
        heldUs: { 0: 8, 1: 8, 2: 8 },
      },
      ['0: 0', '1: 1, 0: 0', '2: 2, 1: 1, 0: 0', '2: 2'],
    ],
    [
      'what is in its window waits, or comes in the one before',
      {
        of: { limit: 2 },
        told: ['A 9-32 ok', 'A 14-29 ok', 'A 21-26 ok'],
        heldUs: { 0: 20, 1: 20 },
      },
      ['0: 21', '0: 26', '0: 31', '1: 21', '1: 26', '1: 14', '0: 9, 1: 14', '0: 9'],
    ],
    [
      'what was in nobody’s way but only waited for room does not come sooner',
      { of: {}, told: ['A 5-5 ok', 'A 8-15 ok', 'A 12-12 ok'] },
      ['1: 12', '1: 15'],
    ],
    [
      'what a counter weighs comes a window earlier',
      {
        of: { ...counter, limit: 2 },
        told: ['A 8-18 ok', 'A 9-19 ok', 'A 22-24 ok 2'],
        heldUs: { 0: 15, 1: 15 },
      },
      ['0: 8', '1: 9, 0: 8'],
    ],
    [
      'what is in a window that was opened by it waits, or opens it earlier',
      {
        of: { ...firstHit, limit: 2 },
        told: ['A 2-8 ok', 'A 3-20 ok', 'A 12-12 ok'],
        heldUs: { 0: 7, 1: 9 },
      },
      ['1: 12', '1: 20', '0: 2', '1: 3, 0: 2', '1: 3'],
    ],
    [
      'what drew from a bucket waits, or all of its busy time begins earlier',
      {
        of: { ...gcra, limit: 3 },
        told: ['A 0-8 ok', 'A 6-12 ok', 'A 7-13 ok', 'A 12-13 ok 3'],
        heldUs: { 0: 8, 1: 11, 2: 12 },
      },
      ['2: 13', '0: 3, 1: 6, 2: 7', '2: 7', '0: 0'],
    ],
    [
      'a refusal that is counted waits for an instant at which it is not, or comes at another',
      {
        of: { ...log, ...counted, chargedWhenRefused: 'counted' },
        told: ['A 0-0 ok', 'A 5-14 no', 'A 12-13 ok'],
      },
      [
        '1: 5 until uncounted',
        '1: 13',
        '1: 14',
        '1: 14 until uncounted',
        '1: 10 at once',
        '1: 10 until uncounted',
        '1: 6 at once',
        '1: 6 until uncounted',
        '1: 14 at once',
      ],
    ],
    [
      'what nobody knows of was never decided',
      { of: {}, told: ['A 0-4 ?', 'A 5-8 ok'], heldUs: { 0: 2 } },
      ['0: Infinity'],
    ],
  ])('%s', (_, asked, thought) => {
    expect(thoughtOf(asked)).toEqual(thought)
  })
})

describe('what is thought of where a request finds too much room to be refused', () => {
  it.each<[string, Asked, string[]]>([
    [
      'the latest, the one with most time, or twice as many as are missing come in its window',
      {
        of: { limit: 3 },
        told: ['A 4-18 ok', 'A 5-17 ok', 'A 6-16 ok', 'A 10-11 ok 2', 'A 18-18 no'],
      },
      ['2: 10', '0: 10', '1: 10', '2: 10, 1: 10'],
    ],
    [
      'all that are missing come so late that a log knows them, or that it knew them when one was decided',
      { of: { ...log, limit: 3 }, told: ['A 0-33 ok', 'A 12-28 ok', 'A 14-26 ok', 'A 28-29 no'] },
      ['2: 20, 1: 20, 0: 20', '2: 19, 1: 19, 0: 19', '0: 10', '0: 9'],
    ],
    [
      'one comes so late that a log still knew it when another was decided meanwhile',
      { of: { ...log, limit: 2 }, told: ['A 8-17 ok', 'A 24-24 ok', 'A 20-29 no'] },
      ['0: 11', '0: 15', '0: 10'],
    ],
    [
      'the window is opened later, by some of those that were in it or before it',
      { of: { ...firstHit, limit: 2 }, told: ['A 0-13 ok', 'A 1-14 ok', 'A 11-12 ok', 'A 22-22 no'] },
      ['1: 11, 0: 11', '1: 13, 0: 13', '2: 12, 1: 12', '1: 12, 0: 12', '2: 12, 1: 12, 0: 12'],
    ],
    [
      'what a counter weighs comes a window later',
      { of: { ...counter, limit: 2 }, told: ['A 5-12 ok', 'A 6-13 ok', 'A 20-20 no'] },
      ['1: 10, 0: 10'],
    ],
    [
      'a bucket is left alone for longer by what is lacking, as long as can be, or for some time between',
      { of: { ...gcra, limit: 2 }, told: ['A 0-6 ok', 'A 1-9 ok', 'A 12-14 no'] },
      ['1: 6, 0: 6', '1: 2, 0: 2', '1: 3, 0: 3', '0: 1'],
    ],
    [
      'as many as are missing are held back no longer, or all',
      {
        of: { limit: 2 },
        told: ['A 0-9 ok', 'A 1-9 ok', 'A 2-9 ok', 'A 5-6 no'],
        heldUs: { 0: 9, 1: 9, 2: 9 },
      },
      ['0: 0, 1: 1', '0: 0, 1: 1, 2: 2'],
    ],
    [
      'refusals wait no longer for not being counted: as many as are missing, or any',
      {
        of: { ...log, ...counted, limit: 2 },
        told: ['A 0-0 ok', 'A 1-1 ok', 'A 10-30 no', 'A 10-31 no', 'A 10-32 no', 'A 11-12 no'],
        waits: { 2: Waits.untilUncounted, 3: Waits.untilUncounted, 4: Waits.untilUncounted },
      },
      ['2: 10 at once, 3: 10 at once', '4: 10 at once'],
    ],
    [
      'refusals of another limit wait until they are counted: the latest, four or any; or come at other instants',
      {
        of: { chargedWhenRefused: 'counted', limit: 2 },
        beside: { windowUs: 30 },
        told: [
          'A 0-0 ok',
          ...['A 5-20 no', 'A 5-20 no', 'A 5-20 no', 'A 6-20 no', 'A 6-20 no'],
          'A 12-13 no@key',
        ],
      },
      [
        '1: 10',
        '5: 6 until counted',
        '5: 6 until counted, 4: 6 until counted, 3: 5 until counted, 2: 5 until counted',
        '2: 5 until counted',
        '3: 5 until counted',
        ...['5: 6', '4: 19', '5: 13', '2: 5', '2: 6', '3: 5', '3: 19'].map((one) => `${one} at once`),
      ],
    ],
    [
      'a refusal that has waited in vain until it is counted is not told to wait again',
      {
        of: { chargedWhenRefused: 'counted', limit: 2 },
        beside: { windowUs: 30 },
        told: ['A 0-0 ok', 'A 5-20 no', 'A 6-7 no', 'A 12-13 no@key'],
        waits: { 2: Waits.untilCounted },
      },
      ['1: 10', '2: 6 at once', '2: 7 at once'],
    ],
    [
      'a refusal of another limit comes at another instant where only what the limiter itself refuses is counted',
      {
        of: { ...counted },
        beside: { windowUs: 30 },
        told: ['A 0-0 ok', 'A 10-12 no', 'A 14-15 no@key'],
      },
      ['1: 10 at once', '1: 11 at once', '1: 12 at once'],
    ],
    [
      'what nobody knows of was decided, if it can count and was sent',
      { of: {}, told: ['A 2-4 ?', 'A 20-29 ?', 'A 21-22 ?', 'A 32-40 ?', 'A 25-28 no'] },
      ['1: 28', '2: 21'],
    ],
  ])('%s', (_, asked, thought) => {
    expect(thoughtOf(asked)).toEqual(thought)
  })
})
