/**
 * Whole numbers from 0 to 2^53 - 1 as bytes, seven bits each, the lowest first: small numbers take one
 * byte. The eighth bit says that more follow.
 */
export function packVarints(numbers: ArrayLike<number>): Uint8Array {
  let bytes = new Uint8Array(numbers.length * 2 + 16)
  let at = 0
  for (let k = 0; k < numbers.length; k++) {
    if (at + 8 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2)
      larger.set(bytes)
      bytes = larger
    }
    let rest = numbers[k] as number
    while (rest >= 128) {
      bytes[at++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    bytes[at++] = rest
  }
  return bytes.slice(0, at)
}

/** Reads so many numbers that `packVarints` wrote. */
export function unpackVarints(bytes: Uint8Array, count: number): Float64Array {
  const numbers = new Float64Array(count)
  let at = 0
  for (let k = 0; k < count; k++) {
    let byte = bytes[at++] as number
    let value = byte & 127
    for (let factor = 128; byte > 127; factor *= 128) {
      byte = bytes[at++] as number
      value += (byte & 127) * factor
    }
    numbers[k] = value
  }
  return numbers
}
