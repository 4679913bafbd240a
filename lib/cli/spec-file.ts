import { createReadStream } from 'node:fs'
import { text as textOf } from 'node:stream/consumers'
import { formatMistakes, longestText, type ParsedSpec, parseSpec, shown } from '../spec/index.ts'

/** A spec that was read from a file, or everything that is wrong with it, a line each. */
export type SpecFile =
  | { ok: true; spec: Extract<ParsedSpec, { ok: true }>['spec']; text: string }
  | { ok: false; mistakes: string[] }

/**
 * Reads a spec from a file.
 * What is far too long for a spec, and what never ends, is read as far as that shows.
 * @param offline the target will not be spoken to, so its variables need not be set.
 */
export async function readSpecFile(path: string, offline: boolean): Promise<SpecFile> {
  let text: string
  try {
    // A character is at most three bytes for each unit of its length.
    text = await textOf(createReadStream(path, { end: 3 * longestText }))
  } catch (error) {
    return { ok: false, mistakes: [unreadable('the spec', path, error)] }
  }
  const parsed = parseSpec(text, { file: path, env: process.env, offline })
  if (parsed.ok) return { ...parsed, text }
  return { ok: false, mistakes: formatMistakes(parsed.mistakes).split('\n') }
}

/** Why a file that somebody named cannot be read, in a sentence. */
export function unreadable(what: string, path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  const why: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read by you',
  }
  return `${what} ${shown(path)} cannot be read: ${why[code] ?? message}`
}
