import { describe, expect, it } from 'vitest'
import type { DecisionBounds } from '../../lib/check/evidence/bounds.ts'
import { Afresh } from '../../lib/check/settle/afresh.ts'
import type { Limiter } from '../../lib/check/settle/settle.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { evidenceOf, limiter } from './evidence-of.ts'

// Three requests that can be decided in [0, 10], [1, 11] and [2, 12], the first of which is not explained here.
const loUs = [0, 1, 2]
const hiUs = [10, 11, 12]
const bounds = { hiUs: Float64Array.from(hiUs), lo: (row: number) => loUs[row] } as DecisionBounds
const rows = Uint32Array.of(1, 2)

/** Limiters of these kinds, which have found out that all is to be decided at once, and the instants they moved it to. */
function settled(algorithms: readonly Algorithm[], startUs?: number) {
  const latestUs = Float64Array.from(loUs)
  const limiters = algorithms.map(
    (algorithm): Limiter => ({ evidence: evidenceOf([]), hypothesis: limiter(algorithm), latestUs, startUs }),
  )
  const atUs = Float64Array.of(7, 8, 9)
  const afresh = new Afresh(limiters)
  const turns = () => afresh.inTurn.map((one) => limiters.indexOf(one))
  const again = () => afresh.beginAgain(bounds, rows, atUs)
  return { limiters, latestUs, atUs, turns, again }
}

describe('limiters that open their windows when they are used', () => {
  it('forget first by when all has to be decided, and then where they had moved it, in another order', () => {
    const { latestUs, atUs, turns, again } = settled(['sliding-log', 'first-hit-window', 'gcra'])
    expect(turns()).toEqual([0, 1, 2])
    expect(again()).toBe(true)
    expect([[...latestUs], [...atUs], turns()]).toEqual([hiUs, [7, 8, 9], [0, 1, 2]])
    latestUs.fill(3)
    expect(again()).toBe(true)
    expect([[...latestUs], [...atUs], turns()]).toEqual([hiUs, [7, 1, 2], [2, 1, 0]])
    latestUs.fill(3)
    atUs.set([7, 8, 9])
    expect(again()).toBe(true)
    expect([[...latestUs], [...atUs], turns()]).toEqual([hiUs, [7, 8, 9], [2, 1, 0]])
  })

  it('have no instant again for what had none', () => {
    const { atUs, again } = settled(['first-hit-window'])
    atUs[1] = Number.NaN
    again()
    again()
    expect([...atUs]).toEqual([7, Number.NaN, 2])
  })

  it('do not begin again for ever', () => {
    const { again } = settled(['first-hit-window'])
    expect([again(), again(), again(), again()]).toEqual([true, true, true, false])
  })
})

it.each([
  ['none of them opens windows when it is used', settled(['sliding-log', 'gcra'])],
  ['other starts are tried', settled(['first-hit-window', 'fixed-window'], 4)],
  ['there is none', settled([])],
])('limiters do not begin again where %s', (_, { latestUs, atUs, again }) => {
  expect(again()).toBe(false)
  expect([[...latestUs], [...atUs]]).toEqual([loUs, [7, 8, 9]])
})

it('a limiter by itself, which never moved what it cannot have, does not begin again', () => {
  const { limiters, atUs, again } = settled(['first-hit-window'])
  const [alone] = limiters as [Limiter]
  delete alone.latestUs
  expect(again()).toBe(false)
  expect([...atUs]).toEqual([7, 8, 9])
})
