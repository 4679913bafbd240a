import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Limiter,
  type Settled,
  settle,
  type User,
  usersInOrder,
  usesInOrder,
} from '../../lib/check/settle/settle.ts'
import { pullIn, refusalsOf, settleWindow } from '../../lib/check/settle/settle-window.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

// Windows of 10 that start at 3, 13, 23, …: gone through one by one, without any that is passed over or looked at in part.

const [startUs, windowUs] = [3, 10]

function windowByWindow(of: Limiter, atUs: Float64Array): Settled {
  const users = usersInOrder(of, atUs)
  let before: readonly User[] = []
  let carried: User[] = []
  let changed = false
  for (let fromUs = startUs - 10 * windowUs; fromUs < 200; fromUs += windowUs) {
    const endUs = fromUs + windowUs
    const inside = [
      ...carried,
      ...users.filter((user) => !carried.includes(user) && isIn(user, fromUs, endUs)),
    ]
    const { settled, missingUnits, ...found } = settleWindow(of, atUs, fromUs, endUs, inside, refusalsOf(of))
    if (settled === 'impossible') return 'impossible'
    if (settled !== 'unchanged') changed = true
    if (missingUnits > 0) {
      if (!pullIn(before, fromUs, missingUnits, atUs)) return 'impossible'
      changed = true
    }
    before = found.inside
    carried = found.pushedOut
  }
  return changed ? 'changed' : 'unchanged'
}

const isIn = ({ atUs }: User, fromUs: number, endUs: number) => fromUs <= atUs && atUs < endUs

const request = fc.record({
  lo: fc.integer({ min: -8, max: 40 }),
  wait: fc.nat(14),
  cost: fc.constantFrom(1, 1, 2),
  as: fc.constantFrom('accepted', 'accepted', 'accepted', 'refused'),
})

const drawn = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 12 }),
  limit: fc.integer({ min: 1, max: 4 }),
  unitCosts: fc.boolean(),
  counted: fc.boolean(),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

/** @param several whether another limiter may have moved requests as well, as it has moved some here. */
function limiterOf({ requests, limit, unitCosts, counted }: Drawn, several: boolean) {
  const seen = requests
    .map(({ lo, wait, cost, as }): Seen => ({ lo, hi: lo + wait, cost: unitCosts ? 1 : cost, as }))
    .sort((a, b) => a.lo - b.lo)
  const evidence = (counted ? countingRefusals : evidenceOf)(seen)
  const of: Limiter = { evidence, hypothesis: limiter('fixed-window', limit, windowUs), startUs }
  const atUs = evidence.loUs.slice()
  if (several) {
    of.latestUs = evidence.hiUs.slice()
    for (const [k, { lo, hi = lo }] of seen.entries()) if (k % 3 === 0) atUs[k] = Math.floor((lo + hi) / 2)
  }
  return { of, atUs }
}

describe.each([
  ['by itself', false],
  ['beside another limiter', true],
])('a fixed window %s', (_, several) => {
  it('is settled as each of its windows is, one after the other', () => {
    const seen = { unchanged: 0, changed: 0, impossible: 0 }
    fc.assert(
      fc.property(drawn, (one) => {
        const plain = limiterOf(one, several)
        const { of, atUs } = limiterOf(one, several)
        for (let round = 0; round < 8; round++) {
          const expected = windowByWindow(plain.of, plain.atUs)
          const uses = usesInOrder(of.evidence, atUs)
          const settled = settle(of, atUs)
          expect(settled).toBe(expected)
          if (settled !== 'impossible') expect([atUs, of.latestUs]).toEqual([plain.atUs, plain.of.latestUs])
          seen[settled]++
          if (settled === 'impossible') return
          // What is left as it is need not be put in order again; the rest is.
          const kept = settled === 'unchanged' && { order: uses.order, times: uses.times }
          const { order, times } = of.settledUses ?? {}
          expect(of.settledUses !== undefined && { order, times }).toEqual(kept)
          if (settled === 'unchanged') return
        }
      }),
      { numRuns: 1_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
  })
})

describe('windows of 2 that start at 3, 13, …', () => {
  /** The instants of several rounds, or that one is impossible. */
  const rounds = (seen: readonly Seen[]) => {
    const of: Limiter = {
      evidence: evidenceOf(seen),
      hypothesis: limiter('fixed-window', 2, windowUs),
      startUs,
    }
    const atUs = of.evidence.loUs.slice()
    let settled = settle(of, atUs)
    for (let round = 0; round < 9 && settled === 'changed'; round++) settled = settle(of, atUs)
    return settled === 'impossible' ? settled : [...atUs]
  }
  const refused = (lo: number, hi = lo): Seen => ({ lo, hi, as: 'refused' })

  it('have the latest that can wait come in the next one, at its first instant', () => {
    expect(rounds([{ lo: 10, hi: 20 }, { lo: 11, hi: 13 }, { lo: 12 }])).toEqual([10, 13, 12])
    expect(rounds([{ lo: 10, hi: 20 }, { lo: 11, hi: 12 }, { lo: 12 }])).toEqual([13, 11, 12])
    expect(rounds([{ lo: 10, hi: 12 }, { lo: 11, hi: 12 }, { lo: 12 }])).toBe('impossible')
  })

  it('pass on what the next one cannot hold either, however long nobody else comes', () => {
    const all = Array.from({ length: 7 }, (): Seen => ({ lo: 10, hi: 40 }))
    expect(rounds(all)).toEqual([10, 10, 13, 13, 23, 23, 33])
  })

  it('take from the one before for a refusal that only they can have made', () => {
    expect(rounds([{ lo: 11, hi: 13 }, { lo: 12, hi: 30 }, refused(14, 22)])).toEqual([13, 13, 14])
    expect(rounds([{ lo: 11, hi: 12 }, { lo: 12, hi: 30 }, refused(14, 22)])).toBe('impossible')
    // In the next window it may be refused as well, or by this one alone.
    expect(rounds([{ lo: 11, hi: 12 }, { lo: 12, hi: 30 }, refused(14, 23)])).toEqual([11, 12, 14])
    expect(rounds([{ lo: 11, hi: 12 }, { lo: 12, hi: 30 }, refused(12, 14)])).toEqual([11, 12, 12])
  })

  it('have nobody come after a refusal that is over', () => {
    expect(rounds([{ lo: 3 }, { lo: 4 }, refused(4, 5), { lo: 6, hi: 13 }])).toEqual([3, 4, 4, 13])
    expect(rounds([{ lo: 3 }, { lo: 4 }, refused(4, 5), { lo: 6, hi: 12 }])).toBe('impossible')
  })
})
