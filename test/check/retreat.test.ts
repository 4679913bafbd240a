import { describe, expect, it } from 'vitest'
import type { Line } from '../../lib/check/order/line.ts'
import { Retreat } from '../../lib/check/order/retreat.ts'

/** Lines that can be told apart, and nothing else. */
function lines(): readonly Line[] {
  return [{} as Line]
}

/** Goes on to a number of decisions, from another on. Returns which lines were told of, by decisions. */
function goOn(retreat: Retreat, from: number, to: number, dropped = true) {
  const told = new Map<number, readonly Line[]>()
  for (let decisions = from; decisions <= to; decisions++) {
    const here = lines()
    told.set(decisions, here)
    retreat.reached({ decisions, lines: here, dropped })
  }
  return told
}

describe('a search in zones whose lines are all stuck', () => {
  it('goes a little back at first, then further and further, at last to the beginning; with ever more lines', () => {
    const retreat = new Retreat()
    const told = goOn(retreat, 0, 1008)
    const { width } = retreat
    for (const [k, decisions] of [944, 752, 0, 0].entries()) {
      const kept = retreat.from(1008)
      expect(kept).toEqual({ decisions, lines: expect.anything(), dropped: true })
      expect(retreat.width).toBe(width * 2 ** (k + 1))
      if (k === 0) expect(kept.lines).toBe(told.get(decisions))
      goOn(retreat, decisions, 1008)
    }
  })

  it('goes to what was kept before, where nothing was kept at that place', () => {
    const retreat = new Retreat()
    goOn(retreat, 0, 1007)
    expect(retreat.from(1007).decisions).toBe(928)
  })

  it('goes back from the furthest place, though it is stuck before it now', () => {
    const retreat = new Retreat()
    goOn(retreat, 0, 1008)
    goOn(retreat, retreat.from(1008).decisions, 950)
    expect(retreat.from(950).decisions).toBe(752)
  })

  it('looks at more lines until it is well past the place, and at few after that', () => {
    const retreat = new Retreat()
    const few = retreat.width
    goOn(retreat, 0, 1008)
    const { decisions } = retreat.from(1008)
    goOn(retreat, decisions, 1008 + 64)
    expect(retreat.width).toBeGreaterThan(few)
    goOn(retreat, 1008 + 65, 1008 + 65)
    expect(retreat.width).toBe(few)
    // What comes after that is another place.
    expect(retreat.from(1008 + 65)).toMatchObject({ decisions: 1008 })
    expect(retreat.width).toBe(2 * few)
  })

  it('takes up the lines of the last time that it was there', () => {
    const retreat = new Retreat()
    goOn(retreat, 0, 1008)
    const { decisions } = retreat.from(1008)
    const again = goOn(retreat, decisions, 1100)
    expect(again.has(1024)).toBe(true)
    const kept = retreat.from(1100)
    expect(kept.decisions).toBe(1024)
    expect(kept.lines).toBe(again.get(1024))
    // And where nothing was looked at again, those of the first time.
    expect(retreat.from(1100).decisions).toBe(832)
  })

  it('knows whether any were left out on the way to where it goes back to', () => {
    const retreat = new Retreat()
    goOn(retreat, 0, 500, false)
    goOn(retreat, 501, 600, true)
    expect(retreat.from(600)).toMatchObject({ decisions: 528, dropped: true })
    goOn(retreat, 528, 600, true)
    expect(retreat.from(600)).toMatchObject({ decisions: 336, dropped: false })
  })
})
