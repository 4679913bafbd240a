import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { z } from 'zod'

/** Who holds a lock or a temporary folder. */
export const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, in the system's own form; tells it from a later one with the same pid. */
  started: z.string().optional(),
})
export type Owner = z.output<typeof ownerSchema>

/** The running process as an owner. */
export async function thisProcess(): Promise<Owner> {
  return { pid: process.pid, host: hostname(), started: await startOf(process.pid) }
}

/** Reads an owner back from its JSON; `undefined` where the text is torn. */
export function parseOwner(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Nothing that an owner of another machine does takes this long; that machine cannot be asked. */
const longestElsewhereMs = 30 * 60_000
/** An owner is written at once after its file is made; one that is still torn then died in between. */
const longestTornMs = 10_000

/**
 * Is the owner surely dead, so that what it left may be taken away? A process of this machine is when
 * it has ended, or when its pid now belongs to another. Of another machine only `ageMs`, the time since
 * it wrote its name, can tell. `undefined` stands for an owner that could not be read.
 */
export async function isGone(owner: Owner | undefined, ageMs: number): Promise<boolean> {
  if (owner === undefined) return ageMs > longestTornMs
  if (owner.host !== hostname()) return ageMs > longestElsewhereMs
  if (!signalReaches(owner.pid)) return true
  const started = await startOf(owner.pid)
  return owner.started !== undefined && started !== owner.started
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When a process started: on Linux the clock ticks after boot of proc_pid_stat(5), field 22, else what
 * ps says. `undefined` for a process that has ended (a zombie has), and where neither can be asked.
 */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // The name in field 2 may hold spaces and brackets: count from its last bracket, field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  }
  if (process.platform === 'win32') return undefined
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  return promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env }).then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  )
}
