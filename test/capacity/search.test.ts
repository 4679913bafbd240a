import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endsOf, nextMove, type SearchBounds, type SearchStep } from '../../lib/capacity/search.ts'

const bounds: SearchBounds = {
  startPerSecond: 10,
  mostPerSecond: 10_000,
  leastPerSecond: 0.1,
  resolution: 0.1,
  mostFirings: 40,
  budgetMs: 3_600_000,
  longestStepMs: 60_000,
  shortestMs: 1_000,
  requestsNeeded: 100,
}

/** A search at a target that is clear about everything but what lies within `grey` of its capacity. */
function searchAt(capacity: number, grey: number): { steps: SearchStep[]; why: string } {
  const steps: SearchStep[] = []
  for (;;) {
    const move = nextMove(bounds, steps)
    if (move.kind === 'done') return { steps, why: move.why }
    const { ratePerSecond, durationMs } = move
    const known = steps.find((step) => step.ratePerSecond === ratePerSecond)
    const leaning = ratePerSecond <= capacity ? 'met' : 'missed'
    const isClear = Math.abs(Math.log(ratePerSecond / capacity)) > Math.log(1 + grey)
    const step: SearchStep = {
      ratePerSecond,
      leaning,
      verdict: isClear ? leaning : 'cannot tell',
      firedMs: durationMs + (known?.firedMs ?? 0),
      byClient: false,
      firings: 1 + (known?.firings ?? 0),
      correlated: 1,
    }
    if (known) Object.assign(known, step)
    else steps.push(step)
  }
}

