import { stringify } from 'yaml'
import { defaultOutcomeRule } from '../../history/index.ts'
import { seededRandom } from '../../simulate/index.ts'
import { documentedOncallLimits, type Limit, type Spec } from '../../spec/index.ts'
import { type Demand, demandOf, exampleStorm, storm } from '../../tune/index.ts'
import type { Asked } from '../command.ts'
import { folderNamed, readGiven } from '../history-argument.ts'
import { readImport } from '../import/import-request.ts'
import type { OptionReader } from '../options/option-reader.ts'
import { say } from '../output.ts'
import { readSpecFile, type SpecFile } from '../spec-file.ts'

/** The spec that has today's limits, and what it looks like. */
export interface Today {
  /** Undefined where it cannot be read. */
  spec?: Spec
  text: string
  file: SpecFile
}

/** Today's limits: of the spec that is named, or of the run's; of a storm, those that OnCall documents. */
export async function readToday(
  reader: OptionReader,
  named: string | undefined,
  options: Asked['options'],
): Promise<Today> {
  const folder = named === undefined ? undefined : await folderNamed(named)
  const path = (options.spec as string | undefined) ?? folder?.spec
  if (path === undefined && named === undefined) {
    const spec = { limits: [...documentedOncallLimits], outcomes: defaultOutcomeRule, clockDriftPpm: 200 }
    const text = documentedText()
    return { spec, text, file: { ok: true, spec, text } }
  }
  const file: SpecFile =
    path === undefined
      ? { ok: false, mistakes: ["name the spec that has today's limits: --spec SPEC"] }
      : await readSpecFile(path, true)
  if (file.ok) return { spec: file.spec, text: file.text, file }
  for (const mistake of file.mistakes) reader.complain(mistake)
  return { text: '', file }
}

/** The documented limits as a spec, with nothing in it but them. */
function documentedText(): string {
  const limits = documentedOncallLimits.map(({ name, scope, limit, window }) => ({
    name,
    scope,
    limit,
    window: `${window}ms`,
  }))
  return stringify({ limits })
}

/** What is replayed: a history, or a storm; undefined where it cannot be read, which is noted. */
export async function readDemand(
  reader: OptionReader,
  named: string | undefined,
  spec: SpecFile,
  options: Asked['options'],
  seed: number,
): Promise<Demand | undefined> {
  const limits: readonly Limit[] | undefined = spec.ok ? spec.spec.limits : undefined
  const scopes = limits?.map(({ scope }) => scope)
  const recording = readImport(reader, options, scopes)
  if (named === undefined) {
    if (recording) reader.complain('--from is about a file: name it')
    say(
      `No history was named: a storm of alerts is made up (seed ${seed}), ${exampleStorm.days} days of an organization with ${exampleStorm.integrations} integrations.`,
    )
    return storm(exampleStorm, seededRandom(seed))
  }
  const folder = await folderNamed(named)
  const read = await readGiven(folder?.history ?? named, spec, recording, options)
  if (Array.isArray(read)) {
    for (const mistake of read) reader.complain(mistake)
    return undefined
  }
  for (const { message } of read.warnings) say(message)
  return demandOf(read.history)
}

/** The scopes of limits that requests carry. */
export function scopesIn({ descriptors }: Demand, limits: readonly Limit[]): string[] {
  const scopes = limits.map(({ scope }) => scope)
  return [...new Set(scopes)].filter((scope) =>
    descriptors.some((descriptor) => Object.hasOwn(descriptor.scopes, scope)),
  )
}
