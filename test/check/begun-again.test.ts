import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { witnessByPlaying } from '../../lib/check/forward/forward-witness.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { historyFromRecords } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { recordOf, type Told } from './conflicts.ts'
import { limiter } from './evidence-of.ts'

// With no patience for putting anything right, a play goes through at once, from one of its beginnings, or not.

function isPlayed(of: readonly Partial<Hypothesis>[], told: readonly Told[], attempts: number): boolean {
  const scopes = ['key', 'organization'].slice(0, of.length)
  const history = historyFromRecords(
    { descriptors: { A: { key: 'A', organization: 'all' } } },
    told.map(recordOf),
  )
  const { limits } = specSchema.parse({
    limits: scopes.map((scope) => ({ name: scope, scope, limit: 1, window: '1s' })),
  })
  const file = new CaseFile(history, limits, 0)
  const { bounds, refusers } = file
  const assumed = file.cells.map((cell) => {
    const hypothesis: Hypothesis = { ...limiter('fixed-window', 1, 10), ...of[cell.limitIndex] }
    return { cell, hypothesis, startsUs: [0] }
  })
  const rows = rowsToExplain(history, assumed, refusers)
  const component = new PlayedComponent(history, limits, bounds, refusers, assumed, rows)
  const patience = { starts: 1, inVain: { starts: 0, rest: 0 }, attempts, again: 0 }
  return witnessByPlaying(component, assumed, [], patience, createAllowance(100_000)) !== undefined
}

/** How many beginnings it takes; none where even all of them do not help. */
const takes = (of: readonly Partial<Hypothesis>[], told: readonly Told[]) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8].find((attempts) => isPlayed(of, told, attempts))

it('every request comes as early as it can at first', () => {
  expect(takes([{}], ['A 1-9 ok', 'A 12-14 ok'])).toBe(0)
})

it('then what another limit refused waits until it is counted', () => {
  const told = ['A 0-0 ok', 'A 5-20 no', 'A 12-13 no@key']
  expect(takes([{ chargedWhenRefused: 'counted' }, { windowUs: 30 }], told)).toBe(2)
})

it('then in the middle of its time', () => {
  expect(takes([{}], ['A 5-15 ok', 'A 8-9 ok'])).toBe(3)
})

it('what cannot be put right is not', () => {
  expect(takes([{}], ['A 5-6 ok', 'A 8-9 ok'])).toBe(undefined)
})
