/** How high a lane of requests is, in CSS pixels, and how many places above each other it has. */
export const laneHeight = 20
const slots = 4
export const outcomeNames = ['accepted', 'limited', 'unknown'] as const

/** Where in its lane a request stands, from 0 to 1: spread, so that those of one instant can be told apart. */
export function slotOf(index: number): number {
  return (((index * 7) % slots) + 0.5) / slots
}

/** Adds the sign of an outcome to a path: a disc, a triangle that points down, a diamond. */
export function addMark(
  path: Path2D | CanvasRenderingContext2D,
  outcome: number,
  x: number,
  y: number,
  r: number,
): void {
  if (outcome === 0) {
    path.moveTo(x + r, y)
    path.arc(x, y, r, 0, 2 * Math.PI)
  } else if (outcome === 1) {
    path.moveTo(x - 1.25 * r, y - r)
    path.lineTo(x + 1.25 * r, y - r)
    path.lineTo(x, y + 1.25 * r)
    path.closePath()
  } else {
    path.moveTo(x, y - 1.4 * r)
    path.lineTo(x + 1.4 * r, y)
    path.lineTo(x, y + 1.4 * r)
    path.lineTo(x - 1.4 * r, y)
    path.closePath()
  }
}

/**
 * Of the requests from `from` to `to` those that have a place of their own, given where each one is in
 * pixels: at most one for each outcome, place in the lane and `step` pixels. Each outcome that occurs
 * within some pixels is seen there, so that no edge is lost.
 */
export function distinctMarks(
  from: number,
  to: number,
  outcome: Uint8Array,
  xOf: (index: number) => number,
  step: number,
): number[] {
  const last = new Float64Array(3 * slots).fill(Number.NEGATIVE_INFINITY)
  const chosen: number[] = []
  for (let index = from; index < to; index++) {
    const place = (outcome[index] as number) * slots + ((index * 7) % slots)
    const column = Math.floor(xOf(index) / step)
    if (last[place] === column) continue
    last[place] = column
    chosen.push(index)
  }
  return chosen
}
