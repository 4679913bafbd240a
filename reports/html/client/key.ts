/** One sign of a plot, drawn by `draw` into 22 by 14 pixels, and what it means. */
export interface KeyItem {
  words: string
  draw(context: CanvasRenderingContext2D): void
}

/** Shows what the signs of a plot mean. */
export function showKey(list: Element, items: readonly KeyItem[]): void {
  list.replaceChildren(
    ...items.map(({ words, draw }) => {
      const item = document.createElement('li')
      const canvas = document.createElement('canvas')
      canvas.width = 22 * devicePixelRatio
      canvas.height = 14 * devicePixelRatio
      canvas.setAttribute('aria-hidden', 'true')
      const context = canvas.getContext('2d') as CanvasRenderingContext2D
      context.scale(devicePixelRatio, devicePixelRatio)
      draw(context)
      item.append(canvas, words)
      return item
    }),
  )
}

/** A key's item that is a piece of a line. */
export function lineItem(words: string, color: string, dash: readonly number[] = [], width = 2): KeyItem {
  return {
    words,
    draw(context) {
      context.strokeStyle = color
      context.lineWidth = width
      context.setLineDash([...dash])
      context.beginPath()
      context.moveTo(1, 7)
      context.lineTo(21, 7)
      context.stroke()
    },
  }
}
