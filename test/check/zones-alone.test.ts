import { describe, expect, it, vi } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { Retreat } from '../../lib/check/order/retreat.ts'
import { ZoneWitness } from '../../lib/check/order/zone-witness.ts'
import { replay } from '../../lib/check/replay/replay.ts'
import { openRanges } from '../../lib/check/settle/window-starts.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Algorithm, algorithms, specSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'
import { shortWindows } from './oracle-runs.ts'
import { type Overlapping, overlapping, windowUs } from './overlapping.ts'
import { heldAgainstBruteForce, ofOneScope, ofTwoScopes } from './two-limits.ts'

/** All but sliding logs, which depend on too many instants. */
const anchored = algorithms.filter((algorithm) => algorithm !== 'sliding-log')

describe.each(anchored)('in zones, two limits that are each a %s', (algorithm) => {
  it.each([ofOneScope, ofTwoScopes])(
    'of $scopes have a witness where brute force finds one, and only there',
    (two) => {
      const seen = heldAgainstBruteForce(algorithm, 120, two, ({ file, assumed, rows }) => {
        const { history, limits, bounds } = file
        const open = assumed.map(({ cell, hypothesis }) => {
          const periodUs = phasePeriodUs(hypothesis)
          return { cell, hypothesis, openUs: periodUs === undefined ? [] : [[0, periodUs - 1] as const] }
        })
        return new ZoneWitness(history, limits, bounds, open, rows).goOn(createAllowance()).kind
      })
      expect(Math.min(seen.found, seen.impossible)).toBeGreaterThan(2)
    },
  )
})

/** Two limits that share requests and count what the other refuses, with many requests under way at a time. */
function shapeOf(algorithm: Algorithm): Overlapping {
  const rules = { algorithm, limitedRequests: 'free', chargedWhenRefused: 'counted' } as const
  return {
    enforced: [
      { scope: 'key', limit: 8, ...rules },
      { scope: 'organization', limit: 12, ...rules },
    ],
    keys: ['A', 'B', 'C'],
    requests: 120,
    latencyUs: 100_000,
  }
}

