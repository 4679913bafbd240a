/** On which side of its line a name stands; undefined where there is room on neither. */
export type FlagSide = 'left' | 'right' | undefined

/**
 * Chooses sides for the names of upright lines, so that no name crosses a line, another name or the edge
 * of the plot. The right is tried first. Pure.
 * @param xs where the lines are, from left to right.
 * @param widths how wide each name is.
 * @param room from where to where names may stand, and how far from a line.
 */
export function flagSides(
  xs: readonly number[],
  widths: readonly number[],
  { from, to, gap }: { from: number; to: number; gap: number },
): FlagSide[] {
  /** Up to where the room at the left is taken. */
  let takenTo = from
  return xs.map((x, k) => {
    const needed = (widths[k] as number) + 2 * gap
    let side: FlagSide
    if (x + needed <= (xs[k + 1] ?? to)) side = 'right'
    else if (x - needed >= takenTo) side = 'left'
    takenTo = side === 'right' ? x + needed - gap : x
    return side
  })
}
