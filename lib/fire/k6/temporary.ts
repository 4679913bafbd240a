import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isGone, parseOwner, thisProcess } from './owner.ts'

const ownerFile = 'owner.json'

/**
 * Gives `work` an empty folder beside the cache's entry `name`, on the same file system so that what is
 * finished in it can be renamed into place, and removes it however the work ends. The folder names its
 * owner, so that one whose process was killed can be told and swept.
 */
export async function withTemporary<T>(
  cache: string,
  name: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(cache, `${name}.${randomUUID()}.tmp`)
  await mkdir(folder)
  try {
    await writeFile(join(folder, ownerFile), JSON.stringify(await thisProcess()))
    return await work(folder)
  } finally {
    await remove(folder)
  }
}

/** Removes the temporary folders of `name` whose owners are gone. */
export async function sweepTemporaries(cache: string, name: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    if (!entry.startsWith(`${name}.`) || !entry.endsWith('.tmp')) continue
    const folder = join(cache, entry)
    const text = await readFile(join(folder, ownerFile), 'utf8').catch(() => '')
    const made = await stat(folder).catch(() => undefined)
    if (made && (await isGone(parseOwner(text), Date.now() - made.mtimeMs))) await remove(folder)
  }
}

/** A compiler that was just ended may still be writing; hence the retries. */
function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
