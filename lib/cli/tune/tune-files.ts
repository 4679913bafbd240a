import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { renderTuningPage } from '../../../reports/tune-page/index.ts'
import { ExitCode } from '../../result/index.ts'
import type { Limit } from '../../spec/index.ts'
import { specWith, type Tuning, withoutTarget } from '../../tune/index.ts'
import { Failure } from '../failure.ts'
import { writeTextReport } from '../report/write-report.ts'

/** What was written, and for what it is good. */
export interface TuningFiles {
  files: { what: string; path: string }[]
  /** The spec of what is recommended, which names no target: the embedded one is verified with it. */
  withoutTarget?: string
}

/**
 * Makes a folder for what came of a replay.
 * @throws {Failure} where there is something in it already, or where it cannot be made.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
    if ((await readdir(path)).length === 0) return
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Failure(ExitCode.notCarriedOut, [
      `--out: the folder ${JSON.stringify(path)} cannot be made: ${message}`,
    ])
  }
  throw new Failure(ExitCode.mistake, [
    `--out: ${path} is not empty, and nothing is written over: name another folder`,
  ])
}

/**
 * Writes the page, and what is recommended: as a spec and in the words of platforms.
 * @param text today's spec.
 * @throws {Failure} where something cannot be written.
 */
export async function writeTuning(
  folder: string,
  tuning: Tuning,
  text: string,
  today: readonly Limit[],
): Promise<TuningFiles> {
  const { recommendation, replayed, settings } = tuning
  const page = join(folder, 'tuning.html')
  await writeTextReport(page, await renderTuningPage(tuning))
  const files = [{ what: 'page', path: page }]
  const chosen = recommendation?.kind === 'chosen' ? replayed[recommendation.chosen]?.candidate : undefined
  if (chosen === undefined) return { files }
  const spec = specWith(
    text,
    chosen.limits,
    today.map(({ algorithm }) => algorithm),
  )
  const embedded = withoutTarget(spec)
  const specs = [
    { what: 'spec', path: join(folder, 'spec.yaml'), text: spec },
    { what: 'spec for the embedded target', path: join(folder, 'embedded.yaml'), text: embedded },
  ].slice(0, embedded === spec ? 1 : 2)
  const written = [
    ...specs,
    ...settings.map(({ platform, file, text }) => ({ what: platform, path: join(folder, file), text })),
  ]
  for (const { path, text } of written) await writeTextReport(path, text)
  return {
    files: [...files, ...written.map(({ what, path }) => ({ what, path }))],
    withoutTarget: specs.at(-1)?.path,
  }
}
