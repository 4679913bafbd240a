/** Windows that people write, in seconds: tried before any other. */
const usual = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 43_200, 86_400]

/**
 * The roundest window between two: one that people write, else one with as few digits as will do.
 * @param fromMs @param toMs both ends included; not the other way round.
 */
export function roundestWindowMs(fromMs: number, toMs: number): number {
  const known = usual.map((seconds) => seconds * 1000).filter((ms) => ms >= fromMs && ms <= toMs)
  const middle = (fromMs + toMs) / 2
  const nearest = (values: readonly number[]) =>
    values.toSorted((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0]
  const best = nearest(known)
  if (best !== undefined) return best
  for (let step = 10 ** Math.floor(Math.log10(Math.max(1, toMs))); step >= 1; step /= 10) {
    const round = Math.round(middle / step) * step
    const found = [round, round - step, round + step].filter((ms) => ms >= fromMs && ms <= toMs && ms > 0)
    const nearestFound = nearest(found)
    if (nearestFound !== undefined) return nearestFound
  }
  return Math.max(1, Math.round(middle))
}
