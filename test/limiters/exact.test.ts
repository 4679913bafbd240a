import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ceilProduct, divideProduct, greatestCommonDivisor, modulo } from '../../lib/limiters/exact.ts'

const week = 7 * 24 * 3_600_000_000
const factor = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -week, max: week }))
const divisor = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: week }))

test('a product is divided as BigInt divides it, rounded down, however large it is', () => {
  let large = 0
  fc.assert(
    fc.property(factor, factor, factor, divisor, (a, b, c, d) => {
      const exact = BigInt(a) * BigInt(b) + BigInt(c)
      const remainder = ((exact % BigInt(d)) + BigInt(d)) % BigInt(d)
      const quotient = (exact - remainder) / BigInt(d)
      fc.pre(quotient <= Number.MAX_SAFE_INTEGER && quotient >= Number.MIN_SAFE_INTEGER)
      if (!Number.isSafeInteger(a * b)) large++
      // Plus 0, for a double knows a zero below zero, which is equal and prints otherwise.
      const divided = divideProduct(a, b, c, d)
      expect([divided.quotient + 0, divided.remainder + 0]).toEqual([Number(quotient), Number(remainder)])
      expect(ceilProduct(a, b, c, d) + 0).toBe(Number(remainder === 0n ? quotient : quotient + 1n))
    }),
    { numRuns: 2_000 },
  )
  expect(large).toBeGreaterThan(100)
})

test('a modulo is never negative', () => {
  expect([7, 5, 3, -3, -5, -7].map((value) => modulo(value, 5) + 0)).toEqual([2, 0, 3, 2, 0, 3])
})

test('the greatest common divisor reduces a rate', () => {
  expect(greatestCommonDivisor(300, 300_000_000)).toBe(300)
  expect(greatestCommonDivisor(9_999_991, week)).toBe(1)
  expect(greatestCommonDivisor(0, 7)).toBe(7)
})
