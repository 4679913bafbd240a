import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Limiter, settle } from '../../lib/check/settle/settle.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

// What is moved so that a sliding log is full for a refusal, against all ways to do that.

const windowUs = 10

/** One round of settling a log. */
function settledOnce(seen: readonly Seen[], limit: number, counted = false) {
  const evidence = (counted ? countingRefusals : evidenceOf)(seen)
  const of: Limiter = { evidence, hypothesis: limiter('sliding-log', limit, windowUs) }
  const atUs = evidence.loUs.slice()
  return { settled: settle(of, atUs), atUs: [...atUs], of }
}

/** How many of some instants count at another one. */
const logged = (instants: readonly number[], us: number) =>
  instants.filter((at) => us - windowUs < at && at <= us).length

describe('a log that is not full for a refusal', () => {
  it('has those moved to where they still count that need it least, all together', () => {
    const drawn = fc.record({
      users: fc.array(fc.record({ lo: fc.nat(24), wait: fc.nat(14) }), { minLength: 1, maxLength: 7 }),
      limit: fc.integer({ min: 1, max: 4 }),
      refusal: fc.record({ lo: fc.integer({ min: 4, max: 34 }), wait: fc.nat(9) }),
    })
    const seen = { moved: 0, impossible: 0 }
    fc.assert(
      fc.property(drawn, ({ users, limit, refusal }) => {
        const sent = users.toSorted((a, b) => a.lo - b.lo)
        // As many as the log holds from the beginning: nobody has to wait for another.
        const through = sent.filter(
          ({ lo }, k) => k < limit || lo - (sent[k - limit]?.lo as number) >= windowUs,
        )
        fc.pre(through.every(({ lo }, k) => k < limit || lo - (through[k - limit]?.lo as number) >= windowUs))
        const at = through.map(({ lo }) => lo)
        const { lo, wait } = refusal
        const instants = [lo, ...at.filter((us) => us > lo && us <= lo + wait)]
        fc.pre(!instants.some((us) => logged(at, us) >= limit))
        const told = [
          ...through.map(({ lo, wait }): Seen => ({ lo, hi: lo + wait })),
          { lo, hi: lo + wait, as: 'refused' as const },
        ].sort((a, b) => a.lo - b.lo)
        const place = told.findIndex(({ as }) => as === 'refused')

        /** By how much those have to be moved, together, that are missing at an instant. */
        const movesAt = (us: number) => {
          const toUs = us - windowUs + 1
          const able = through
            .filter(({ lo, wait }) => lo < toUs && lo + wait >= toUs)
            .map(({ lo }) => toUs - lo)
          const missing = limit - logged(at, us)
          if (able.length < missing) return Number.POSITIVE_INFINITY
          const least = able.sort((a, b) => a - b).slice(0, missing)
          return least.reduce((sum, us) => sum + us, 0)
        }
        const least = Math.min(...instants.map(movesAt))
        const { settled, atUs } = settledOnce(told, limit)
        if (least === Number.POSITIVE_INFINITY) {
          seen.impossible++
          expect({ settled, atUs }).toEqual({ settled: 'impossible', atUs: told.map(({ lo }) => lo) })
          return
        }
        seen.moved++
        expect(settled).toBe('changed')
        const others = atUs.filter((_, i) => i !== place)
        const moves = others.map((us, k) => us - (at[k] as number))
        expect(moves.reduce((sum, us) => sum + us, 0)).toBe(least)
        const refusedUs = atUs[place] as number
        expect(movesAt(refusedUs)).toBe(least)
        expect(logged(others, refusedUs)).toBe(limit)
        for (const [k, us] of others.entries()) {
          if (moves[k] === 0) continue
          expect(us).toBe(refusedUs - windowUs + 1)
          expect(us).toBeLessThanOrEqual((through[k]?.lo as number) + (through[k]?.wait as number))
        }
      }),
      { numRuns: 1_500 },
    )
    expect(Math.min(seen.moved, seen.impossible)).toBeGreaterThan(100)
  })

  it('counts those that were moved for one refusal when it comes to the next', () => {
    const two: Seen[] = [
      { lo: 0, hi: 9 },
      { lo: 2, hi: 9 },
      { lo: 12, as: 'refused' },
      { lo: 14, as: 'refused' },
    ]
    // For the first refusal the one at 0 and the one at 2 come at 3, for the second at 5.
    expect(settledOnce(two, 2)).toMatchObject({ settled: 'changed', atUs: [5, 5, 12, 14] })
    const late = two.toSpliced(0, 2, { lo: 0, hi: 4 }, { lo: 2, hi: 9 })
    expect(settledOnce(late, 2)).toMatchObject({ settled: 'impossible' })
  })

  it('keeps the order of those that come before one that is moved', () => {
    // For the refusal at 12 the one at 0 comes at 3, which is after the one at 1, and for the one at 13 later still.
    const seen: Seen[] = [
      { lo: 0, hi: 9 },
      { lo: 1 },
      { lo: 11 },
      { lo: 12, as: 'refused' },
      { lo: 13, as: 'refused' },
    ]
    expect(settledOnce(seen, 2)).toMatchObject({ settled: 'changed', atUs: [4, 1, 11, 12, 13] })
  })

  it('does not count the refusal itself, where refusals are counted', () => {
    const alone: Seen[] = [{ lo: 0 }, { lo: 5, hi: 7, as: 'refused' }]
    expect(settledOnce(alone, 2, true).settled).toBe('impossible')
    expect(settledOnce(alone, 1, true)).toMatchObject({ settled: 'unchanged', atUs: [0, 5] })
    const waits: Seen[] = [{ lo: 0 }, { lo: 5, hi: 7, as: 'refused' }, { lo: 6, as: 'refused' }]
    expect(settledOnce(waits, 2, true)).toMatchObject({ settled: 'changed', atUs: [0, 6, 6] })
  })

  it('moves those on both sides of the refusal in the order, where that is counted', () => {
    const seen: Seen[] = [
      { lo: 0, hi: 9 },
      { lo: 12, as: 'refused' },
    ]
    expect(settledOnce(seen, 1, true)).toMatchObject({ settled: 'changed', atUs: [3, 12] })
    // Counted from 1 on, where it stands as yet, and found to be refused at 12.
    const early: Seen[] = [{ lo: 1, hi: 12, as: 'refused' }, { lo: 2 }, { lo: 12 }]
    expect(settledOnce(early, 2, true)).toMatchObject({ settled: 'impossible' })
    const full: Seen[] = [{ lo: 1, hi: 12, as: 'refused' }, { lo: 3 }, { lo: 12 }]
    expect(settledOnce(full, 2, true)).toMatchObject({ settled: 'changed', atUs: [12, 3, 12] })
    // It stands at 1, before the one at 3 that comes at 5 for it to be refused at 14.
    const long: Seen[] = [{ lo: 1, hi: 20, as: 'refused' }, { lo: 3, hi: 9 }, { lo: 14 }]
    expect(settledOnce(long, 2, true)).toMatchObject({ settled: 'changed', atUs: [14, 5, 14] })
  })
})

