import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, isGone, parseOwner, thisProcess } from '../fire/k6/index.ts'

/**
 * What this machine knows of a run by its id: it goes on, its process has ended, or nothing is known,
 * as of a run of another machine or of long ago.
 */
export type RunState = 'going-on' | 'ended' | 'unknown'

/** Notes older than this say nothing that the age of a run does not say as well. */
const keptMs = 30 * 24 * 3_600_000

const folder = () => join(cacheFolder(process.env), 'runs-under-way')
const noteOf = (runId: string) => join(folder(), `${runId}.json`)

/**
 * Notes for this machine that this process carries out a run, so that nobody takes its integrations
 * for remains. The note outlives a process that is killed, and says then that the run has ended.
 * @returns forgets the run, to be called where it has left nothing behind.
 * @throws an error of the file system, where nothing can be noted.
 */
export async function noteRun(runId: string): Promise<() => Promise<void>> {
  await mkdir(folder(), { recursive: true })
  await forgetOld()
  await writeFile(noteOf(runId), JSON.stringify(await thisProcess()))
  return () => rm(noteOf(runId), { force: true })
}

/** What this machine knows of a run. */
export async function runState(runId: string): Promise<RunState> {
  const path = noteOf(runId)
  try {
    const owner = parseOwner(await readFile(path, 'utf8'))
    const { mtimeMs } = await stat(path)
    // A home that machines share has notes of others, whose processes cannot be seen from here.
    if (owner && owner.host !== (await thisProcess()).host) return 'unknown'
    return (await isGone(owner, Date.now() - mtimeMs)) ? 'ended' : 'going-on'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'unknown'
    throw error
  }
}

async function forgetOld(): Promise<void> {
  for (const name of await readdir(folder())) {
    const path = join(folder(), name)
    const made = await stat(path).catch(() => undefined)
    if (made && Date.now() - made.mtimeMs > keptMs) await rm(path, { force: true })
  }
}
