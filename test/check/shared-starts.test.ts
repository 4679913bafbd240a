import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import {
  evenSharedStarts,
  openRanges,
  openStartsToTry,
  rangesToTry,
  sharedStarts,
  startsToTry,
} from '../../lib/check/settle/window-starts.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

// Starts of windows among ranges that are written out, or drawn: what is open to each limiter is told by its cell.

type Range = readonly [from: number, to: number]

const fixed = limiter('fixed-window')

/** Limiters of 2 in 10 µs to which these ranges are open, and the file that says so. */
function openTo(...open: (readonly Range[])[]) {
  const cells = open.map((_, limitIndex) => ({ limitIndex }) as Cell)
  const file = { openStarts: ({ limitIndex }: Cell) => open[limitIndex] } as unknown as CaseFile
  return { file, limiters: cells.map((cell) => ({ cell, hypothesis: fixed })) }
}

const alone = (open: readonly Range[]) => {
  const { file, limiters } = openTo(open)
  const [{ cell, hypothesis }] = limiters as [(typeof limiters)[number]]
  return {
    ranges: () => rangesToTry(file, cell, hypothesis),
    open: () => openRanges(file, cell, hypothesis),
    starts: () => startsToTry(file, cell, hypothesis),
    most: (most: number) => openStartsToTry(file, cell, hypothesis, most),
  }
}

/** Phases at which the windows of all may start, ascending, each looked at by itself. */
function commonPhases(open: readonly (readonly Range[])[], periodUs: number): number[] {
  const isIn = (phase: number) => (ranges: readonly Range[]) =>
    ranges.some(([from, to]) => {
      for (let us = from; us <= to; us++) if ((us - phase) % periodUs === 0) return true
      return false
    })
  return Array.from({ length: periodUs }, (_, us) => us).filter((us) => open.every(isIn(us)))
}

/** The middle of each run of phases without a gap. */
function middlesOf(phases: readonly number[]): number[] {
  const runs: number[][] = []
  for (const us of phases) {
    if (runs.at(-1)?.at(-1) === us - 1) runs.at(-1)?.push(us)
    else runs.push([us])
  }
  return runs.map((run) => run[Math.floor((run.length - 1) / 2)] as number)
}

const ranges = fc
  .array(fc.record({ from: fc.integer({ min: -25, max: 25 }), long: fc.nat(12) }), { maxLength: 4 })
  .map((drawn) => drawn.map(({ from, long }): Range => [from, from + long]))

