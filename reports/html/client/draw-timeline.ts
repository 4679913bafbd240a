import type uPlot from 'uplot'
import type { LimitView } from '../model.ts'
import type { CellData } from './cell-data.ts'
import type { Colors } from './colors.ts'
import { flagSides } from './flag-sides.ts'
import { addMark, distinctMarks, laneHeight, outcomeNames, slotOf } from './marks.ts'
import { countBelow } from './nearest.ts'
import { stepPoints } from './step-path.ts'
import { widthOnPlot, write, writeOverLines } from './words.ts'

/** What a timeline shows now. */
export interface TimelineState {
  limit: LimitView
  cell: number
  data: CellData
  /** Indices of the requests that the chosen part of the certificate rests on. */
  proof: readonly number[]
  /** Index of the request that is pointed at, or -1. */
  pointed: number
}

/** Below this many requests in sight, each is drawn from its sending to its answer. */
const mostIntervals = 250

/** Draws everything but the axes onto a plot's canvas. */
export function drawTimeline(plot: uPlot, state: TimelineState, colors: Colors): void {
  const { ctx, bbox } = plot
  const scale = devicePixelRatio
  const { min = 0, max = 1 } = plot.scales.x as uPlot.Scale
  const fromUs = min * 1e6
  const toUs = max * 1e6
  const perUs = bbox.width / (toUs - fromUs)
  const xOf = (us: number) => bbox.left + (us - fromUs) * perUs
  const yOf = (value: number) => plot.valToPos(value, 'y', true)
  const bottom = bbox.top + bbox.height
  const lanesTop = bottom - outcomeNames.length * laneHeight * scale
  const view = {
    ctx,
    colors,
    scale,
    xOf,
    yOf,
    fromUs,
    toUs,
    top: bbox.top,
    bottom,
    lanesTop,
    left: bbox.left,
  }

  ctx.save()
  nameLanes(view)
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  drawWindows(view, state.data, bbox.width)
  drawProofSpan(view, state)
  // Before the counts, so that the name of the limit is not crossed by an onset.
  drawOnsets(view, state)
  drawCounts(view, state, bbox.left + bbox.width)
  drawWindowLength(view, state)
  drawRequests(view, state)
  drawPointed(view, state)
  ctx.restore()
}

/** Where things are on the canvas, in its own pixels. */
interface View {
  ctx: CanvasRenderingContext2D
  colors: Colors
  /** Canvas pixels in a CSS pixel. */
  scale: number
  xOf(us: number): number
  yOf(value: number): number
  fromUs: number
  toUs: number
  top: number
  bottom: number
  lanesTop: number
  left: number
}

function nameLanes(view: View): void {
  const { ctx, colors, scale, left, lanesTop } = view
  outcomeNames.forEach((name, outcome) => {
    const y = lanesTop + (outcome + 0.5) * laneHeight * scale
    write(view, name, left - 8 * scale, y, colors.outcomes[outcome] as string, 'right')
  })
  ctx.strokeStyle = colors.grid
  ctx.lineWidth = scale
}

/** Where windows start, as wide as that is unknown. */
function drawWindows(
  { ctx, colors, scale, xOf, fromUs, toUs, top, bottom }: View,
  { windows }: CellData,
  width: number,
) {
  const seen = windows.filter(({ startUs: [from, to] }) => to >= fromUs && from <= toUs)
  if (seen.length > width / (6 * scale)) return
  ctx.fillStyle = colors.edgeFill
  ctx.strokeStyle = colors.edge
  ctx.lineWidth = scale
  ctx.setLineDash([5 * scale, 4 * scale])
  for (const { startUs } of seen) {
    const [from, to] = [xOf(startUs[0]), xOf(startUs[1])]
    ctx.fillRect(from, top, Math.max(to - from, scale), bottom - top)
    ctx.beginPath()
    ctx.moveTo((from + to) / 2, top)
    ctx.lineTo((from + to) / 2, bottom)
    ctx.stroke()
  }
  ctx.setLineDash([])
}

