/**
 * Characters that would move the cursor, turn the direction of text or hide: controls, formats
 * (among them marks of direction and zero-width ones), lone surrogates, line and paragraph separators.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Of the formats, the joiner that holds an emoji together is no trick. */
const joiner = '\u200d'

/**
 * A text as it may be shown on a terminal, on one line: what cannot be seen is written as an escape
 * such as `\u001b`, so that a name from a spec or words of a server cannot play tricks.
 */
export function visible(text: string): string {
  return text.replace(unprintable, (character) =>
    character === joiner ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

/** How many columns of a terminal a visible text takes, without colour: 2 for a wide character. */
export function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const { segment } of segmenter.segment(text)) columns += wide.test(segment) ? 2 : 1
  return columns
}

/** As much of a visible text as fits into so many columns, with `…` where something was cut off. */
export function cutTo(columns: number, text: string): string {
  if (columnsOf(text) <= columns) return text
  let taken = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = used + columnsOf(segment)
    if (next > columns - 1) break
    taken += segment
    used = next
  }
  return `${taken}…`
}
