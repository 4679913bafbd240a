import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BundleError, bundleScenario } from '../../fire/bundle.ts'
import type { FoundK6 } from '../../fire/k6/index.ts'
import { HistoryFileError } from '../../history/index.ts'
import { ExitCode } from '../../result/index.ts'
import {
  type Assignment,
  type Carried,
  type Conduct,
  carryOut,
  createRunFolder,
  type Interruption,
  type Permit,
  type RunFolder,
  RunFolderError,
  type Watcher,
  writeIntent,
} from '../../run/index.ts'
import { Failure } from '../failure.ts'
import type { Verification } from './verification.ts'

/** What is to be fired, with a name, and with a k6 to carry it out. */
export interface PreparedRun
  extends Omit<Verification, 'specText' | 'textOf' | 'planFor' | 'remarks' | 'only' | 'permitted'> {
  id: string
  /** The spec in effect as a file; left out where there is none. */
  specText?: string
  /** Decides on one firing after another, where the plan is not fired as it stands. */
  conduct?: Conduct
  /** May it wait so that it does not use up the limits of keys beside its load? */
  sparesKeys?: boolean
  k6: FoundK6
  permit: Permit
}

/**
 * Makes the run's folder, bundles the scenario and carries the run out.
 * @throws {Failure} where nothing was fired: there is nothing to judge then.
 */
export async function startRun(
  path: string,
  prepared: PreparedRun,
  watcher: Watcher,
  interruption: Interruption,
): Promise<{ assignment: Assignment; carried: Carried }> {
  let bundleFolder: string | undefined
  try {
    const folder = await createRunFolder(path)
    if (prepared.specText !== undefined) await writeIntent(folder, prepared.specText, prepared.plan)
    bundleFolder = await mkdtemp(join(resolve(folder.path), 'scenario-'))
    const scenarioPath = await bundleScenario({ scenario: 'verify', folder: bundleFolder })
    const assignment = { ...prepared, folder, scenarioPath }
    const carried = await carryOut(assignment, watcher, interruption)
    if (carried.fired) return { assignment, carried }
    throw notFired(carried, folder, interruption.stop.aborted)
  } catch (error) {
    throw asFailure(error)
  } finally {
    if (bundleFolder !== undefined) await rm(bundleFolder, { recursive: true, force: true })
  }
}

function notFired({ problem, refused, warnings }: Carried, folder: RunFolder, interrupted: boolean): Failure {
  const why = interrupted ? 'Interrupted before the firing began.' : (problem ?? 'The firing never began.')
  const kept = `What was sent until then is recorded in ${folder.history}.`
  const exitCode = refused ? ExitCode.mistake : ExitCode.notCarriedOut
  return new Failure(interrupted ? ExitCode.interrupted : exitCode, [
    ...why.split('\n'),
    ...warnings.map(({ message }) => message),
    kept,
  ])
}

/** What a person can do something about is told as it is; anything else stays unexpected. */
export function asFailure(error: unknown): unknown {
  if (error instanceof RunFolderError && error.problem === 'taken') {
    return new Failure(ExitCode.mistake, [`--out: ${error.message}`])
  }
  if (error instanceof RunFolderError || error instanceof HistoryFileError || error instanceof BundleError) {
    return new Failure(ExitCode.notCarriedOut, error.message.split('\n'))
  }
  return error
}
