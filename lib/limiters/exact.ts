/**
 * Arithmetic on whole numbers that never rounds. Times are whole microseconds and limits whole units,
 * so every comparison a limiter makes is one between integers; only their products can leave the
 * range in which a double is exact (2^53), and then the same step is done once in BigInt.
 */

/** A quotient rounded down, and what is left: `0 <= remainder < divisor`, also for negative numbers. */
export interface Division {
  quotient: number
  remainder: number
}

/** `value` modulo `modulus`, from 0 up to but not including `modulus`, also for negative values. */
export function modulo(value: number, modulus: number): number {
  const remainder = value % modulus
  return remainder < 0 ? remainder + modulus : remainder
}

/** Divides `a * b + c` by `divisor` (above 0) without rounding on the way. */
export function divideProduct(a: number, b: number, c: number, divisor: number): Division {
  const product = a * b
  if (Math.abs(product) + Math.abs(c) <= Number.MAX_SAFE_INTEGER) {
    const dividend = product + c
    const remainder = modulo(dividend, divisor)
    return { quotient: (dividend - remainder) / divisor, remainder }
  }
  const exact = BigInt(a) * BigInt(b) + BigInt(c)
  const divisorExact = BigInt(divisor)
  const remainder = ((exact % divisorExact) + divisorExact) % divisorExact
  return { quotient: Number((exact - remainder) / divisorExact), remainder: Number(remainder) }
}

/** The least whole number that is not below `(a * b + c) / divisor`. */
export function ceilProduct(a: number, b: number, c: number, divisor: number): number {
  const { quotient, remainder } = divideProduct(a, b, c, divisor)
  return remainder === 0 ? quotient : quotient + 1
}

/** The greatest common divisor of two whole numbers; the other one where one is 0. */
export function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b]
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}
