import { describe, expect, it } from 'vitest'
import type { Conflict } from '../../lib/check/forward/conflict.ts'
import type { Play } from '../../lib/check/forward/play.ts'
import type { Repair } from '../../lib/check/forward/repairs.ts'
import { type Asked, counted, counter, firstHit, gcra, log, playOf, repairsIn } from './conflicts.ts'

// Small conflicts that a certain change puts right: it has to be among the first that are thought of, where
// nothing is left to chance.

function changed(play: Play, repair: Repair): Conflict | undefined {
  for (const { request, notBeforeUs, patient } of repair) {
    play.notBeforeUs[request] = notBeforeUs
    if (patient !== undefined) play.patient[request] = patient
  }
  return play.run()
}

/** The first of the changes that puts the conflict right; -1 where none does. */
function rightIs(asked: Asked): number {
  const start = playOf(asked)
  const repairs = repairsIn(start(), () => 0)
  return repairs.findIndex((repair) => changed(start(), repair) === undefined)
}

describe('a request that finds no room', () => {
  it.each<[string, Asked, number]>([
    [
      'its own time is waited for no longer',
      { of: {}, told: ['A 0-12 ok', 'A 10-10 ok'], heldUs: { 0: 11 } },
      0,
    ],
    ['what was counted waits until it is sent', { of: {}, told: ['A 0-15 ok', 'A 5-8 ok'] }, 0],
    [
      'a refusal waits until it is over',
      { of: { ...log, ...counted }, told: ['A 0-0 ok', 'A 5-14 no', 'A 12-13 ok'] },
      1,
    ],
    ['one comes in the window before', { of: {}, told: ['A 9-12 ok', 'A 14-16 ok'], heldUs: { 0: 12 } }, 0],
    [
      'one comes early enough for a log to forget it',
      { of: log, told: ['A 2-8 ok', 'A 12-12 ok'], heldUs: { 0: 8 } },
      0,
    ],
    [
      'two do',
      { of: { ...log, limit: 2 }, told: ['A 0-8 ok', 'A 1-8 ok', 'A 12-15 ok 2'], heldUs: { 0: 8, 1: 8 } },
      1,
    ],
    [
      'three do',
      {
        of: { ...log, limit: 3 },
        told: ['A 0-8 ok', 'A 1-8 ok', 'A 2-8 ok', 'A 12-15 ok 3'],
        heldUs: { 0: 8, 1: 8, 2: 8 },
      },
      2,
    ],
    [
      'a window is opened early enough',
      { of: firstHit, told: ['A 2-8 ok', 'A 12-12 ok'], heldUs: { 0: 8 } },
      0,
    ],
    ['a counter weighs it less', { of: counter, told: ['A 9-12 ok', 'A 20-20 ok'], heldUs: { 0: 12 } }, 0],
    ['a bucket is drawn from sooner', { of: gcra, told: ['A 0-8 ok', 'A 12-15 ok'], heldUs: { 0: 8 } }, 0],
    [
      'a bucket is drawn from sooner by two',
      { of: { ...gcra, limit: 2 }, told: ['A 0-8 ok', 'A 0-8 ok', 'A 10-12 ok'], heldUs: { 0: 8, 1: 8 } },
      0,
    ],
    [
      'what may never have been decided was not',
      { of: {}, told: ['A 0-4 ?', 'A 5-8 ok'], heldUs: { 0: 2 } },
      0,
    ],
  ])('has some where %s', (_, asked, most) => {
    expect(rightIs(asked)).toBeOneOf(Array.from({ length: most + 1 }, (_, k) => k))
  })
})

describe('a request that finds too much room to be refused', () => {
  it.each<[string, Asked, number]>([
    ['it is refused sooner', { of: {}, told: ['A 5-5 ok', 'A 4-12 no'], heldUs: { 1: 10 } }, 0],
    ['one comes in its window', { of: {}, told: ['A 5-10 ok', 'A 12-14 no'] }, 0],
    ['two come in its window', { of: { limit: 2 }, told: ['A 5-15 ok', 'A 6-15 ok', 'A 12-14 no'] }, 0],
    ['one comes so late that a log knows it', { of: log, told: ['A 0-3 ok', 'A 12-12 no'] }, 0],
    ['a window is opened later', { of: firstHit, told: ['A 0-3 ok', 'A 12-12 no'] }, 0],
    ['a counter still weighs it', { of: counter, told: ['A 5-12 ok', 'A 20-20 no'] }, 0],
    ['a bucket is left alone for longer', { of: gcra, told: ['A 0-6 ok', 'A 12-14 no'] }, 0],
    ['what waits is released', { of: {}, told: ['A 0-9 ok', 'A 5-6 no'], heldUs: { 0: 9 } }, 0],
    [
      'as much as is missing is released',
      { of: { limit: 2 }, told: ['A 0-9 ok', 'A 0-9 ok', 'A 5-6 no'], heldUs: { 0: 9, 1: 9 } },
      0,
    ],
    [
      'one that another limit refused waits until it is counted',
      {
        of: { chargedWhenRefused: 'counted' },
        beside: { windowUs: 30 },
        told: ['A 0-0 ok', 'A 5-20 no', 'A 12-13 no@key'],
      },
      0,
    ],
    ['what may have been decided was', { of: {}, told: ['A 0-9 ?', 'A 5-8 no'] }, 0],
  ])('is refused where %s', (_, asked, most) => {
    expect(rightIs(asked)).toBeOneOf(Array.from({ length: most + 1 }, (_, k) => k))
  })
})
