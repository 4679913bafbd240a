import { UnfinishedLine, UnusableLine } from './text-lines.ts'

/**
 * The fields of a record of comma-separated values (RFC 4180), which may have line breaks in quotes.
 * @throws {UnfinishedLine} where a quote is not closed: the field may go on in the next line.
 */
export function csvFields(text: string): string[] {
  if (!text.includes('"')) return text.split(',')
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at)
      fields.push(text.slice(at, comma < 0 ? text.length : comma))
      if (comma < 0) return fields
      at = comma + 1
      continue
    }
    let field = ''
    let from = at + 1
    for (;;) {
      const quote = text.indexOf('"', from)
      if (quote < 0) throw new UnfinishedLine('a closing quote', text.slice(at), { column: at + 1 })
      field += text.slice(from, quote)
      from = quote + 1
      if (text[from] !== '"') break
      field += '"'
      from++
    }
    fields.push(field)
    if (from === text.length) return fields
    if (text[from] !== ',')
      throw new UnusableLine('a comma after a closing quote', text.slice(from), { column: from + 1 })
    at = from + 1
  }
}

/** The columns that a header names, by their names. */
export function csvColumns(text: string, needed: readonly string[], what: string): Map<string, number> {
  const columns = new Map(csvFields(text).map((name, index) => [name, index] as const))
  const missing = needed.filter((name) => !columns.has(name))
  if (missing.length > 0)
    throw new UnusableLine(`the header of ${what}, with ${missing.join(', ')}`, text.slice(0, 200))
  return columns
}
