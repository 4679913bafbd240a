import { type Html, html } from './html.ts'

/** A column of a table. */
export interface Column {
  heading: string
  /** Numbers stand at the right. */
  isNumber?: boolean
  /** What is short stays on one line. */
  isShort?: boolean
  /** Sentences get room, so that a narrow page is scrolled sideways rather than made very long. */
  isProse?: boolean
}

/**
 * A table that can be scrolled sideways where it is wider than the page, also from the keyboard. Cells carry
 * their heading, for tables that a narrow page shows row by row.
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (Html | string)[])[],
): Html {
  const classOf = (k: number) => {
    const { isNumber, isShort, isProse } = columns[k] ?? {}
    const name = isNumber ? 'number' : isShort ? 'short' : isProse ? 'prose' : undefined
    return name && html` class="${name}"`
  }
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ heading }, k) => html`<th scope="col"${classOf(k)}>${heading}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr>${cells.map((cell, k) => (k === 0 ? html`<th scope="row"${classOf(k)}>${cell}</th>` : html`<td${classOf(k)} data-heading="${columns[k]?.heading ?? ''}">${cell}</td>`))}</tr>\n`)}</tbody>
</table></div>`
}

/** Something that a reader may open: closed at first, and open in print. */
export function foldable(summary: string, inner: Html): Html {
  return html`<details><summary>${summary}</summary>${inner}</details>`
}
