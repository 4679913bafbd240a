import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { type Patience, witnessByPlaying } from '../../lib/check/forward/forward-witness.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

// Windows of which the answers tell ever more closely when they start: whoever supposes another start runs into a
// contradiction, the later the nearer that is, and of requests whose instants are known nothing can be changed.

const windowUs = 1_000_000
const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const

/** So far from the true one is a start contradicted by each window in turn. */
const tellsUs = Array.from({ length: 7 }, (_, k) => windowUs / 4 / 2 ** k)
const nearestUs = tellsUs.at(-1) as number

/** What windows of 1 answer to keys, that ask ever sooner after each start, and ever later before its end. */
function answered(phasesUs: Record<string, number>): RecordInput[] {
  return tellsUs.flatMap((tellUs, window) =>
    Object.entries(phasesUs).flatMap(([descriptor, phaseUs]): RecordInput[] => {
      const startUs = phaseUs + window * windowUs
      const at = (us: number, outcome: Outcome) => ({ descriptor, sentUs: us, receivedUs: us, outcome })
      return [at(startUs + tellUs, Outcome.accepted), at(startUs + windowUs - tellUs, Outcome.limited)]
    }),
  )
}

const patience: Patience = { starts: 8, inVain: { starts: 0, rest: 0 }, attempts: 1, again: 0 }
/** Evenly spread over the window, an eighth of it apart. */
const spread = Array.from({ length: 8 }, (_, k) => (k * windowUs) / 8)

/**
 * The keys whose windows do not start, in a witness, where they did; all of them where none is found. Some starts
 * are tried for each, and some for all together.
 */
function missed(
  phasesUs: Record<string, number>,
  startsUs: readonly number[],
  together: readonly number[] = [],
): string[] {
  const keys = Object.keys(phasesUs)
  const descriptors = Object.fromEntries(keys.map((key) => [key, { key }]))
  const history = historyFromRecords({ descriptors }, answered(phasesUs))
  const { limits } = specSchema.parse({
    limits: [{ name: 'per key', scope: 'key', limit: 1, window: '1s', algorithm: ['fixed-window'], ...free }],
  })
  const file = new CaseFile(history, limits, 0)
  const hypothesis: Hypothesis = { algorithm: 'fixed-window', limit: 1, windowUs, ...free }
  const assumed = file.cells.map((cell) => ({ cell, hypothesis, startsUs }))
  const rows = rowsToExplain(history, assumed, file.refusers)
  const component = new PlayedComponent(history, limits, file.bounds, file.refusers, assumed, rows)
  const witness = witnessByPlaying(component, assumed, together, patience, createAllowance(1_000_000))
  return keys.filter((key) => {
    const us = witness?.startUs(0, key)
    return us === undefined || Math.abs(us - (phasesUs[key] as number)) > nearestUs
  })
}

const phases = Array.from({ length: 64 }, (_, k) => 120_000 + k * 12_345)
/** The same instant for so many keys. */
const alike = (us: number, keys: number) =>
  Object.fromEntries(Array.from({ length: keys }, (_, k) => [`key ${k}`, us]))

describe('the start of a window', () => {
  it('is found between those that are given, on either side of the best of them', () => {
    expect(phases.flatMap((us) => missed(alike(us, 1), spread))).toEqual([])
  })

  it('is mostly found so for each of several limiters, whose windows start at different instants', () => {
    const different = phases.map((us) => ({ A: us, B: phases[7] as number, C: 1_000_000 - us }))
    expect(different.filter((each) => missed(each, spread).length > 0).length).toBeLessThanOrEqual(1)
  })

  it('is found so for several limiters at once, where their windows may start together', () => {
    expect(phases.flatMap((us) => missed(alike(us, 3), [0], spread))).toEqual([])
    expect(missed(alike(500_000, 3), [0])).toHaveLength(3)
  })

  it('is looked for of as many limiters as are told apart by bits, and no more', () => {
    expect(missed(alike(500_000, 30), spread)).toEqual([])
    expect(missed(alike(500_000, 31), spread)).toHaveLength(31)
  })
})