describe('the search for a capacity', () => {
  const capacities = fc.double({ min: 0.5, max: 4_000, noNaN: true })

  it('finds ends as close as was asked for, around the capacity, in few steps', () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        const { steps, why } = searchAt(capacity, 0)
        const { met = 0, missed = 0 } = endsOf(steps)
        expect(why).toBe('found')
        expect(met).toBeLessThanOrEqual(capacity)
        expect(missed).toBeGreaterThan(capacity)
        expect(missed / met).toBeLessThanOrEqual(1.1 * 1.01)
        // Doubling from 10, and four halvings of an octave.
        expect(steps.length).toBeLessThanOrEqual(Math.abs(Math.log2(capacity / 10)) + 6)
      }),
    )
  })

  it('keeps the time for its ends: while it doubles, however many requests a claim takes, it fires briefly', () => {
    // To be sure of errors < 0.1% takes so many.
    const rare = { ...bounds, longestStepMs: 120_000, requestsNeeded: 7_000 }
    const doubled: SearchStep[] = []
    for (let ratePerSecond = 10; ratePerSecond <= 640; ratePerSecond *= 2) {
      const move = nextMove(rare, doubled)
      if (move.kind !== 'fire') throw new Error(move.why)
      const { durationMs: firedMs } = move
      expect(move.ratePerSecond).toBe(ratePerSecond)
      doubled.push({
        ...move,
        verdict: 'cannot tell',
        leaning: 'met',
        firedMs,
        byClient: false,
        firings: 1,
        correlated: 1,
      })
    }
    expect(doubled[0]?.firedMs).toBe(30_000)
    expect(doubled.at(-1)?.firedMs).toBe(10_000)
    const last = { ...(doubled.at(-1) as SearchStep), ratePerSecond: 1_280, leaning: 'missed' as const }
    const next = nextMove(rare, [...doubled, last])
    expect(next).toMatchObject({ kind: 'fire', ratePerSecond: 905 })
    expect(next).toMatchObject({ durationMs: (1.3 * 7_000 * 1000) / 905 })
  })

  it('gives the closest ends around what cannot be told, and fires no further', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 4_000, noNaN: true }),
        fc.double({ min: 0.05, max: 0.3, noNaN: true }),
        (capacity, grey) => {
          const { steps, why } = searchAt(capacity, grey)
          const { met = 0, missed = Number.POSITIVE_INFINITY } = endsOf(steps)
          expect(['found', 'unsettled']).toContain(why)
          expect(met).toBeLessThanOrEqual(capacity / (1 + grey))
          expect(missed).toBeGreaterThanOrEqual(capacity * (1 + grey))
          expect(missed / met).toBeLessThanOrEqual((1 + grey) ** 2 * 1.35)
          expect(steps.length).toBeLessThanOrEqual(30)
        },
      ),
    )
  })

  it('widens what it says where claims contradict each other', () => {
    const step = (ratePerSecond: number, verdict: 'met' | 'missed') => ({ ratePerSecond, verdict })
    const steps = [step(10, 'met'), step(20, 'missed'), step(40, 'met'), step(80, 'missed')] as const
    expect(endsOf(steps)).toEqual({ met: 10, missed: 80 })
  })

  it('keeps to its bounds', () => {
    const fired = (ratePerSecond: number, verdict: 'met' | 'missed', firings = 1): SearchStep => {
      return {
        ratePerSecond,
        verdict,
        leaning: verdict,
        firedMs: 1_000,
        byClient: false,
        firings,
        correlated: 1,
      }
    }
    expect(nextMove({ ...bounds, mostFirings: 3 }, [fired(10, 'met', 3)])).toEqual({
      kind: 'done',
      why: 'firings',
    })
    expect(nextMove({ ...bounds, budgetMs: 1_500 }, [fired(10, 'met')])).toEqual({
      kind: 'done',
      why: 'time',
    })
    const low = { ...bounds, mostPerSecond: 15 }
    expect(nextMove(low, [fired(10, 'met')])).toMatchObject({ kind: 'fire', ratePerSecond: 15 })
    expect(nextMove(low, [fired(10, 'met'), { ...fired(15, 'met'), firedMs: 15_000 }])).toEqual({
      kind: 'done',
      why: 'most-rate',
    })
    const high = { ...bounds, leastPerSecond: 10 }
    expect(nextMove(high, [fired(10, 'missed')])).toEqual({ kind: 'done', why: 'least-rate' })
  })

  it('looks again at a lower end that was claimed from a short step', () => {
    const step = (ratePerSecond: number, verdict: 'met' | 'missed', firedMs: number): SearchStep => {
      return { ratePerSecond, verdict, leaning: verdict, firedMs, byClient: false, firings: 1, correlated: 1 }
    }
    const missed = step(11, 'missed', 1_000)
    expect(nextMove(bounds, [step(10, 'met', 4_000), missed])).toEqual({
      kind: 'fire',
      ratePerSecond: 10,
      durationMs: 11_000,
    })
    expect(nextMove(bounds, [step(10, 'met', 15_000), missed])).toEqual({ kind: 'done', why: 'found' })
  })

  it('makes a step longer when it needs it, but no longer than a step may be', () => {
    const open = (neededMs: number): SearchStep[] => [
      {
        ratePerSecond: 10,
        verdict: 'cannot tell',
        leaning: 'met',
        firedMs: 10_000,
        neededMs,
        byClient: false,
        firings: 1,
        correlated: 1,
      },
      {
        ratePerSecond: 11,
        verdict: 'missed',
        leaning: 'missed',
        firedMs: 10_000,
        byClient: false,
        firings: 1,
        correlated: 1,
      },
    ]
    expect(nextMove(bounds, open(30_000))).toEqual({ kind: 'fire', ratePerSecond: 10, durationMs: 29_000 })
    expect(nextMove(bounds, open(15_000))).toEqual({ kind: 'fire', ratePerSecond: 10, durationMs: 20_000 })
    // Half way, on a logarithmic scale, to half the rate: it may be claimed there.
    expect(nextMove(bounds, open(70_000))).toMatchObject({ kind: 'fire', ratePerSecond: 7.07 })
  })

  it('does not take the word of a short firing for how long it takes, nor for what it looked like', () => {
    const step = (ratePerSecond: number, more: Partial<SearchStep>): SearchStep => ({
      ratePerSecond,
      verdict: 'cannot tell',
      leaning: 'met',
      firedMs: 1_000,
      byClient: false,
      firings: 1,
      correlated: 1,
      ...more,
    })
    const met = step(100, { verdict: 'met', firedMs: 20_000 })
    const missed = step(130, { verdict: 'missed', leaning: 'missed' })
    const open = (firedMs: number) => step(110, { leaning: 'missed', firedMs, neededMs: 900_000 })
    // A quarter of what a step may take; after that, what it seems to need is known better.
    expect(nextMove(bounds, [met, open(1_000), missed])).toEqual({
      kind: 'fire',
      ratePerSecond: 110,
      durationMs: 14_000,
    })
    expect(nextMove(bounds, [met, open(15_000), missed])).not.toMatchObject({ ratePerSecond: 110 })
    // 112 looked missed and 118 met: the turning point is anywhere from 100 to 130, and either is looked at again.
    const twisted = [
      met,
      step(112, { leaning: 'missed', neededMs: 2_000 }),
      step(118, { neededMs: 2_000 }),
      missed,
    ]
    expect([112, 118]).toContainEqual((nextMove(bounds, twisted) as { ratePerSecond: number }).ratePerSecond)
  })
})
