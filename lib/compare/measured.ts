/** A figure that was measured; null where nothing was, as JSON has no other word for it. */
export function measured(figure: number): number | null {
  return Number.isFinite(figure) ? figure : null
}
