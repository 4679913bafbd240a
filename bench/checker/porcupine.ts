import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { phaseUsOf, specOf, type Traffic, windowMsOf } from './history.ts'

/** What porcupine said of a history. */
export interface PorcupineRun {
  /** `Unknown`: not done in time. `OutOfMemory`: not done in the memory that it was given. */
  result: 'Ok' | 'Illegal' | 'Unknown' | 'OutOfMemory'
  /** What checking took, without reading the file. */
  seconds: number
}

/**
 * Builds the program in bench/porcupine into a folder.
 * @returns its path, or why there is none: Go is not on the PATH, or the module cannot be had.
 */
export function buildPorcupine(folder: string): { path: string } | { why: string } {
  const path = join(folder, process.platform === 'win32' ? 'porcupine.exe' : 'porcupine')
  const built = spawnSync('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', path, '.'], {
    cwd: join(import.meta.dirname, '..', 'porcupine'),
    encoding: 'utf8',
  })
  if (built.error) {
    const missing = (built.error as NodeJS.ErrnoException).code === 'ENOENT'
    return { why: missing ? 'Go is not on the PATH' : built.error.message }
  }
  return built.status === 0 ? { path } : { why: built.stderr.trim() }
}

/**
 * Has porcupine check the history of a fixed window on the organization, of which it is told the phase.
 * @throws {Error} where the program fails.
 */
export function runPorcupine(
  program: string,
  traffic: Traffic,
  history: string,
  seconds: number,
  memoryMb: number,
): PorcupineRun {
  const [limit] = specOf(traffic).limits
  if (!limit) throw new Error('there is no limit to check')
  const options = {
    scope: limit.scope,
    limit: limit.limit,
    'window-us': windowMsOf(traffic) * 1000,
    'phase-us': phaseUsOf(traffic),
    seconds,
    'memory-mb': memoryMb,
  }
  const given = Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)])
  const run = spawnSync(program, [...given, history], { encoding: 'utf8' })
  if (run.error) throw run.error
  if (run.status !== 0) throw new Error(`porcupine failed: ${run.stderr.trim()}`)
  return JSON.parse(run.stdout) as PorcupineRun
}
