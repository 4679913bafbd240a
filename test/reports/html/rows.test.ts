import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepRows } from '../../../reports/html/keep-rows.ts'
import { orderOf } from '../../../reports/html/order.ts'
import { packRows, type Rows, unpackRows } from '../../../reports/html/rows.ts'
import { historyOf } from './history.ts'

const row = fc.record({
  gapUs: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 1e12 })),
  tookUs: fc.nat({ max: 4e10 }),
  line: fc.integer({ min: 2, max: 1e9 }),
  kind: fc.nat({ max: 70_000 }),
  leftOut: fc.nat({ max: 1e6 }),
})

describe('rows', () => {
  it('are the same after they were packed, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.integer({ min: -1e12, max: 1e12 }),
        (given, firstUs) => {
          let us = firstUs
          const sentUs = Float64Array.from(given, ({ gapUs }) => (us += gapUs))
          const rows: Rows = {
            count: given.length,
            sentUs,
            receivedUs: sentUs.map((sent, k) => sent + (given[k]?.tookUs ?? 0)),
            line: Float64Array.from(given, ({ line }) => line),
            kind: Float64Array.from(given, ({ kind }) => kind),
            leftOut: Float64Array.from(given, ({ leftOut }) => leftOut),
          }
          expect(unpackRows(packRows(rows))).toEqual(rows)
        },
      ),
    )
  })

  it('that are left out are counted with the next one of their kind', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'l', 'u'), { minLength: 1, maxLength: 200 }),
        fc.nat(100),
        (letters, most) => {
          const { rows, kinds } = keepRows(historyOf(letters.join('')), [], most)
          const counted = [0, 0, 0]
          for (let k = 0; k < rows.count; k++) {
            const outcome = kinds[rows.kind[k] as number]?.outcome as number
            counted[outcome] = (counted[outcome] as number) + 1 + (rows.leftOut[k] as number)
          }
          expect(counted).toEqual(
            ['a', 'l', 'u'].map((one) => letters.filter((letter) => letter === one).length),
          )
        },
      ),
    )
  })

  it('are put in order, equal ones as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 }))),
        (values) => {
          const sorted = values
            .map((_, index) => index)
            .sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
          expect([...orderOf(Float64Array.from(values))]).toEqual(sorted)
        },
      ),
    )
  })
})
