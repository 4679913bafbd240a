import type { Mistake } from './mistake.ts'

/** The keys and places that lead to a value. */
export type Path = readonly PropertyKey[]

/** A mistake at a path; where in the text that is, is added later. */
export interface PathMistake extends Pick<Mistake, 'expected' | 'found' | 'hint'> {
  path: Path
  /** Where the mistake is a key and not a value: that key of the map at `path`. */
  key?: string
}

/** A path as a key of a map: different paths have different ones. */
export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** A path for people: `limits[0].window`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += `${text === '' ? '' : '.'}${safeKey(String(step))}`
  }
  return text
}

/**
 * A key as a mistake shows it: only what comes before a colon, an equals sign or white space,
 * since with a forgotten space (`{apiKey:secret}`) the value is part of the key.
 */
export function safeKey(key: string): string {
  const [word = ''] = /^[\w$.-]{0,60}/.exec(key) ?? []
  if (key === '') return 'an empty key'
  return word === key ? key : `${word}…`
}

/** The value at a path, or `undefined`. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Record<PropertyKey, unknown>)[step]
  }
  return here
}
