import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Path, type PathMistake, pathKey, safeKey } from './path.ts'
import { syntaxMistake } from './syntax.ts'

/** A document as plain values, and where in the text each of them stands. */
export interface SpecDocument {
  /** Maps have no prototype, so that no key has a meaning of its own. */
  value: unknown
  mistakes: LocatedMistake[]
  /** Where a value stands; the nearest container's place for one that is not there. */
  valueAt(path: Path): Place
  /** Where a key stands, else where the map does. */
  keyAt(path: Path): Place
}

/** Counted from 1. */
export interface Place {
  line: number
  column: number
}

/** A mistake whose place is known already. */
export interface LocatedMistake extends PathMistake {
  place: Place
}

/** A spec is longer than this only where it is no spec. In characters. */
export const longestText = 1 << 16
const deepest = 30
/** Nodes after aliases were followed: a few anchors can stand for billions otherwise. */
const mostNodes = 20_000

/**
 * Reads YAML. Never throws, whatever the text is.
 * @returns the document, or only mistakes where the text is not YAML of a single document.
 */
export function readDocument(text: string): SpecDocument | { mistakes: LocatedMistake[] } {
  const start: Place = { line: 1, column: 1 }
  const whole = (expected: string, found: string, hint?: string) => ({
    mistakes: [{ path: [], place: start, expected, found, hint }],
  })
  if (text.length > longestText) {
    return whole(`at most ${longestText} characters`, 'more', 'is this file really a spec?')
  }
  const lines = new LineCounter()
  // Repeated keys are looked for below: the parser's own search takes quadratic time.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false }
  let document: ReturnType<typeof parseDocument>
  try {
    document = parseDocument(text, options)
  } catch (error) {
    if (error instanceof RangeError) return whole(`at most ${deepest} levels`, 'many more levels of nesting')
    throw error
  }
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const errors = [...document.errors, ...document.warnings].toSorted(
    (one, other) => one.pos[0] - other.pos[0],
  )
  if (errors.length > 0) {
    const mistakes = errors.map((error) => {
      const place = placeOf(error.pos[0])
      return { path: [], place, ...syntaxMistake(error.code, text, error.pos[0]) }
    })
    return { mistakes: firstOfEachLine(mistakes) }
  }
  return toValues(document, placeOf)
}

function firstOfEachLine(mistakes: LocatedMistake[]): LocatedMistake[] {
  const lines = new Set<number>()
  return mistakes.filter(({ place: { line } }) => !lines.has(line) && lines.add(line)).slice(0, 20)
}

/** Thrown and caught within this file: the way out of a recursion that has gone too far. */
class TooMuch extends Error {}

function toValues(
  document: ReturnType<typeof parseDocument>,
  placeOf: (offset: number) => Place,
): SpecDocument {
  const mistakes: LocatedMistake[] = []
  const values = new Map<string, number>()
  const keys = new Map<string, number>()
  let nodes = 0

  function toValue(node: Node | null, path: Path, offset: number): unknown {
    if (++nodes > mostNodes || path.length > deepest) throw new TooMuch()
    values.set(pathKey(path), offset)
    if (isAlias(node)) {
      const source = node.resolve(document)
      if (source) return toValue(source, path, offset)
      const expected = 'a value, or the name of an anchor that comes before'
      mistakes.push({
        path,
        place: placeOf(offset),
        expected,
        found: 'a *',
        hint: 'put a text that begins with * in quotes',
      })
      return undefined
    }
    if (isMap(node)) {
      const map: Record<string, unknown> = Object.create(null)
      for (const pair of node.items) {
        const keyNode = pair.key as Node | null
        const keyOffset = keyNode?.range?.[0] ?? offset
        if (!isScalar(keyNode)) {
          mistakes.push({
            path,
            place: placeOf(keyOffset),
            expected: 'a word as the key',
            found: 'a list, a map or nothing',
          })
          continue
        }
        const key = String(keyNode.value)
        const below = [...path, key]
        if (key in map) {
          const first = placeOf(keys.get(pathKey(below)) ?? offset)
          mistakes.push({
            path: below,
            place: placeOf(keyOffset),
            expected: 'each key once',
            found: `${safeKey(key)} again`,
            hint: `the first is on line ${first.line}`,
          })
          continue
        }
        keys.set(pathKey(below), keyOffset)
        const valueNode = pair.value as Node | null
        map[key] = toValue(valueNode, below, valueNode?.range?.[0] ?? keyOffset)
      }
      return map
    }
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        toValue(item as Node, [...path, index], (item as Node | null)?.range?.[0] ?? offset),
      )
    }
    return isScalar(node) ? node.value : undefined
  }

  const nearestOffset = (offsets: Map<string, number>, path: Path): number => {
    for (let length = path.length; length >= 0; length--) {
      const offset = (length === path.length ? offsets : values).get(pathKey(path.slice(0, length)))
      if (offset !== undefined) return offset
    }
    return 0
  }
  const read = {
    mistakes,
    valueAt: (path: Path) => placeOf(nearestOffset(values, path)),
    keyAt: (path: Path) => placeOf(nearestOffset(keys, path)),
  }
  const contents = document.contents
  try {
    return { ...read, value: toValue(contents, [], contents?.range?.[0] ?? 0) }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    mistakes.push({
      path: [],
      place: placeOf(0),
      expected: `at most ${mostNodes} values, ${deepest} levels deep`,
      found: 'more, counting what aliases (*) stand for',
    })
    return { ...read, value: undefined }
  }
}