function searchedFor(algorithm: Algorithm, seed: number) {
  const shape = shapeOf(algorithm)
  const { history } = overlapping(shape, seed)
  const { limits } = specSchema.parse({
    limits: shape.enforced.map((one, k) => ({ name: `limit ${k}`, window: '1s', ...one })),
  })
  const file = new CaseFile(history, limits, 0)
  const { bounds, refusers } = file
  const assumed = (file.components[0] ?? []).map((cell) => {
    const { scope: _, ...rules } = shape.enforced[cell.limitIndex] as (typeof shape.enforced)[number]
    const hypothesis: Hypothesis = { ...rules, windowUs }
    if (algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
    return { cell, hypothesis, openUs: openRanges(file, cell, hypothesis) }
  })
  const rows = rowsToExplain(history, assumed, refusers)
  const begun = () => new ZoneWitness(history, limits, bounds, assumed, rows)
  const search = (work: number) => begun().goOn(createAllowance(work))
  return {
    begun,
    search,
    holds: (work: number) => {
      const found = search(work)
      return found.kind === 'found' && replay(history, limits, bounds, rows, found.witness) === undefined
    },
  }
}

describe.each([
  { algorithm: 'fixed-window', seeds: [1, 2] },
  { algorithm: 'first-hit-window', seeds: [1, 2] },
  { algorithm: 'sliding-counter', seeds: [7] },
  { algorithm: 'gcra', seeds: [8, 10] },
  { algorithm: 'token-bucket', seeds: [1, 2] },
] as const)('in zones, two limits that are each a $algorithm', ({ algorithm, seeds }) => {
  it('are explained with little work, wherever windows start', () => {
    for (const seed of seeds) expect(searchedFor(algorithm, seed).holds(40_000), `seed ${seed}`).toBe(true)
  })
})

it('a search in zones says the same for the same question', () => {
  const { search } = searchedFor('gcra', 10)
  const instants = () => {
    const found = search(40_000)
    return found.kind === 'found' ? found.witness.atUs : undefined
  }
  expect(instants()).toBeDefined()
  expect(instants()).toEqual(instants())
})

it('a search in zones gives up where there is no work left for it', () => {
  expect(searchedFor('gcra', 10).search(1_000).kind).toBe('undecided')
})

it('a search in zones that is left off and gone on with finds what it would have found in one go', () => {
  const { begun, search } = searchedFor('gcra', 10)
  const whole = search(40_000)
  const inTurns = begun()
  let found = inTurns.goOn(createAllowance(1_000))
  let turns = 1
  for (; found.kind === 'undecided' && turns < 40; turns++) found = inTurns.goOn(createAllowance(1_000))
  expect(turns).toBeGreaterThan(2)
  expect(found.kind === 'found' && found.witness.atUs).toEqual(whole.kind === 'found' && whole.witness.atUs)
  expect(found).toEqual(inTurns.goOn(createAllowance(1_000)))
})

it('a search in zones leaves sliding logs to others', () => {
  expect(searchedFor('sliding-log', 1).search(40_000).kind).toBe('undecided')
})

describe.each([
  { algorithm: 'fixed-window', seed: 8, kind: 'found' },
  { algorithm: 'fixed-window', seed: 9, kind: 'found' },
  { algorithm: 'first-hit-window', seed: 8, kind: 'found' },
  { algorithm: 'sliding-counter', seed: 9, kind: 'undecided' },
] as const)('in zones, where a few orders of a $algorithm side by side are all stuck', (one) => {
  it(`more are looked at around there, and what was answered is never impossible (seed ${one.seed})`, () => {
    const back = vi.spyOn(Retreat.prototype, 'from')
    const { search } = searchedFor(one.algorithm, one.seed)
    expect(search(25_000).kind).toBe(one.kind)
    expect(back).toHaveBeenCalled()
    back.mockRestore()
  })
})

it('in zones, what was never decided does not keep another like it from being', () => {
  // 2 were counted at 7, and others at 8 only if the window of 6 was opened by the second of the unknown ones.
  const limits = shortWindows([{ scope: 'key', limit: 3, algorithm: 'first-hit-window' }], 6)
  const records = [
    { sentUs: 0, receivedUs: 0, outcome: Outcome.unknown, status: 500 },
    { sentUs: 0, receivedUs: 3, outcome: Outcome.unknown, status: 500 },
    { sentUs: 7, receivedUs: 7, outcome: Outcome.accepted, cost: 2 },
    { sentUs: 8, receivedUs: 10, outcome: Outcome.accepted, cost: 2 },
  ].map((one) => ({ descriptor: 'A', ...one }))
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
  const file = new CaseFile(history, limits, 0)
  const assumed = file.cells.map((cell) => {
    return { cell, hypothesis: limiter('first-hit-window', 3, 6), openUs: [] }
  })
  const found = new ZoneWitness(history, limits, file.bounds, assumed, [0, 1, 2, 3])
  expect(found.goOn(createAllowance()).kind).toBe('found')
})

it('in zones, where windows may start in more places than can be combined, they may start between them as well', () => {
  const limits = shortWindows(
    ['inner', 'outer'].map((scope, k) => ({ scope, limit: 1 + k, algorithm: 'fixed-window' })),
    40,
  )
  const answers = [Outcome.accepted, Outcome.limited, Outcome.accepted]
  const records = answers.map((outcome, k) => ({
    descriptor: 'A',
    sentUs: 10 * k,
    receivedUs: 10 * k,
    outcome,
  }))
  const history = historyFromRecords({ descriptors: { A: { inner: 'A', outer: 'all' } } }, records)
  const file = new CaseFile(history, limits, 0)
  const foundIn = (openUs: readonly (readonly [number, number])[]) => {
    const assumed = file.cells.map((cell) => {
      return { cell, hypothesis: limiter('fixed-window', cell.limit.limit, 40), openUs }
    })
    return new ZoneWitness(history, limits, file.bounds, assumed, [0, 1, 2]).goOn(createAllowance()).kind
  }
  const around = [0, 1, 2, 3].flatMap((k) => [[k, k] as const, [36 + k, 36 + k] as const])
  expect(foundIn(around)).toBe('impossible')
  expect(foundIn([...around, [30, 30]])).toBe('found')
})
