import type { z } from 'zod'
import { variablesIn } from './environment.ts'
import { hintFor } from './hints.ts'
import { callerSchema, limitedBySchema, requestSchema } from './http-target.ts'
import { nearest } from './nearest.ts'
import { type Path, type PathMistake, pathKey, safeKey, valueAt } from './path.ts'
import { isOpen, shownAt } from './shown-value.ts'
import { limitSchema, outcomeRuleSchema, specSchema, targetSchema } from './spec.ts'

type Issue = z.core.$ZodIssue

const keysOf: Readonly<Record<string, readonly string[]>> = {
  spec: Object.keys(specSchema.shape),
  target: Object.keys(targetSchema.in.shape),
  limits: Object.keys(limitSchema.shape),
  outcomes: Object.keys(outcomeRuleSchema.shape),
  request: Object.keys(requestSchema.shape),
  callers: Object.keys(callerSchema.shape),
  limitedBy: Object.keys(limitedBySchema.shape),
}

/**
 * What the schema found wrong, for people.
 * @param raw the spec as it is written, variables not replaced: the only values that are shown.
 */
export function issueMistakes(issues: readonly Issue[], raw: unknown): PathMistake[] {
  const meant = new Set<string>()
  const told = issues.flatMap((issue) => {
    const inner = innermost(issue)
    return inner.flatMap((each) =>
      each.code === 'unrecognized_keys' ? unknownKeys(each, meant) : [oneMistake(each, raw)],
    )
  })
  // Somebody who misspelt a key should not be told as well that it is missing.
  return told.filter(({ path }) => !(meant.has(pathKey(path)) && valueAt(raw, path) === undefined))
}

/** Of a union, the issues of the one alternative that has the type of the value, if there is one. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const ofType = issue.errors.filter(
    (alternative) =>
      !alternative.some(
        ({ code, path }) =>
          path.length === 0 &&
          (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union'),
      ),
  )
  const [only] = ofType
  if (!only || ofType.length > 1) return [issue]
  return only.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }))
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, meant: Set<string>): PathMistake[] {
  const { path } = issue
  const known = knownKeysAt(path)
  return issue.keys.map((key) => {
    const near = nearest(key, known)
    if (near) meant.add(pathKey([...path, near]))
    return {
      path,
      key,
      expected: near ? 'a known key' : `one of ${known.join(', ')}`,
      found: safeKey(key),
      hint: near ? `did you mean ${near}?` : hintForUnknown(key),
    }
  })
}

function knownKeysAt(path: Path): readonly string[] {
  const [top = 'spec', key] = path
  const within = top === 'target' && typeof key === 'string' ? key : top
  return keysOf[String(within)] ?? []
}

function hintForUnknown(key: string): string | undefined {
  if (/^\w+[:=]/.test(key)) return 'put a space after the colon'
  for (const [owner, keys] of Object.entries(keysOf)) {
    if (!keys.includes(key)) continue
    return owner === 'spec' ? `${key} stands at the left margin` : `${key} belongs under ${owner}`
  }
  return undefined
}

function oneMistake(issue: Issue, raw: unknown): PathMistake {
  const { path, message: expected } = issue
  const value = valueAt(raw, path)
  const variables = typeof value === 'string' ? variablesIn(value) : []
  if (variables.length > 0 && issue.code !== 'invalid_type') {
    return {
      path,
      expected,
      found: shownAt(path, value),
      hint: `look at what ${variables.join(' and ')} holds`,
    }
  }
  if (issue.code === 'custom' && issue.params) {
    return { path, expected, found: issue.params.found, hint: issue.params.hint }
  }
  return { path, expected, found: shownAt(path, value), hint: hintOf(issue, path, value) }
}

function hintOf(issue: Issue, path: Path, value: unknown): string | undefined {
  if (!isOpen(path)) {
    const plain = path.length === 2 && path[1] === 'apiKey' && value !== undefined
    return plain ? `secrets only by environment variable: write apiKey: \${ONCALL_API_KEY}` : undefined
  }
  const near = typeof value === 'string' ? nearest(value, valuesOf(issue)) : undefined
  if (near) return `did you mean ${near}?`
  return hintFor(path, value, typeOf(issue))
}

function valuesOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(valuesOf) : []
}

function typeOf(issue: Issue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined
  return issue.expected === 'int' ? 'number' : issue.expected
}
