import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { witnessByMending } from '../../lib/check/mend/mended-witness.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { type Enforced, limitsOf, type Overlapping, overlapping, windowUs } from './overlapping.ts'

const allWork = 10_000_000
const seeds = [1, 2, 3, 4, 5, 6]

/** Whether what such limits answered is mended, for each limiter that shares requests with others, and the work of it. */
function mended(shape: Overlapping, seed: number, another?: Partial<Hypothesis>) {
  const limits = limitsOf(shape)
  const { history } = overlapping(shape, seed)
  const file = new CaseFile(history, limits, 0)
  const { bounds, refusers } = file
  const work = createAllowance(allWork)
  const witnesses = file.components.map((cells) => {
    const assumed = cells.map((cell) => {
      const { scope: _, ...rules } = shape.enforced[cell.limitIndex] as Enforced
      const hypothesis: Hypothesis = { ...rules, windowUs, ...another }
      return { cell, hypothesis, evidence: file.evidence(cell, hypothesis) }
    })
    const rows = rowsToExplain(history, assumed, refusers)
    const component = new PlayedComponent(history, limits, bounds, refusers, assumed, rows)
    return witnessByMending(component, assumed, work)
  })
  return { found: witnesses.every((witness) => witness !== undefined), work: allWork - work.left }
}

const free = { algorithm: 'sliding-log', limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const counted = {
  algorithm: 'sliding-log',
  limitedRequests: 'counted',
  chargedWhenRefused: 'counted',
} as const

/** Two logs that share requests, of which 15 to 50 are under way at a time. */
function two(rules: typeof free | typeof counted, as: Partial<Overlapping> = {}): Overlapping {
  return {
    enforced: [
      { scope: 'key', limit: 50, ...rules },
      { scope: 'organization', limit: 120, ...rules },
    ],
    keys: ['A', 'B', 'C'],
    requests: 1_500,
    latencyUs: 100_000,
    ...as,
  }
}

const shapes: Record<string, Overlapping> = {
  'one log': { ...two(free), enforced: [{ scope: 'organization', limit: 120, ...free }] },
  'two logs': two(free),
  'two logs, of which answers name the one that refused': two(free, { named: true }),
  'two logs that count all that is refused': two(counted, { named: true }),
  'two logs, with stamps of whole milliseconds': two(free, { named: true, grainUs: 1_000 }),
}

/** So much work is enough for each request. */
const mostWorkEach = 600

describe.each(Object.entries(shapes))('mending by itself, %s', (_, shape) => {
  it('finds instants for what was answered, in proportion to how much that is', () => {
    const all = seeds.map((seed) => ({ seed, ...mended(shape, seed) }))
    expect(all.filter(({ found }) => !found).map(({ seed }) => seed)).toEqual([])
    expect(Math.max(...all.map(({ work }) => work)) / shape.requests).toBeLessThan(mostWorkEach)
  })
})

describe('mending by itself', () => {
  it('finds them where far more are under way at a time, with more work', () => {
    const shape = two(free, { named: true, latencyUs: 250_000 })
    expect(seeds.filter((seed) => !mended(shape, seed).found)).toEqual([])
  })

  it('gives up soon where there are no instants, as of logs that are too small', () => {
    const { found, work } = mended(two(free, { requests: 300 }), 1, { limit: 49 })
    expect(found).toBe(false)
    expect(work).toBeLessThan(allWork)
  })

  it.each<[string, Overlapping]>([
    ['costs differ', two(free, { highestCost: 2 })],
    [
      'it depends on the order whether a log counts what another refuses',
      two({ ...counted, limitedRequests: 'free' } as never),
    ],
    ['it is no log', two({ ...free, algorithm: 'fixed-window' } as never)],
  ])('says nothing where %s', (_, shape) => {
    expect(mended(shape, 1)).toEqual({ found: false, work: 0 })
  })
})
