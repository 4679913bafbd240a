import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  alignedWindows,
  type Counted,
  countLines,
  firstHitWindows,
  valueAt,
} from '../../../reports/html/count.ts'

const windowUs = 100
const request = fc.record({
  loUs: fc.nat({ max: 600 }),
  tookUs: fc.nat({ max: 30 }),
  outcome: fc.nat({ max: 2 }),
})
const requests = fc.array(request, { minLength: 1, maxLength: 30 }).map((all) => {
  const sorted = all.toSorted((one, other) => one.loUs - other.loUs)
  const counted: Counted = {
    loUs: Float64Array.from(sorted, ({ loUs }) => loUs),
    hiUs: Float64Array.from(sorted, ({ loUs, tookUs }) => loUs + tookUs),
    surely: Float64Array.from(sorted, ({ outcome }) => (outcome === 0 ? 1 : 0)),
    possibly: Float64Array.from(sorted, ({ outcome }) => (outcome === 1 ? 0 : 1)),
  }
  return counted
})

/** Decides each request at some instant of its interval, by a share of it, and lets unknown ones through or not. */
function decided(
  { loUs, hiUs, surely, possibly }: Counted,
  shares: readonly number[],
  lets: boolean,
): number[] {
  return [...loUs].flatMap((lo, k) => {
    if (surely[k] === 0 && !(lets && possibly[k] === 1)) return []
    return [Math.round(lo + ((hiUs[k] as number) - lo) * (shares[k % shares.length] as number))]
  })
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 })

describe('counting against a limit', () => {
  it('holds between surely and possibly whatever the server can have counted within one window back', () => {
    fc.assert(
      fc.property(requests, shares, fc.boolean(), fc.nat({ max: 800 }), (counted, drawn, lets, atUs) => {
        const { surely, possibly } = countLines(counted, { kind: 'within', windowUs })
        const real = decided(counted, drawn, lets).filter((us) => us <= atUs && us > atUs - windowUs).length
        expect(valueAt(surely, atUs)).toBeLessThanOrEqual(real)
        expect(valueAt(possibly, atUs)).toBeGreaterThanOrEqual(real)
      }),
    )
  })

  it('holds so what it can have counted since the window started, wherever that was', () => {
    fc.assert(
      fc.property(
        requests,
        shares,
        fc.nat({ max: 99 }),
        fc.nat({ max: 20 }),
        fc.nat({ max: 800 }),
        (counted, drawn, phase, doubt, atUs) => {
          const windows = alignedWindows([phase, phase + doubt], windowUs, 0, 1_000)
          const { surely, possibly } = countLines(counted, { kind: 'windows', windows })
          const start = phase + Math.round(doubt * (drawn[0] as number))
          const from = start + Math.floor((atUs - start) / windowUs) * windowUs
          const real = decided(counted, drawn, true).filter((us) => us <= atUs && us >= from).length
          const sure = decided(counted, drawn, false).filter((us) => us <= atUs && us >= from).length
          // While it is not known whether a window has started yet, what the last one holds is shown.
          expect(valueAt(surely, atUs)).toBeLessThanOrEqual(sure)
          const starting = windows.some(({ startUs: [lo, hi] }) => atUs >= lo && atUs < hi)
          if (!starting) expect(valueAt(possibly, atUs)).toBeGreaterThanOrEqual(real)
        },
      ),
    )
  })

  it('is exact where requests take no time', () => {
    const us = Float64Array.from([0, 10, 20, 150])
    const one = Float64Array.from([1, 1, 1, 1])
    const counted = { loUs: us, hiUs: us, surely: one, possibly: one }
    const windows = firstHitWindows(counted, windowUs)
    expect(windows.map(({ startUs }) => startUs)).toEqual([
      [0, 0],
      [150, 150],
    ])
    const { surely, possibly } = countLines(counted, { kind: 'windows', windows })
    expect([0, 10, 99, 100, 150].map((at) => valueAt(surely, at))).toEqual([1, 2, 3, 0, 1])
    expect(possibly).toEqual(surely)
  })
})
