/**
 * The elements of a document of XML, in order, with their attributes as a parser hands them on. It knows no
 * more of XML than the reports need: a declaration, elements, attributes and references.
 * @throws {Error} where the document is not well-formed.
 */
export function xmlElements(xml: string): { name: string; attributes: Record<string, string> }[] {
  const elements: { name: string; attributes: Record<string, string> }[] = []
  const open: string[] = []
  const [declaration = ''] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(xml) ?? []
  let at = declaration.length
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) throw new Error('a character')
  while (at < xml.length) {
    const rest = xml.slice(at)
    const [text = ''] = /^[^<]*/.exec(rest) ?? []
    const tag = /^<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>/.exec(
      rest.slice(text.length),
    )
    if (open.length === 0 && text.trim() !== '') throw new Error(`text outside: ${text}`)
    unescaped(text)
    if (!tag) {
      if (text.length === rest.length) break
      throw new Error(`no tag: ${rest.slice(text.length, text.length + 60)}`)
    }
    const [whole, closes, name = '', attributes = '', isEmpty] = tag
    if (open.length === 0 && elements.length > 0) throw new Error(`a second root: ${name}`)
    if (closes) {
      if (open.pop() !== name) throw new Error(`closes what is not open: ${name}`)
    } else {
      const pairs = [...attributes.matchAll(/([\w.-]+)="([^"]*)"/g)]
      const known = Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, unescaped(value)]))
      if (Object.keys(known).length < pairs.length) throw new Error(`an attribute twice: ${whole}`)
      elements.push({ name, attributes: known })
      if (!isEmpty) open.push(name)
    }
    at += text.length + whole.length
  }
  if (open.length > 0 || elements.length === 0) throw new Error(`not closed: ${open.join(', ')}`)
  return elements
}

const references: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (_, code?: string, name?: string) => {
    const character = code ? String.fromCodePoint(Number(code)) : references[name ?? '']
    if (character === undefined) throw new Error(`no reference: ${text}`)
    return character
  })
}
