import { mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { buildK6 } from './build.ts'
import { cacheFolder, type Environment } from './environment.ts'
import type { K6Event } from './events.ts'
import { goOnPath } from './go.ts'
import { withLock } from './lock.ts'
import { type FoundK6, type K6Attempt, type LookOptions, lookForK6 } from './look.ts'
import { explainMissingK6 } from './missing.ts'
import { packageRoot } from './package-root.ts'
import { k6Platform } from './platform.ts'
import { type Probe, probeK6 } from './probe.ts'
import { fetchRelease, type Obtained, officialRelease, type ReleaseServer } from './release.ts'
import { sweepTemporaries, withTemporary } from './temporary.ts'

/** How to find k6. */
export interface FindOptions extends LookOptions {
  /** Told of all that takes time and of each source that is passed over. Must not throw. */
  onEvent?: (event: K6Event) => void
  /** Where releases are; the official place by default. */
  releases?: ReleaseServer
  /** The folder of the package, which holds `scripts/k6`; by default the one this code belongs to. */
  packageFolder?: string
}

/** A k6 to run, or all that was tried. */
export type K6 =
  | FoundK6
  | {
      found: false
      tried: K6Attempt[]
      /** What was tried and the ways to a k6, as a text of several lines for people. */
      message: string
    }

/**
 * Finds a k6 of major version 2, and gets one where there is none: ONSET_K6, the PATH, the cache, the
 * official release, a build from the package's own Go module, in this order. What it returns has just
 * answered `k6 version`.
 *
 * A k6 that is fetched or built appears in the cache whole or not at all. Of two processes that need it
 * at once, one gets it and the other waits and uses it.
 *
 * Rejects with the signal's reason when aborted, after ending what it started and removing what it
 * began to write. Everything else that goes wrong is in `tried`.
 */
export async function findK6(options: FindOptions = {}): Promise<K6> {
  const { signal, onEvent = () => {} } = options
  const look = await lookForK6(options)
  if (look.found) return look
  if (look.settled) return missing(look.tried)

  const env = options.env ?? process.env
  const platform = k6Platform(options.platform ?? process.platform, options.arch ?? process.arch)
  const cache = cacheFolder(env)
  const path = join(cache, platform.cacheName)
  const tried = [...look.tried]
  const skip = (attempt: K6Attempt) => {
    tried.push(attempt)
    onEvent({ kind: 'skipped', source: attempt.source, why: attempt.why })
  }
  for (const attempt of look.tried) {
    if (!attempt.absent) onEvent({ kind: 'skipped', source: attempt.source, why: attempt.why })
  }

  try {
    await mkdir(cache, { recursive: true })
    const begun = Date.now()
    const onWait = (owner: { pid: number } | undefined) =>
      onEvent({ kind: 'waiting', pid: owner?.pid, elapsedMs: Date.now() - begun })
    return await withLock(`${path}.lock`, { signal, onWait }, async () => {
      const meanwhile = await probeK6(path, env, signal)
      if (meanwhile.usable) return { found: true, path, version: meanwhile.version, source: 'cache', tried }
      await sweepTemporaries(cache, platform.cacheName)

      const moduleFolder = join(options.packageFolder ?? packageRoot(import.meta.url), 'scripts', 'k6')
      const server = options.releases ?? officialRelease
      const shared = { platform, moduleFolder, env, signal, onEvent }
      const sources = {
        release: (folder: string) => fetchRelease({ ...shared, folder, server }),
        build: async (folder: string) => buildK6({ ...shared, folder, go: await goOnPath(env, platform) }),
      }
      for (const source of ['release', 'build'] as const) {
        const probe = await obtain(path, shared, sources[source])
        if (probe.usable) return { found: true, path, version: probe.version, source, tried }
        skip({ source, why: probe.why })
      }
      return missing(tried)
    })
  } catch (error) {
    signal?.throwIfAborted()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    skip({ source: 'cache', why: `${cache} cannot be used (${message}); ONSET_CACHE names another folder` })
    return missing(tried)
  }
}

/** Gets a k6 into a temporary folder, tries it there, and only then moves it into the cache. */
async function obtain(
  path: string,
  { env, signal }: { env: Environment; signal?: AbortSignal },
  get: (folder: string) => Promise<Obtained>,
): Promise<Probe> {
  return withTemporary(dirname(path), basename(path), async (folder) => {
    const got = await get(folder)
    if (!got.obtained) return { usable: false, why: got.why, missing: false }
    const probe = await probeK6(got.path, env, signal)
    if (probe.usable) await rename(got.path, path)
    return probe
  })
}

function missing(tried: K6Attempt[]): K6 {
  return { found: false, tried, message: explainMissingK6(tried) }
}
