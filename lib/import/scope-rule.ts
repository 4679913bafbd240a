import type { FieldMistake } from '../history/index.ts'
import { shown } from '../spec/index.ts'

/** Where the value of a scope is found in what another tool has recorded. */
export interface ScopeRule {
  scope: string
  /**
   * `tag` and `field`: a tag, a column or a key of that name, which are the same here. `url`: what a regular
   * expression finds in the address, its first group where it has one. `const`: the same for every request.
   */
  from:
    | { kind: 'tag' | 'field'; name: string }
    | { kind: 'url'; pattern: string }
    | { kind: 'const'; value: string }
}

/** Reads `NAME=tag:TAG`, `NAME=field:FIELD`, `NAME=url:REGEX` or `NAME=const:VALUE`. */
export function parseScopeRule(text: string): ScopeRule | Omit<FieldMistake, 'path'> {
  const parts = /^([^=\s]+)=([a-z]+):(.+)$/su.exec(text)
  const expected = 'NAME=tag:TAG, NAME=field:FIELD, NAME=url:REGEX or NAME=const:VALUE'
  if (!parts) return { expected, found: shown(text), hint: 'for instance integration=tag:integration' }
  const [, scope, kind, value] = parts as unknown as [string, string, string, string]
  switch (kind) {
    case 'tag':
    case 'field':
      return { scope, from: { kind, name: value } }
    case 'const':
      return { scope, from: { kind: 'const', value } }
    case 'url':
      try {
        new RegExp(value, 'u')
      } catch (error) {
        return {
          expected: 'a regular expression after url:',
          found: shown(value),
          hint: (error as Error).message,
        }
      }
      return { scope, from: { kind: 'url', pattern: value } }
    case 'header':
      return {
        expected,
        found: shown(text),
        hint: 'none of these tools records what a request sent in its headers; give the request a tag',
      }
    default:
      return { expected, found: shown(text) }
  }
}

/** A rule as it was written. */
export function scopeRuleText({ scope, from }: ScopeRule): string {
  switch (from.kind) {
    case 'tag':
    case 'field':
      return `${scope}=${from.kind}:${from.name}`
    case 'url':
      return `${scope}=url:${from.pattern}`
    case 'const':
      return `${scope}=const:${from.value}`
  }
}
