import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { witnessByPlaying } from '../../lib/check/forward/forward-witness.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { evenSharedStarts, openStartsToTry } from '../../lib/check/settle/window-starts.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { limitsOf, type Overlapping, overlapping, windowUs } from './overlapping.ts'

/** So little patience that a repair has to be one that helps. */
const little = { starts: 1, inVain: { starts: 4, rest: 24 }, attempts: 2, again: 0 }
const allWork = 10_000_000
const seeds = Array.from({ length: 8 }, (_, k) => k + 1)

/** What came of playing forward, and how much work it took: a measure that is the same on any machine. */
interface Tried {
  found: boolean
  work: number
}

/**
 * Plays forward what such limits answered.
 * @param told where windows start; otherwise that is to be found, among those starts that no bounds exclude.
 */
function played(shape: Overlapping, seed: number, told: boolean, patience = little): Tried {
  const limits = limitsOf(shape)
  const { history, phaseUs } = overlapping(shape, seed)
  const file = new CaseFile(history, limits, 0)
  const { bounds, refusers } = file
  const work = createAllowance(allWork)
  const found = file.components.every((cells) => {
    const assumed = cells.map((cell) => {
      const { scope: _, ...rules } = shape.enforced[cell.limitIndex] as (typeof shape.enforced)[number]
      const hypothesis: Hypothesis = { ...rules, windowUs }
      if (rules.algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
      const hasPhase = phasePeriodUs(hypothesis) !== undefined
      const startsUs = !told ? openStartsToTry(file, cell, hypothesis, 16) : hasPhase ? [phaseUs] : []
      return { cell, hypothesis, startsUs }
    })
    const rows = rowsToExplain(history, assumed, refusers)
    const together = told ? [] : evenSharedStarts(file, assumed, 16)
    const component = new PlayedComponent(history, limits, bounds, refusers, assumed, rows)
    return witnessByPlaying(component, assumed, together, patience, work) !== undefined
  })
  return { found, work: allWork - work.left }
}

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const counted = { limitedRequests: 'counted', chargedWhenRefused: 'counted' } as const
const earlier = { limitedRequests: 'counted', chargedWhenRefused: 'earlier' } as const

/** What is drawn of each algorithm. */
function shapesOf(algorithm: Algorithm, refillTickUs: number | undefined): Record<string, Overlapping> {
  const perKey = { scope: 'key', limit: 8, algorithm, refillTickUs } as const
  const fewPerKey = { ...perKey, limit: 5 }
  const perOrganization = { scope: 'organization', limit: 12, algorithm, refillTickUs } as const
  const keys = ['A', 'B', 'C']
  return {
    'mixed costs': {
      enforced: [{ ...perKey, ...free }],
      requests: 80,
      latencyUs: 150_000,
      highestCost: 2,
    },
    'mixed costs, refusals counted': {
      enforced: [{ ...perKey, ...counted }],
      requests: 80,
      latencyUs: 150_000,
      highestCost: 2,
    },
    'lost answers': { enforced: [{ ...perKey, ...free }], requests: 60, latencyUs: 100_000, lost: 0.1 },
    'two limits': {
      enforced: [
        { ...fewPerKey, ...free },
        { ...perOrganization, ...counted },
      ],
      keys,
      requests: 80,
      latencyUs: 100_000,
    },
    'two limits, of which the first counts what the second refuses': {
      enforced: [
        { ...fewPerKey, ...earlier },
        { ...perOrganization, algorithm: 'fixed-window', refillTickUs: undefined, ...free },
      ],
      keys,
      requests: 80,
      latencyUs: 60_000,
    },
  }
}

interface Expected {
  algorithm: Algorithm
  refillTickUs?: number
  /** For how many of the seeds instants are found at least, of each shape in turn. */
  least: number[]
  /** How much work that takes at most, in thousands, all together. */
  mostWork: number
  /** How much it takes of a few seeds to find where windows start as well. */
  mostToFindStarts?: number
}

const expected: Expected[] = [
  { algorithm: 'fixed-window', least: [7, 7, 7, 7, 7], mostWork: 63, mostToFindStarts: 16 },
  { algorithm: 'first-hit-window', least: [5, 6, 5, 3, 7], mostWork: 210 },
  { algorithm: 'sliding-log', least: [7, 7, 5, 7, 7], mostWork: 104 },
  { algorithm: 'sliding-counter', least: [6, 7, 6, 6, 6], mostWork: 138, mostToFindStarts: 128 },
  { algorithm: 'gcra', least: [6, 7, 3, 6, 7], mostWork: 159 },
  {
    algorithm: 'token-bucket',
    refillTickUs: 250_000,
    least: [4, 7, 2, 5, 6],
    mostWork: 165,
    mostToFindStarts: 234,
  },
]

describe.each(expected)('playing by itself, a $algorithm', (one) => {
  const shapes = Object.entries(shapesOf(one.algorithm, one.refillTickUs))

  it('finds instants for what it answered, with little work', () => {
    let work = 0
    const fewer = shapes.flatMap(([words, shape], k) => {
      const all = seeds.map((seed) => ({ seed, ...played(shape, seed, true) }))
      work += all.reduce((sum, tried) => sum + tried.work, 0)
      const missed = all.filter(({ found }) => !found).map(({ seed }) => seed)
      const most = seeds.length - (one.least[k] as number)
      return missed.length > most ? [`${words}: seeds ${missed}, at most ${most} were expected`] : []
    })
    expect(fewer).toEqual([])
    expect(work / 1000).toBeLessThan(one.mostWork)
  })
})

const toBeFound = expected.filter(({ mostToFindStarts }) => mostToFindStarts !== undefined)

describe.each(toBeFound)('playing by itself, a $algorithm whose windows start nobody knows when', (one) => {
  it('finds where as well', () => {
    let work = 0
    for (const [words, shape] of Object.entries(shapesOf(one.algorithm, one.refillTickUs))) {
      // Where answers were lost, it takes long.
      for (const seed of shape.lost ? [] : seeds.slice(0, 3)) {
        const tried = played(shape, seed, false)
        expect(tried.found, `${words}, seed ${seed}`).toBe(true)
        work += tried.work
      }
    }
    expect(work / 1000).toBeLessThan(one.mostToFindStarts as number)
  })
})

describe('playing by itself, through many places that are hard', () => {
  const shape: Overlapping = {
    enforced: [
      { scope: 'key', limit: 5, algorithm: 'sliding-counter', ...free },
      { scope: 'organization', limit: 12, algorithm: 'sliding-counter', ...free },
    ],
    keys: ['A', 'B', 'C'],
    requests: 400,
    latencyUs: 150_000,
  }
  const tried = (again: Partial<typeof little>) => {
    const all = seeds.map((seed) => played(shape, seed, true, { ...little, ...again }))
    return {
      found: all.filter(({ found }) => found).length,
      work: all.reduce((sum, { work }) => sum + work, 0),
    }
  }

  it('finds more when what led to each is played again than when it begins again, with less work', () => {
    const lastPart = tried({ attempts: 1, again: 16 })
    const fromTheBeginning = tried({ attempts: 8, again: 0 })
    expect(lastPart.found).toBeGreaterThan(fromTheBeginning.found)
    expect(lastPart.work).toBeLessThan(fromTheBeginning.work)
  })

  it('starts anew from a little before where nothing that is thought of helps', () => {
    const counters: Overlapping = { ...shape, latencyUs: 90_000 }
    const patience = { starts: 1, inVain: { starts: 60, rest: 100 }, attempts: 1, again: 16 }
    const all = seeds.map((seed) => played(counters, 99 + seed, true, patience))
    expect(all.filter(({ found }) => !found)).toEqual([])
  })
})
