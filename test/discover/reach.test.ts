import { describe, expect, test } from 'vitest'
import { createLimiter } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { type Reach, reachOf } from './reach.ts'
import { type Hidden, hiddenPlatform } from './simulated.ts'

/**
 * How often an integration refuses what is sent to it as fast as the organization lets it through, for three minutes.
 * @param phase of both windows, as a share of them: of first-hit windows there is none.
 */
function timesMet({ algorithm, limits }: Hidden, phase: number): number {
  const limiterOf = ({ limit, windowMs }: { limit: number; windowMs: number }, share: number) =>
    createLimiter(algorithm, {
      limit,
      windowUs: 1000 * windowMs,
      phaseUs: Math.floor(share * 1000 * windowMs),
    })
  const inner = limiterOf(limits.integration, phase)
  const outer = limiterOf(limits.organization, 1 - phase)
  let [innerState, outerState] = [inner.init(), outer.init()]
  let times = 0
  let wasMet = false
  for (let us = 0; us < 180e6; us += 500) {
    if (!outer.admits(outerState, us, 1)) continue
    const isMet = !inner.admits(innerState, us, 1)
    if (isMet && !wasMet) times++
    wasMet = isMet
    if (isMet) continue
    innerState = inner.charge(innerState, us, 1)
    outerState = outer.charge(outerState, us, 1)
  }
  return times
}

const known = [2, 3, 4, 5, 6, 7].flatMap((seed) =>
  algorithms.map((algorithm) => ({ ...hiddenPlatform(seed, [algorithm]), namesRefuser: true })),
)
const ofReach = (reach: Reach) => known.filter((hidden) => reachOf(hidden) === reach)
const phases = [0.1, 0.45, 0.8]

describe('an integration behind an organization', () => {
  test('is met by all that is let through where it is in reach, whatever the phase', () => {
    const met = ofReach('in reach').flatMap((hidden) => phases.map((phase) => timesMet(hidden, phase)))
    expect(met.length).toBeGreaterThan(phases.length * algorithms.length)
    expect(Math.min(...met)).toBeGreaterThan(0)
  })

  test('is never met where it is out of reach', () => {
    const met = ofReach('out of reach').flatMap((hidden) => phases.map((phase) => timesMet(hidden, phase)))
    expect(met.length).toBeGreaterThan(phases.length)
    expect(Math.max(...met)).toBe(0)
  })
})
