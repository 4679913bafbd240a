import type { Colors } from './colors.ts'

/** A canvas to write on. */
export interface Canvas {
  ctx: CanvasRenderingContext2D
  colors: Colors
  /** Canvas pixels in a CSS pixel. */
  scale: number
}

/** Writes words at the height of `y`, in the middle of their letters. */
export function write(
  { ctx, scale }: Canvas,
  words: string,
  x: number,
  y: number,
  color: string,
  align: CanvasTextAlign,
): void {
  ctx.font = fontOf(scale)
  ctx.fillStyle = color
  ctx.textAlign = align
  ctx.textBaseline = 'middle'
  ctx.fillText(words, x, y)
}

/** How much room words take that are written over lines, in canvas pixels. */
export function widthOnPlot({ ctx, scale }: Canvas, words: string): number {
  ctx.font = fontOf(scale)
  return ctx.measureText(words).width + 8 * scale
}

/** Writes words on a ground of their own, from `left` on, so that no line crosses them. */
export function writeOverLines(canvas: Canvas, words: string, left: number, y: number, color: string): void {
  const { ctx, colors, scale } = canvas
  ctx.fillStyle = colors.panel
  ctx.fillRect(left, y - 6 * scale, widthOnPlot(canvas, words), 12 * scale)
  write(canvas, words, left + 4 * scale, y, color, 'left')
}

function fontOf(scale: number): string {
  return `${11 * scale}px system-ui, sans-serif`
}
