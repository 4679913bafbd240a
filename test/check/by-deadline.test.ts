import { describe, expect, it } from 'vitest'
import { settle } from '../../lib/check/settle/settle.ts'
import { evidenceOf, limiter } from './evidence-of.ts'

// A log of 1 in 10: any two that it let through are ten apart.

/** When each is decided, round after round, until nothing changes; where that cannot be, that it is impossible. */
function rounds(...between: [lo: number, hi: number][]): (number[] | 'impossible')[] {
  const evidence = evidenceOf(between.map(([lo, hi]) => ({ lo, hi })))
  const atUs = evidence.loUs.slice()
  const of = { evidence, hypothesis: limiter('sliding-log', 1) }
  const told: (number[] | 'impossible')[] = []
  for (let round = 0; round < 9; round++) {
    const settled = settle(of, atUs)
    if (settled === 'unchanged') break
    if (settled === 'impossible') return [...told, 'impossible']
    told.push([...atUs])
  }
  return told
}

describe('of requests that wait for a place', () => {
  it('the one goes first that has to be decided first', () => {
    expect(rounds([0, 0], [1, 30], [2, 10], [3, 20])).toEqual([[0, 30, 10, 20]])
  })

  it('one that can wait longest makes room for one that comes too late', () => {
    // The second took the place at 10, and the third would come at 20; so the second waits until that is sent.
    expect(rounds([0, 0], [1, 100], [12, 19])).toEqual([[0, 22, 12]])
  })

  it('none makes room that has to be decided as soon', () => {
    // The first waits, not the second, of which the time ends with that of the third.
    expect(rounds([0, 100], [5, 19], [12, 19])).toEqual([[25, 5, 15]])
    expect(rounds([0, 0], [5, 19], [12, 19])).toEqual(['impossible'])
  })

  it('those that had come later take the earlier places again, once one makes room', () => {
    // In vain the third was moved to 20, and the last one would come at 30.
    expect(rounds([0, 0], [1, 100], [12, 28], [22, 28])).toEqual([[0, 32, 12, 22]])
  })

  it('as many make room as have to, in one round', () => {
    const often = Array.from({ length: 500 }, (_, k) => 1_000 * k)
    const told = rounds(
      ...often.flatMap((us): [number, number][] => [
        [us, us],
        [us + 1, us + 100],
        [us + 12, us + 19],
      ]),
    )
    expect(told).toEqual([often.flatMap((us) => [us, us + 22, us + 12])])
  })

  it('one makes room for several, one after another', () => {
    // The first took the place at 0, which keeps each of the others from the instant at which it has to be decided.
    const others = [5, 15, 25, 35].map((us): [number, number] => [us, us])
    expect(rounds([0, 100], ...others)).toEqual([[45, 5, 15, 25, 35]])
  })
})