describe('a log with refusals that are counted', () => {
  it('lets nobody through before enough has expired, whoever it was', () => {
    const seen: Seen[] = [{ lo: 0 }, { lo: 1, as: 'refused' }, { lo: 4, hi: 12 }]
    expect(settledOnce(seen, 1, true)).toMatchObject({ settled: 'changed', atUs: [0, 1, 11] })
    expect(settledOnce(seen.toSpliced(2, 1, { lo: 4, hi: 11 }), 1, true).settled).toBe('changed')
    expect(settledOnce(seen.toSpliced(2, 1, { lo: 4, hi: 10 }), 1, true).settled).toBe('impossible')
    expect(settledOnce(seen.toSpliced(2, 1, { lo: 11, hi: 11 }), 1, true).settled).toBe('unchanged')
  })

  it('counts one that was held back where it comes then', () => {
    const seen: Seen[] = [{ lo: 0 }, { lo: 1, hi: 30 }, { lo: 2, hi: 30 }, { lo: 3, hi: 30, as: 'refused' }]
    expect(settledOnce(seen, 1, true)).toMatchObject({ settled: 'changed', atUs: [0, 10, 20, 3] })
  })
})

it('only requests that cost one are settled in a log', () => {
  expect(settledOnce([{ lo: 0, cost: 2 }], 4).settled).toBe('impossible')
  expect(
    settledOnce(
      [
        { lo: 0, cost: 1 },
        { lo: 1, cost: 2 },
      ],
      4,
    ).settled,
  ).toBe('impossible')
})

it('a log keeps the order of what is settled, and of nothing else', () => {
  expect([...(settledOnce([{ lo: 0 }, { lo: 4 }], 2).of.settledUses?.times ?? [])]).toEqual([0, 4])
  expect([...(settledOnce([{ lo: 0 }, { lo: 4, hi: 30 }], 1).of.settledUses?.times ?? [])]).toEqual([0, 10])
  expect(settledOnce([{ lo: 0 }, { lo: 4 }], 1).of.settledUses).toBe(undefined)
})

it('an order is kept only for as long as nobody is moved', () => {
  const { of, ...once } = settledOnce([{ lo: 0 }, { lo: 4, hi: 30 }, { lo: 5, hi: 50 }], 1)
  expect(once.atUs).toEqual([0, 10, 20])
  const atUs = Float64Array.of(0, 12, 7)
  expect(settle(of, atUs)).toBe('changed')
  expect([...atUs]).toEqual([0, 20, 10])
  expect([...(of.settledUses?.order ?? [])]).toEqual([0, 2, 1])
  expect(settle(of, atUs)).toBe('unchanged')
})

it('what was moved since all had their places is looked at alone, with the same places in the end', () => {
  const seen = fc.array(fc.record({ gap: fc.nat(6), took: fc.nat(30), isRefused: fc.boolean() }), {
    minLength: 10,
    maxLength: 60,
  })
  const met = { several: 0, unchanged: 0, impossible: 0 }
  fc.assert(
    fc.property(seen, fc.integer({ min: 1, max: 4 }), (drawn, limit) => {
      let us = 0
      const evidence = evidenceOf(
        drawn.map(({ gap, took, isRefused }): Seen => {
          us += gap
          return { lo: us, hi: us + took, as: isRefused ? 'refused' : 'accepted' }
        }),
      )
      const settledBy = (forget: boolean) => {
        const of: Limiter = { evidence, hypothesis: limiter('sliding-log', limit, windowUs) }
        const atUs = evidence.loUs.slice()
        let rounds = 0
        for (let settled = settle(of, atUs); settled !== 'unchanged'; settled = settle(of, atUs)) {
          if (settled === 'impossible' || ++rounds > 100) return { atUs: settled, rounds }
          if (forget) of.settledUses = undefined
        }
        return { atUs: [...atUs], rounds }
      }
      const kept = settledBy(false)
      expect(kept).toEqual(settledBy(true))
      if (kept.atUs === 'impossible') met.impossible++
      else if (kept.rounds > 1) met.several++
      else met.unchanged++
    }),
    { numRuns: 2_000 },
  )
  expect(Math.min(met.several, met.unchanged, met.impossible)).toBeGreaterThan(20)
})
