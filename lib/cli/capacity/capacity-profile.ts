import type { History } from '../../history/index.ts'
import { type Profile, profileLike, profileOf, profiles } from '../../plan/index.ts'
import type { Asked } from '../command.ts'
import { folderNamed, readGiven } from '../history-argument.ts'
import { readImport } from '../import/import-request.ts'
import type { OptionReader } from '../options/option-reader.ts'

/** A shape that was recorded is as fine as so many stages. */
const stages = 200

/** The shape of steps. */
export interface NamedProfile {
  shape: Profile
  name: string
  /** What it was recorded from, if it was: how long that took, and how many requests came on average. */
  recorded?: { spanMs: number; meanPerSecond: number }
}

const flag = '--profile'

/**
 * Reads `--profile`: the name of a shape, or a recording whose shape is taken: a history, or what other
 * tools wrote, with `--from`.
 * @returns `undefined` where something is wrong, which is noted.
 */
export async function readProfile(
  reader: OptionReader,
  options: Asked['options'],
): Promise<NamedProfile | undefined> {
  const name = options.profile === undefined ? 'steady' : String(options.profile)
  const recording = readImport(reader, withScope(options))
  const isNamed = Object.hasOwn(profiles, name)
  if (isNamed && options.factor !== undefined) {
    reader.complain('--factor is for a recording: name one with --profile')
  }
  if (isNamed) return { shape: profiles[name as keyof typeof profiles], name }
  if (!/[./]/.test(name)) {
    reader.mistake(flag, `one of ${Object.keys(profiles).join(', ')}, or a recorded history`, name)
    return undefined
  }
  const path = (await folderNamed(name))?.history ?? name
  const read = await readGiven(path, { ok: false, mistakes: [] }, recording, options)
  if (!Array.isArray(read)) return recordedProfile(reader, name, read.history)
  for (const mistake of read) reader.complain(`${flag}: ${mistake}`)
  return undefined
}

/** Whose requests they were is all the same for a shape, and an import wants to know. */
function withScope(options: Asked['options']): Asked['options'] {
  return options.from === undefined || options.scope !== undefined
    ? options
    : { ...options, scope: ['sender=const:anybody'] }
}

function recordedProfile(reader: OptionReader, name: string, history: History): NamedProfile | undefined {
  const sentUs = history.sentUs.subarray(0, history.count)
  const firstUs = sentUs.reduce((least, us) => Math.min(least, us), Number.POSITIVE_INFINITY)
  const lastUs = sentUs.reduce((most, us) => Math.max(most, us), Number.NEGATIVE_INFINITY)
  if (!(lastUs > firstUs)) {
    reader.complain(`${flag}: ${name} has no two requests one after the other, which are no shape`)
    return undefined
  }
  // Logs that write whole seconds say nothing about how requests were spread within one.
  const isWhole = sentUs.every((us) => (us - firstUs) % 1e6 === 0)
  const recorded = profileOf(history, 1, Math.max(isWhole ? 1_000 : 1, (lastUs - firstUs) / 1000 / stages))
  const spanMs = recorded.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return {
    shape: profileLike(recorded),
    name,
    recorded: { spanMs, meanPerSecond: (1000 * history.count) / spanMs },
  }
}
