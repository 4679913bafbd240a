import { type Html, html } from './html.ts'

/** What a plot needs around it. */
export interface PlotFrame {
  /** What the page's script draws there. */
  kind: 'timeline' | 'percentiles' | 'over-time' | 'schedule'
  title: string
  /** Which one of its kind it is. */
  index: number
  /** Further controls. */
  before?: Html
  hint?: string
  isZoomable?: boolean
}

/** The place of a plot, with its controls, its key and the line that tells of what is pointed at. */
export function plotFrame({ kind, title, index, before, hint, isZoomable }: PlotFrame): Html {
  const id = `${kind}-${index + 1}`
  const buttons = isZoomable
    ? html`<span class="buttons" role="group" aria-label="Zoom">
<button type="button" data-do="in" aria-label="Zoom in">+</button>
<button type="button" data-do="out" aria-label="Zoom out">−</button>
<button type="button" data-do="left" aria-label="Earlier">←</button>
<button type="button" data-do="right" aria-label="Later">→</button>
<button type="button" data-do="edge">Next change</button>
<button type="button" data-do="all">Whole run</button>
</span>`
    : undefined
  return html`<figure class="plot" data-plot="${kind}" data-index="${index}" id="${id}">
<figcaption>${title}</figcaption>
<div class="controls">${before}${buttons}</div>
<ul class="key" aria-label="What the signs mean"></ul>
<div class="canvas" tabindex="0" role="group" aria-roledescription="plot" aria-label="${title}"${hint ? html` aria-describedby="${id}-hint"` : undefined}></div>
${isZoomable ? html`<p class="pointed" role="status" aria-live="polite">Point at a request to read about it.</p>` : undefined}
${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : undefined}
</figure>`
}
