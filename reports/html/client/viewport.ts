/** What is seen of a plot, from where to where. */
export interface Viewport {
  readonly from: number
  readonly to: number
}

/** A view, moved and narrowed so that it lies within the whole and is no shorter than `least`. */
export function within(view: Viewport, whole: Viewport, least: number): Viewport {
  const length = Math.min(whole.to - whole.from, Math.max(least, view.to - view.from))
  const middle = (view.from + view.to) / 2
  const from = Math.min(whole.to - length, Math.max(whole.from, middle - length / 2))
  return { from, to: from + length }
}

/** A view that is `factor` times as long, with one point staying where it is. */
export function zoomed({ from, to }: Viewport, factor: number, about: number): Viewport {
  return { from: about - (about - from) * factor, to: about + (to - about) * factor }
}

/** A view moved by a share of its length. */
export function moved({ from, to }: Viewport, share: number): Viewport {
  const by = (to - from) * share
  return { from: from + by, to: to + by }
}

/** A view of the same length in which a point can be seen: the view itself where it can already. */
export function showing(view: Viewport, point: number): Viewport {
  const length = view.to - view.from
  const margin = length * 0.05
  if (point >= view.from + margin && point <= view.to - margin) return view
  return { from: point - length / 2, to: point + length / 2 }
}
