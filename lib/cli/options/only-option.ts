import type { Limit } from '../../spec/index.ts'
import type { OptionReader } from './option-reader.ts'

/**
 * Reads `--only integration,apiKey`: scopes, each once; undefined where nothing was asked for.
 * @param limits those of the spec, which say what scopes there are; undefined where the spec does not parse.
 */
export function readOnly(
  reader: OptionReader,
  raw: unknown,
  limits: readonly Limit[] | undefined,
): string[] | undefined {
  if (typeof raw !== 'string') return undefined
  const scopes = [...new Set(raw.split(',').map((scope) => scope.trim()))]
  if (!limits) return scopes
  const known = [...new Set(limits.map(({ scope }) => scope))]
  for (const scope of scopes) reader.word('--only', scope, known)
  return scopes
}
