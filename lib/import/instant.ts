import type { Part } from './part.ts'

/** An instant as a line has it: it lies in `[ns, ns + resolutionNs)`, in nanoseconds since the part's base. */
export interface Instant {
  ns: number
  resolutionNs: number
}

/** Reads instants. The first one that is read sets the base of its part, to the second. */
export interface Instants {
  /**
   * RFC 3339, such as `2026-11-25T20:03:40.38Z`, or a Unix time as a decimal number. How finely it was written
   * is how finely it is known; a whole number has the unit that its digits suggest (10 for seconds, 13, 16, 19).
   */
  read(text: string): Instant | undefined
  /** Whole seconds since the Unix epoch, and what is beyond them. */
  of(seconds: number, fractionNs: number, resolutionNs: number): Instant
}

/** Instants of one part of a file. */
export function createInstants(part: Pick<Part, 'baseMs'>): Instants {
  let baseSeconds = Number.NaN

  function of(seconds: number, fractionNs: number, resolutionNs: number): Instant {
    if (Number.isNaN(baseSeconds)) {
      baseSeconds = seconds
      part.baseMs = seconds * 1000
    }
    return { ns: (seconds - baseSeconds) * 1e9 + fractionNs, resolutionNs }
  }

  function read(text: string): Instant | undefined {
    const unix = /^(\d{9,19})(?:\.(\d{1,12}))?$/.exec(text)
    if (unix) {
      const [, digits = '', fraction] = unix
      const after = unitDigits.get(digits.length)
      if (after === undefined || (after > 0 && fraction !== undefined)) return undefined
      const seconds = Number(digits.slice(0, digits.length - after))
      return of(seconds, ...fractionOf(digits.slice(digits.length - after) + (fraction ?? '')))
    }
    const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,12}))?(Z|z|[+-]\d\d:?\d\d)$/.exec(text)
    if (!parts) return undefined
    const [, day, time, fraction = '', zone = 'Z'] = parts
    const withColon = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
    const ms = Date.parse(`${day}T${time}${withColon}`)
    return Number.isNaN(ms) ? undefined : of(ms / 1000, ...fractionOf(fraction))
  }

  return { read, of }
}

/** How many of the digits of a whole Unix time are behind the second. */
const unitDigits = new Map([
  [9, 0],
  [10, 0],
  [13, 3],
  [16, 6],
  [19, 9],
])

/** Digits behind the second, and the span that they leave open. */
function fractionOf(digits: string): [fractionNs: number, resolutionNs: number] {
  const nine = Number(digits.slice(0, 9).padEnd(9, '0'))
  return [nine, 10 ** (9 - Math.min(9, digits.length))]
}
