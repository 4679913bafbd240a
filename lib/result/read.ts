import { type Mistake, shown } from '../spec/index.ts'
import { type Result, resultSchema } from './result.ts'

/** A result, or everything that is wrong with it. */
export type ParsedResult = { ok: true; result: Result } | { ok: false; mistakes: Mistake[] }

/**
 * Reads a `result.json`. Fields that this version does not know are left out. Never throws.
 * @param file the file's name in mistakes.
 */
export function parseResult(text: string, file: string): ParsedResult {
  const mistake = (path: string, expected: string, found: string, hint?: string): Mistake => ({
    file,
    line: 1,
    column: 1,
    path,
    expected,
    found,
    hint,
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, mistakes: [mistake('', 'a result in JSON', 'something else', wholeFile)] }
  }
  const { format, version } = (value ?? {}) as Record<string, unknown>
  if (format !== 'onset-result')
    return { ok: false, mistakes: [mistake('format', '"onset-result"', shown(format))] }
  if (version !== 1) {
    const hint = 'this Onset reads version 1 of the result format'
    return { ok: false, mistakes: [mistake('version', '1', shown(version), hint)] }
  }
  const parsed = resultSchema.safeParse(value)
  if (parsed.success) return { ok: true, result: parsed.data }
  return {
    ok: false,
    mistakes: parsed.error.issues.map(({ path, message }) =>
      mistake(path.join('.'), 'what schemas/result.schema.json says', message),
    ),
  }
}

const wholeFile = 'it may be cut off: onset check makes it again from the history'
