import { type Html, html } from '../html/index.ts'
import type { Scale } from './scale.ts'

/** Where a plot's inner part lies, in pixels. */
export const frame = { left: 64, right: 22, top: 28, bottom: 44 }

/** An axis to the left with lines across, in words of their own. */
export function leftAxis(scale: Scale, width: number, label: string, word: (value: number) => string): Html {
  const lines = scale.ticks.map((tick) => {
    const y = scale.at(tick)
    return html`<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${y}" y2="${y}"/><text x="${frame.left - 6}" y="${y + 4}" text-anchor="end">${word(tick)}</text>`
  })
  const [first = 0, last = 0] = [scale.at(0), scale.at(scale.ticks.at(-1) as number)]
  const middle = (first + last) / 2
  return html`${lines}<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${label}</text>`
}

/** An axis below, with words at some places. */
export function bottomAxis(
  places: readonly { x: number; word: string }[],
  height: number,
  label: string,
  middle: number,
): Html {
  const words = places.map(
    ({ x, word }) =>
      html`<text x="${x}" y="${height - frame.bottom + 18}" text-anchor="middle">${word}</text>`,
  )
  return html`${words}<text x="${middle}" y="${height - 6}" text-anchor="middle">${label}</text>`
}

/** So broad a plot is moved about on a narrow screen, since its words could not be read otherwise. */
const broadPx = 800

/** A plot, which is read out as its title. */
export function plot(title: string, width: number, height: number, inner: Html): Html {
  const isBroad = width > broadPx
  return html`<figure class="${isBroad ? 'plot broad' : 'plot'}"${isBroad ? html` tabindex="0"` : undefined}><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${inner}</svg></figure>`
}
