import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepPoints } from '../../../reports/html/client/step-path.ts'

const drawn = fc
  .array(fc.record({ afterUs: fc.integer({ min: 1, max: 400 }), value: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((list) => {
    let us = 0
    return list.map(({ afterUs, value }) => {
      us += afterUs
      return { us, value }
    })
  })

test('counts go up and down in steps and never on a slope, however few pixels there are, and no peak is lost', () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 400 }), (list, pixels) => {
      const steps = {
        us: Float64Array.from(list, ({ us }) => us),
        value: Float64Array.from(list, ({ value }) => value),
      }
      const lastUs = list.at(-1)?.us ?? 0
      const points = stepPoints(
        steps,
        0,
        lastUs,
        (us) => (us / lastUs) * pixels,
        (value) => value,
      )
      for (let k = 2; k < points.length; k += 2) {
        const isUpright = points[k] === points[k - 2]
        const isLevel = points[k + 1] === points[k - 1]
        expect(isUpright || isLevel).toBe(true)
      }
      const heights = points.filter((_, k) => k % 2 === 1)
      expect(Math.max(...heights)).toBe(Math.max(0, ...list.map(({ value }) => value)))
    }),
  )
})
