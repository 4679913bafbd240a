import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plan } from '../plan/index.ts'
import type { Result } from '../result/index.ts'

/** Names of the files in a run's folder: the contract between the commands that share it. */
export const runFiles = {
  /** What each request met, with every event; written while the run goes on. */
  history: 'history.ndjson',
  /** The limits and the target in effect, secrets as `${NAME}`. */
  spec: 'spec.yaml',
  /** Which requests were to be sent when. */
  plan: 'plan.json',
  /** What the history was judged to say. */
  result: 'result.json',
  /** The result for people, as one file that a browser shows. */
  report: 'report.html',
} as const

/** A run's folder, and where the files in it are. */
export type RunFolder = { readonly path: string } & Readonly<Record<keyof typeof runFiles, string>>

/** Where the files of a folder are, whether there are any or not. */
export function runFolderAt(path: string): RunFolder {
  const { history, spec, plan, result, report } = runFiles
  return {
    path,
    history: join(path, history),
    spec: join(path, spec),
    plan: join(path, plan),
    result: join(path, result),
    report: join(path, report),
  }
}

/** Why a folder cannot take a run: `taken` is a mistake of whoever named it, the others are the world's. */
export type RunFolderProblem = 'taken' | 'disk-full' | 'unwritable'

/** A run's folder could not be made or written to; the message is for a person. */
export class RunFolderError extends Error {
  override readonly name = 'RunFolderError'
  readonly problem: RunFolderProblem

  constructor(problem: RunFolderProblem, message: string, cause?: unknown) {
    super(message, { cause })
    this.problem = problem
  }
}

/**
 * Makes the folder of a new run.
 * @throws {RunFolderError} where there is something in it already, or it cannot be made.
 */
export async function createRunFolder(path: string): Promise<RunFolder> {
  await attempt(path, async () => {
    await mkdir(path, { recursive: true })
    if ((await readdir(path)).length === 0) return
    throw new RunFolderError(
      'taken',
      `${path} is not empty, and a run writes over nothing: name another folder`,
    )
  })
  return runFolderAt(path)
}

/** Writes what is known before a run starts: the spec's text and, where k6 is to fire one, the plan. */
export async function writeIntent(folder: RunFolder, specText: string, plan?: Plan): Promise<void> {
  await attempt(folder.path, async () => {
    await writeFile(folder.spec, specText)
    if (plan) await writeFile(folder.plan, json(plan))
  })
}

/** Writes `result.json`, over an older one. */
export async function writeResult(folder: RunFolder, result: Result): Promise<void> {
  await attempt(folder.path, () => writeFile(folder.result, json(result)))
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

async function attempt<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    if (fullCodes.has(code)) {
      throw new RunFolderError('disk-full', `${path}: the disk is full; free some space and run again`, error)
    }
    throw new RunFolderError(
      'unwritable',
      `${path} cannot be written to (${message}); name another folder`,
      error,
    )
  }
}
