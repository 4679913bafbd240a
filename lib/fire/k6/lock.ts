import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { isGone, type Owner, parseOwner, thisProcess } from './owner.ts'

/** How to wait for a lock. */
export interface LockOptions {
  signal?: AbortSignal
  /** Called at each look at a lock that somebody else holds; the owner is absent while it is unreadable. */
  onWait?: (owner: Owner | undefined) => void
}

const pollMs = 200

/**
 * Does `work` while holding the lock file `path`, waiting for it as long as its owner lives. The file
 * names its owner; that of a dead process is taken over.
 *
 * The lock spares others the work; it is not what keeps results whole. Should an owner on another
 * machine be judged dead too early, both work, each in a temporary of its own.
 *
 * Rejects with the signal's reason when aborted while waiting.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ ...(await thisProcess()), token: randomUUID() })
  while (!(await created(path, mine))) {
    const held = await holder(path)
    if (held === undefined || (held.gone && (await evict(path)))) continue
    options.onWait?.(held.owner)
    await delay(pollMs, undefined, { signal: options.signal }).catch((error) => {
      options.signal?.throwIfAborted()
      throw error
    })
  }
  try {
    options.signal?.throwIfAborted()
    return await work()
  } finally {
    if ((await holder(path))?.text === mine) await rm(path, { force: true })
  }
}

async function created(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

interface Holder {
  text: string
  /** Absent while it cannot be read. */
  owner: Owner | undefined
  /** Surely dead. */
  gone: boolean
  ageMs: number
}

async function holder(path: string): Promise<Holder | undefined> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const text = await file.readFile('utf8')
    const ageMs = Date.now() - (await file.stat()).mtimeMs
    const owner = parseOwner(text)
    return { text, owner, gone: await isGone(owner, ageMs), ageMs }
  } finally {
    await file.close()
  }
}

/** Taking over is a read and a removal; a mark of it that is older was left by a process that was killed. */
const longestTakeoverMs = 10_000

/**
 * Takes a dead owner's lock away, and leaves one whose owner may live. Several waiters may come here at
 * once, and one of them may already hold the lock anew. So only who has made the mark beside the lock
 * removes it, after judging it again: as nobody else removes a dead owner's lock, and nobody can make
 * one that exists, it is still the same. Returns false, and has done nothing, while another has the mark.
 */
export async function evict(path: string): Promise<boolean> {
  const mark = `${path}.takeover`
  if (!(await created(mark, ''))) {
    const left = await holder(mark)
    if (left && left.ageMs > longestTakeoverMs) await rm(mark, { force: true })
    return false
  }
  try {
    if ((await holder(path))?.gone) await rm(path, { force: true })
    return true
  } finally {
    await rm(mark, { force: true })
  }
}
