const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Controls and marks that hide or turn the direction of text: shown as escapes, as on a terminal. */
const unprintable = /[\p{Cc}\p{Cs}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/**
 * A text from outside as it may stand in HTML, between tags or in a quoted attribute: it can neither
 * begin markup nor hide itself.
 */
export function escapeHtml(text: string): string {
  return shownWhole(text).replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** A text of several lines, with its line breaks and tabs kept. */
export function escapeLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(escapeHtml).join('\t'))
    .join('\n')
}

/** A text with what cannot be seen written as `\u202e`, for places where markup is no danger. */
export function shownWhole(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A value as JSON that may stand in a script element: nothing in it ends the element or opens a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
