const zero = 0x30

/**
 * Reads instants such as `2026-11-25T20:03:40.382350291Z` (RFC 3339) from bytes, which k6 stamps its
 * points with; fast where the day is that of the one before.
 */
export interface PointTimes {
  /** Reads the instant from `from` to its closing quote, and returns where that stands, or -1. */
  read(bytes: Uint8Array, from: number, to: number): number
  /** The instant that was read last: nanoseconds since `baseMs`, exact for 100 days. */
  readonly ns: number
  /** Unix milliseconds of the first second that was read. */
  readonly baseMs: number
}

/** Makes a reader whose base is not known yet. */
export function createPointTimes(): PointTimes {
  let baseSeconds = Number.NaN
  let ns = Number.NaN
  let day = -1
  let daySeconds = Number.NaN

  /** The number that `digits` digits at `at` make, or NaN. */
  function digitsAt(bytes: Uint8Array, at: number, digits: number): number {
    let number = 0
    for (let i = at; i < at + digits; i++) {
      const digit = (bytes[i] as number) - zero
      if (!(digit >= 0 && digit <= 9)) return Number.NaN
      number = number * 10 + digit
    }
    return number
  }

  function secondsOfDay(year: number, month: number, dayOfMonth: number): number {
    const ms = Date.UTC(year, month - 1, dayOfMonth)
    const date = new Date(ms)
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth ? ms / 1000 : Number.NaN
  }

  return {
    read(bytes, from, to) {
      if (to - from < 21 || bytes[from + 4] !== 0x2d || bytes[from + 7] !== 0x2d) return -1
      if (bytes[from + 10] !== 0x54 || bytes[from + 13] !== 0x3a || bytes[from + 16] !== 0x3a) return -1
      const year = digitsAt(bytes, from, 4)
      const month = digitsAt(bytes, from + 5, 2)
      const dayOfMonth = digitsAt(bytes, from + 8, 2)
      const thisDay = year * 10_000 + month * 100 + dayOfMonth
      if (thisDay !== day) {
        daySeconds = secondsOfDay(year, month, dayOfMonth)
        day = thisDay
      }
      const [hours, minutes, secondsPart] = [
        digitsAt(bytes, from + 11, 2),
        digitsAt(bytes, from + 14, 2),
        digitsAt(bytes, from + 17, 2),
      ] as [number, number, number]
      let at = from + 19
      let fractionNs = 0
      if (bytes[at] === 0x2e) {
        at++
        let weight = 1e8
        let digit = (bytes[at] as number) - zero
        if (!(digit >= 0 && digit <= 9)) return -1
        while (digit >= 0 && digit <= 9) {
          fractionNs += digit * weight
          weight = Math.floor(weight / 10)
          digit = (bytes[++at] as number) - zero
        }
      }
      let offsetMinutes = 0
      const zone = bytes[at]
      if (zone === 0x5a) at++
      else if ((zone === 0x2b || zone === 0x2d) && bytes[at + 3] === 0x3a) {
        offsetMinutes = digitsAt(bytes, at + 1, 2) * 60 + digitsAt(bytes, at + 4, 2)
        if (zone === 0x2d) offsetMinutes = -offsetMinutes
        at += 6
      } else return -1
      const seconds = daySeconds + hours * 3600 + (minutes - offsetMinutes) * 60 + secondsPart
      if (!(hours < 24 && minutes < 60 && secondsPart < 60) || Number.isNaN(seconds) || at >= to) return -1
      if (Number.isNaN(baseSeconds)) baseSeconds = seconds
      ns = (seconds - baseSeconds) * 1e9 + fractionNs
      return at
    },
    get ns() {
      return ns
    },
    get baseMs() {
      return Number.isNaN(baseSeconds) ? 0 : baseSeconds * 1000
    },
  }
}
