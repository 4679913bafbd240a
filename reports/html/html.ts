import { escapeHtml } from './escape.ts'

/** A piece of HTML: what is in it has been escaped. */
export interface Html {
  readonly html: string
}

/** What may stand in a template: HTML stays as it is, text is escaped, a list is joined. */
type Part = Html | string | number | readonly Part[] | undefined

/** Writes HTML. Whatever is put into it is escaped, unless it was made by this function. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: pieces.reduce((sum, piece, k) => sum + textOf(parts[k - 1]) + piece) }
}

function textOf(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  if ('html' in part) return part.html
  return part.map(textOf).join('')
}

/** HTML that was made elsewhere and is known to be whole: the product's own, never from outside. */
export function asHtml(text: string): Html {
  return { html: text }
}
