import { type Profile, profileLike, profileOf, profiles } from '../plan/index.ts'
import { folderNamed, readGiven } from './history-argument.ts'
import type { OptionReader } from './option-reader.ts'

/** A shape that was recorded is as fine as so many stages. */
const stages = 200

/**
 * Reads `--profile`: the name of a shape, or a recorded history whose shape is taken.
 * @returns the shape and its name; `undefined` where something is wrong, which is noted.
 */
export async function readProfile(
  reader: OptionReader,
  raw: unknown,
): Promise<{ shape: Profile; name: string } | undefined> {
  const name = raw === undefined ? 'steady' : String(raw)
  if (Object.hasOwn(profiles, name)) return { shape: profiles[name as keyof typeof profiles], name }
  const flag = '--profile'
  if (!/[./]/.test(name)) {
    reader.mistake(flag, `one of ${Object.keys(profiles).join(', ')}, or a recorded history`, name)
    return undefined
  }
  const path = (await folderNamed(name))?.history ?? name
  const read = await readGiven(path, { ok: false, mistakes: [] }, undefined, {})
  if (Array.isArray(read)) {
    for (const mistake of read) reader.complain(`${flag}: ${mistake}`)
    return undefined
  }
  const { history } = read
  if (history.count < 2) {
    reader.complain(`${flag}: ${path} has fewer than 2 requests, which are no shape`)
    return undefined
  }
  const sentUs = history.sentUs.subarray(0, history.count)
  const spanUs =
    sentUs.reduce((most, us) => Math.max(most, us), 0) - sentUs.reduce((least, us) => Math.min(least, us))
  return { shape: profileLike(profileOf(history, 1, Math.max(1, spanUs / 1000 / stages))), name }
}
