import { type LocatedMistake, readDocument, type SpecDocument } from './document.ts'
import { type Environment, withEnvironment } from './environment.ts'
import { issueMistakes } from './issues.ts'
import { meaningMistakes } from './meaning.ts'
import type { Mistake } from './mistake.ts'
import { formatPath, type PathMistake, pathKey } from './path.ts'
import { type Spec, specSchema } from './spec.ts'

/** How a spec is read. */
export interface ParseSpecOptions {
  /** Name of the file in mistakes. */
  file: string
  /** Where `${NAME}` is looked up. */
  env: Environment
  /**
   * The target will not be spoken to, as when a history is judged offline: where a variable of the
   * target is missing, the spec has no target, and that is no mistake. Default: false.
   */
  offline?: boolean
}

/** A spec, or everything that is wrong with it, in the order of the file. */
export type ParsedSpec = { ok: true; spec: Spec } | { ok: false; mistakes: Mistake[] }

/**
 * Reads a spec from YAML (or JSON, which is YAML as well). Never throws, whatever the text is, and
 * no mistake shows a secret.
 */
export function parseSpec(text: string, { file, env, offline = false }: ParseSpecOptions): ParsedSpec {
  const document = readDocument(text)
  if (!('value' in document))
    return { ok: false, mistakes: document.mistakes.map((each) => inFile(each, file)) }
  const located = [...document.mistakes]
  const tell = (mistake: PathMistake) => located.push({ ...mistake, place: placeOf(mistake, document) })

  if (document.value === null || document.value === undefined) {
    if (located.length === 0) located.push(emptySpec)
  } else {
    const told = new Set(located.map(({ path }) => pathKey(path)))
    const { value, mistakes } = checked(document.value, env, offline, told)
    for (const mistake of mistakes) tell(mistake)
    if (located.length === 0) return { ok: true, spec: value as Spec }
  }
  located.sort((one, other) => one.place.line - other.place.line || one.place.column - other.place.column)
  return { ok: false, mistakes: located.map((each) => inFile(each, file)) }
}

const emptySpec: LocatedMistake = {
  place: { line: 1, column: 1 },
  path: [],
  expected: 'a map with limits and, for a run, a target',
  found: 'an empty file',
  hint: 'the least is limits: [{name: alerts, scope: integration, limit: 300, window: 5m}]',
}

function checked(raw: unknown, env: Environment, offline: boolean, toldBefore: ReadonlySet<string>) {
  const replaced = withEnvironment(raw, env)
  let { value, mistakes, missing } = replaced
  const ofTarget = (key: string) => key.startsWith('["target",')
  if (offline && [...missing].some(ofTarget)) {
    const { target: _, ...rest } = value as Record<string, unknown>
    value = rest
    mistakes = mistakes.filter(({ path }) => path[0] !== 'target')
  }
  const meaning = meaningMistakes(raw, offline)
  // One mistake for each value: what the schema says of a text with a missing variable helps nobody.
  const told = new Set([...toldBefore, ...missing, ...meaning.map(({ path }) => pathKey(path))])
  const parsed = specSchema.safeParse(value)
  const issues = parsed.success ? [] : issueMistakes(parsed.error.issues, raw)
  for (const issue of issues) {
    if (issue.key === undefined) {
      if (told.has(pathKey(issue.path))) continue
      told.add(pathKey(issue.path))
    }
    mistakes.push(issue)
  }
  return { value: parsed.data, mistakes: [...mistakes, ...meaning] }
}

function placeOf({ path, key }: PathMistake, document: SpecDocument) {
  return key === undefined ? document.valueAt(path) : document.keyAt([...path, key])
}

function inFile({ place, path, expected, found, hint }: LocatedMistake, file: string): Mistake {
  return { file, ...place, path: formatPath(path), expected, found, hint }
}
