/** Something wrong in a file that a person wrote or a tool recorded, told so that it can be mended. */
export interface Mistake {
  /** Name of the file as the person gave it. */
  file: string
  /** Counted from 1. */
  line: number
  /** Counted from 1. */
  column: number
  /** Where in the document, e.g. `limits[0].window`; empty for the document as a whole. */
  path: string
  /** Reads on after "expected". */
  expected: string
  /** Reads on after "found". Never holds the value of a secret. */
  found: string
  /** What to do. */
  hint?: string
}

/** Mistakes for people, a line each: `file:line:column  path: expected …, found … — hint`. */
export function formatMistakes(mistakes: readonly Mistake[]): string {
  return mistakes.map(formatMistake).join('\n')
}

function formatMistake({ file, line, column, path, expected, found, hint }: Mistake): string {
  const where = path === '' ? '' : `${path}: `
  return `${file}:${line}:${column}  ${where}expected ${expected}, found ${found}${hint ? ` — ${hint}` : ''}`
}

const longestShown = 60

/**
 * A value as the "found" of a mistake shows it: on one line, control characters escaped, cut to
 * some 60 characters. `undefined` is shown as `nothing`.
 */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  if (typeof value === 'string')
    return JSON.stringify(cut(value)).replace(
      /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      escaped,
    )
  return String(value)
}

function cut(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