describe('starts that limiters share', () => {
  it('lie at the middle of each run of instants that are open to all, whichever window these are of', () => {
    let several = 0
    fc.assert(
      fc.property(fc.array(ranges, { minLength: 2, maxLength: 3 }), (open) => {
        const { file, limiters } = openTo(...open)
        const middles = middlesOf(commonPhases(open, fixed.windowUs))
        if (middles.length > 1) several++
        expect(sharedStarts(file, limiters)).toEqual(middles)
      }),
      { numRuns: 500 },
    )
    expect(several).toBeGreaterThan(50)
  })

  it('are as many as are asked for, evenly spread over all instants that are open to all', () => {
    fc.assert(
      fc.property(ranges, ranges, fc.integer({ min: 1, max: 25 }), (one, other, most) => {
        const { file, limiters } = openTo(one, other)
        const phases = commonPhases([one, other], fixed.windowUs)
        const expected = Array.from(
          { length: phases.length === 0 ? 0 : most },
          (_, k) => phases[Math.floor(((k + 0.5) * phases.length) / most)],
        )
        expect(evenSharedStarts(file, limiters, most)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('are asked of those alone that have a start', () => {
    const { file, limiters } = openTo([[3, 5]], [[0, 9]], [[4, 8]])
    const [first, second, third] = limiters.map(({ cell }) => cell) as [Cell, Cell, Cell]
    const log = limiter('sliding-log')
    const of = [
      { cell: first, hypothesis: fixed },
      { cell: second, hypothesis: log },
      { cell: third, hypothesis: fixed },
    ]
    expect(sharedStarts(file, of)).toEqual([4])
    expect(evenSharedStarts(file, of, 2)).toEqual([4, 5])
    expect(sharedStarts(file, of.slice(0, 2))).toEqual([])
    const longer = limiter('fixed-window', 2, 11)
    expect(sharedStarts(file, [...of, { cell: second, hypothesis: longer }])).toEqual([])
  })
})

describe('starts of one limiter', () => {
  it('lie at the middle of each range that is open', () => {
    const { starts, most } = alone([
      [1, 4],
      [6, 6],
      [8, 10],
    ])
    expect(starts()).toEqual([2, 6, 9])
    expect(most(3)).toEqual([2, 6, 9])
    expect(most(2)).toEqual([2, 9])
  })

  it('are ranges that are merged where nothing lies between them', () => {
    const { ranges, open } = alone([
      [1, 4],
      [5, 6],
      [8, 10],
    ])
    expect(open()).toEqual([
      [1, 6],
      [8, 10],
    ])
    expect(ranges()).toEqual(open())
    expect(alone([]).ranges()).toEqual([undefined])
    expect(alone([]).open()).toEqual([])
  })

  it('are the first, the last and others at even distances where there are too many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 300 }), (count) => {
        const { starts, most, ranges } = alone(Array.from({ length: count }, (_, k): Range => [2 * k, 2 * k]))
        const chosen = starts()
        expect(chosen).toEqual(most(8))
        expect(chosen).toEqual(ranges().map((range) => range?.[0]))
        expect([chosen.length, chosen[0], chosen.at(-1)]).toEqual([8, 0, 2 * (count - 1)])
        const gaps = chosen.slice(1).map((us, k) => (us - (chosen[k] as number)) / 2)
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('starts of a sliding counter', () => {
  const hypothesis = limiter('sliding-counter')

  /** What is tried of starts, given requests that were decided at known instants. */
  function tried(seen: readonly Seen[], starts: readonly number[]): readonly number[] {
    const evidence = evidenceOf(seen)
    // One more request, of which nothing is known here.
    const cell = { rows: evidence.rows } as Cell
    const file = {
      history: { count: seen.length + 1 },
      bounds: { lo: (row: number) => evidence.loUs[row] },
      evidence: () => evidence,
      openStarts: () => starts.map((us) => [us, us]),
    } as unknown as CaseFile
    return startsToTry(file, cell, hypothesis)
  }

  // Two in one window, of which one still counts five later, in the next window, and none ten later.
  const filled: Seen[] = [{ lo: 8 }, { lo: 9 }]
  const all = Array.from({ length: 10 }, (_, us) => us)

  it('are those that explain it by itself, where there are any', () => {
    // A window that starts at 0 has ended at 10: at 11 one of the two counts, so that one more fits and no other.
    const second: Seen[] = [...filled, { lo: 11 }, { lo: 12, as: 'refused' }]
    const explaining = all.filter((startUs) => {
      const counted = (us: number, window: number) => Math.floor((us - startUs) / 10) === window
      const answers = (us: number, uses: readonly number[]) => {
        const window = Math.floor((us - startUs) / 10)
        const current = uses.filter((use) => counted(use, window)).length
        const previous = uses.filter((use) => counted(use, window - 1)).length
        const left = 10 - (us - startUs - 10 * window)
        return Math.floor((previous * left) / 10) + current + 1 <= 2
      }
      return answers(9, [8]) && answers(11, [8, 9]) && !answers(12, [8, 9, 11])
    })
    expect(explaining.length).toBeGreaterThan(0)
    expect(explaining.length).toBeLessThan(8)
    expect(tried(second, all)).toEqual(explaining)
  })

  it('are any of those that are open where none explains it by itself', () => {
    // Nothing makes a counter refuse its first request.
    expect(tried([{ lo: 8, as: 'refused' }], all.slice(0, 4))).toEqual([0, 1, 2, 3])
    expect(tried([{ lo: 8, as: 'refused' }], all)).toHaveLength(8)
  })

  it('are looked for among many, of which only few are tried in the end', () => {
    const many = Array.from({ length: 40 }, (_, us) => us)
    expect(tried([{ lo: 100 }], many)).toEqual([0, 3, 9, 13, 18, 24, 28, 34])
  })
})
