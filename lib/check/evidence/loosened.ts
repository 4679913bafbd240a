import { type Evidence, Use } from './evidence.ts'

/**
 * What a limiter with a window in a whole range has to explain, as a question about a single window of
 * that range. A limiter is the same in other units of time: one whose window is longer by a factor gives the
 * same answers to requests that lie as much further apart. So if any window from `windowUs / stretch` to
 * `windowUs * stretch` explains the evidence, then `windowUs` explains the evidence with every decision moved
 * towards a fixed instant or away from it by at most that factor, which is what these bounds allow. What
 * speaks against `windowUs` here speaks against the whole range.
 * @param shortest the evidence under the shortest window of the range.
 * @param longest the same under the longest, of the same requests.
 * @param stretch above 1.
 * @param aboutUs the instant that stays where it is: in the middle of the requests it costs least.
 */
export function loosened(shortest: Evidence, longest: Evidence, stretch: number, aboutUs: number): Evidence {
  // What is moved need not fall on a whole microsecond, which bounds do: hence one more on either side.
  const earlier = (us: number) =>
    aboutUs + Math.floor((us - aboutUs) * (us >= aboutUs ? 1 / stretch : stretch)) - 1
  const later = (us: number) =>
    aboutUs + Math.ceil((us - aboutUs) * (us >= aboutUs ? stretch : 1 / stretch)) + 1
  return {
    ...longest,
    loUs: longest.loUs.map(earlier),
    hiUs: longest.hiUs.map(later),
    use: usesUnderEither(shortest.use, longest.use),
    hiddenUseUntilUs: later(Math.max(shortest.hiddenUseUntilUs, longest.hiddenUseUntilUs)),
  }
}

function usesUnderEither(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one === other) return one
  return one.map((use, i) => (use === other[i] ? use : Use.maybe))
}