function drawCounts(view: View, { data, limit }: TimelineState, right: number): void {
  const { ctx, colors, scale, xOf, yOf, fromUs, toUs, left, lanesTop } = view
  const surely = stepPoints(data.lines.surely, fromUs, toUs, xOf, yOf)
  const possibly = stepPoints(data.lines.possibly, fromUs, toUs, xOf, yOf)
  ctx.fillStyle = colors.possibleFill
  ctx.beginPath()
  trace(ctx, possibly)
  for (let k = surely.length - 2; k >= 0; k -= 2) ctx.lineTo(surely[k] as number, surely[k + 1] as number)
  ctx.fill()
  ctx.lineJoin = 'round'
  ctx.strokeStyle = colors.outcomes[0]
  ctx.lineWidth = scale
  ctx.beginPath()
  trace(ctx, possibly)
  ctx.stroke()
  ctx.lineWidth = 2 * scale
  ctx.beginPath()
  trace(ctx, surely)
  ctx.stroke()

  const y = yOf(limit.limit)
  ctx.strokeStyle = colors.ink
  ctx.lineWidth = 1.5 * scale
  ctx.setLineDash([9 * scale, 4 * scale])
  ctx.beginPath()
  ctx.moveTo(left, y)
  ctx.lineTo(right, y)
  ctx.stroke()
  ctx.setLineDash([])
  const words = `limit ${limit.limit}`
  writeOverLines(view, words, right - widthOnPlot(view, words), y - 10 * scale, colors.ink)

  ctx.strokeStyle = colors.edge
  ctx.lineWidth = scale
  ctx.beginPath()
  ctx.moveTo(left, lanesTop)
  ctx.lineTo(right, lanesTop)
  ctx.stroke()
}

function trace(ctx: CanvasRenderingContext2D, points: readonly number[]): void {
  for (let k = 0; k < points.length; k += 2) {
    if (k === 0) ctx.moveTo(points[0] as number, points[1] as number)
    else ctx.lineTo(points[k] as number, points[k + 1] as number)
  }
}

function drawOnsets(view: View, { limit, cell }: TimelineState): void {
  const { ctx, colors, scale, xOf, top, bottom, fromUs, toUs } = view
  const descriptors: readonly number[] = limit.cells[cell]?.descriptors ?? []
  const flags = limit.onsets
    .filter(({ descriptor }) => descriptors.includes(descriptor))
    .flatMap(({ firstLimitedUs, recoveredUs }) => [
      { us: firstLimitedUs, words: 'onset', outcome: 1 },
      ...(recoveredUs === undefined ? [] : [{ us: recoveredUs, words: 'recovery', outcome: 0 }]),
    ])
    .filter(({ us }) => us >= fromUs && us <= toUs)
    .sort((one, other) => one.us - other.us)
    .map(({ us, words, outcome }) => ({ x: xOf(us), words, outcome }))
  for (const { x, outcome } of flags) {
    const color = colors.outcomes[outcome] as string
    ctx.strokeStyle = color
    ctx.lineWidth = 1.5 * scale
    ctx.beginPath()
    ctx.moveTo(x, top)
    ctx.lineTo(x, bottom)
    ctx.stroke()
    ctx.fillStyle = color
    ctx.beginPath()
    addMark(ctx, outcome, x, top + 6 * scale, 4 * scale)
    ctx.fill()
  }
  ctx.font = `${11 * scale}px system-ui, sans-serif`
  const widths = flags.map(({ words }) => ctx.measureText(words).width)
  const sides = flagSides(
    flags.map(({ x }) => x),
    widths,
    { from: view.left, to: xOf(toUs), gap: 8 * scale },
  )
  flags.forEach(({ x, words, outcome }, k) => {
    const side = sides[k]
    if (side === undefined) return
    const at = x + (side === 'right' ? 8 : -8) * scale
    const align = side === 'right' ? 'left' : 'right'
    write(view, words, at, top + 7 * scale, colors.outcomes[outcome] as string, align)
  })
}

/** The span of the requests that a certificate rests on. */
function drawProofSpan(view: View, { data, proof }: TimelineState): void {
  const { ctx, colors, scale, xOf, top, bottom } = view
  if (proof.length === 0) return
  const toUs = proof.reduce((most, index) => Math.max(most, data.receivedUs[index] as number), 0)
  const [from, to] = [xOf(firstSentUs(data, proof)), xOf(toUs)]
  ctx.fillStyle = colors.proofFill
  ctx.fillRect(from, top, Math.max(to - from, scale), bottom - top)
}

