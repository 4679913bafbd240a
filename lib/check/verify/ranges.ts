export type Range = readonly [from: number, to: number]

/** Are both ends instants, in this order? */
export function isRange([from, to]: Range): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to
}

/** Do the ranges cover every whole number in [from, to]? */
export function gap(ranges: [number, number][], from: number, to: number): string | undefined {
  let next = from
  for (const [low, high] of ranges.sort((a, b) => a[0] - b[0])) {
    if (low > next) break
    next = Math.max(next, high + 1)
  }
  return next > to ? undefined : `window starts from ${next} us on are not covered`
}