function firstSentUs({ sentUs }: CellData, proof: readonly number[]): number {
  return proof.reduce((least, index) => Math.min(least, sentUs[index] as number), Number.POSITIVE_INFINITY)
}

/** How long a window is, from where the span of a certificate begins. */
function drawWindowLength(view: View, { data, limit, proof }: TimelineState): void {
  const { ctx, colors, scale, xOf, top } = view
  if (proof.length === 0) return
  const fromUs = firstSentUs(data, proof)
  const from = xOf(fromUs)
  const y = top + 21 * scale
  const end = xOf(fromUs + limit.windowUs)
  ctx.strokeStyle = colors.proof
  ctx.lineWidth = 2 * scale
  ctx.beginPath()
  ctx.moveTo(from, y - 5 * scale)
  ctx.lineTo(from, y + 5 * scale)
  ctx.moveTo(from, y)
  ctx.lineTo(end, y)
  ctx.moveTo(end, y - 5 * scale)
  ctx.lineTo(end, y + 5 * scale)
  ctx.stroke()
  // In the middle of what is seen of it: onsets are where its requests are, mostly at an end.
  const middle = (Math.max(from, view.left) + Math.min(end, xOf(view.toUs))) / 2
  const words = 'one window'
  writeOverLines(view, words, middle - widthOnPlot(view, words) / 2, y + 9 * scale, colors.proof)
}

function placeOf({ lanesTop, scale, xOf }: View, { data }: TimelineState, index: number) {
  const lane = (data.outcome[index] as number) + slotOf(index)
  return { x: xOf(data.sentUs[index] as number), y: lanesTop + lane * laneHeight * scale }
}

function drawRequests(view: View, state: TimelineState): void {
  const { ctx, colors, scale, xOf, fromUs, toUs } = view
  const { data } = state
  const from = Math.max(0, countBelow(data.sentUs, fromUs) - 1)
  const to = Math.min(data.count, countBelow(data.sentUs, toUs) + 1)
  const chosen = distinctMarks(
    from,
    to,
    data.outcome,
    (index) => xOf(data.sentUs[index] as number),
    2 * scale,
  )
  const radius = (chosen.length > 600 ? 2 : 3) * scale
  outcomeNames.forEach((_, outcome) => {
    const color = colors.outcomes[outcome] as string
    const marks = chosen.filter((index) => data.outcome[index] === outcome)
    if (to - from <= mostIntervals) {
      ctx.strokeStyle = color
      ctx.lineWidth = 1.5 * scale
      ctx.beginPath()
      for (const index of marks) {
        const { x, y } = placeOf(view, state, index)
        ctx.moveTo(x, y)
        ctx.lineTo(xOf(data.receivedUs[index] as number), y)
      }
      ctx.stroke()
    }
    ctx.fillStyle = color
    ctx.beginPath()
    for (const index of marks) {
      const { x, y } = placeOf(view, state, index)
      addMark(ctx, outcome, x, y, radius)
    }
    ctx.fill()
  })
  ctx.strokeStyle = colors.proof
  ctx.lineWidth = 1.5 * scale
  ctx.beginPath()
  for (const index of state.proof) {
    const { x, y } = placeOf(view, state, index)
    ctx.moveTo(x + 5.5 * scale, y)
    ctx.arc(x, y, 5.5 * scale, 0, 2 * Math.PI)
  }
  ctx.stroke()
}

function drawPointed(view: View, state: TimelineState): void {
  if (state.pointed < 0) return
  const { ctx, colors, scale, xOf, top, bottom } = view
  const { x, y } = placeOf(view, state, state.pointed)
  const end = xOf(state.data.receivedUs[state.pointed] as number)
  ctx.fillStyle = colors.edgeFill
  ctx.fillRect(x, top, Math.max(end - x, scale), bottom - top)
  ctx.strokeStyle = colors.ink
  ctx.lineWidth = 2 * scale
  ctx.beginPath()
  ctx.arc(x, y, 7 * scale, 0, 2 * Math.PI)
  ctx.stroke()
}
