import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, childEnvironment, type Environment, onPath } from './environment.ts'
import type { K6Source } from './events.ts'
import { goOnPath } from './go.ts'
import { type K6Platform, k6Platform } from './platform.ts'
import { probeK6 } from './probe.ts'
import { officialRelease } from './release.ts'
import { pinnedK6Version } from './version.ts'

/** Where to look; all of it defaults to the running process. */
export interface LookOptions {
  env?: Environment
  /** As in `process.platform` and `process.arch`. */
  platform?: NodeJS.Platform
  arch?: string
  signal?: AbortSignal
}

/** A source that was no use, and why, as a clause that may follow the source's name and a colon. */
export interface K6Attempt {
  source: K6Source
  why: string
  /** True where there simply was nothing, which is no news. */
  absent?: boolean
}

/** A k6 that answers to its name. */
export interface FoundK6 {
  found: true
  /** Absolute. */
  path: string
  /** Without the `v`: `2.2.0`. */
  version: string
  source: K6Source
  /** What was passed over before it, such as a k6 v1 on the PATH. */
  tried: K6Attempt[]
}

/** What is at hand, from looking alone. */
export type K6Outlook =
  | FoundK6
  | {
      found: false
      tried: K6Attempt[]
      /**
       * True where ONSET_K6 is set to something unusable: then nothing else is tried, because whoever set
       * it would otherwise be measured with another k6 than they think.
       */
      settled: boolean
      /** What `findK6` would then do, in order. Empty where `settled`. */
      ways: K6Way[]
    }

/** A way to a k6 that is not there yet. `what` is a sentence for people. */
export interface K6Way {
  source: 'release' | 'build'
  possible: boolean
  what: string
}

/**
 * Looks for k6 without fetching or building: in ONSET_K6, on the PATH, in the cache. Runs what it finds
 * as `k6 version`, and `go version` where nothing is found; asks no network.
 *
 * Rejects only with the signal's reason, when aborted.
 */
export async function lookForK6(options: LookOptions = {}): Promise<K6Outlook> {
  const env = options.env ?? process.env
  const platform = k6Platform(options.platform ?? process.platform, options.arch ?? process.arch)
  const tried: K6Attempt[] = []

  if (env.ONSET_K6) {
    const path = resolve(env.ONSET_K6)
    const probe = await probeK6(path, env, options.signal)
    if (probe.usable) return { found: true, path, version: probe.version, source: 'env', tried }
    return { found: false, tried: [{ source: 'env', why: probe.why }], settled: true, ways: [] }
  }

  for (const path of onPath(env, platform.executable)) {
    const probe = await probeK6(path, env, options.signal)
    if (probe.usable) return { found: true, path, version: probe.version, source: 'path', tried }
    if (!probe.missing) tried.push({ source: 'path', why: probe.why })
  }
  if (tried.length === 0) tried.push({ source: 'path', why: 'no k6 is on it', absent: true })

  const path = join(cacheFolder(env), platform.cacheName)
  const probe = await probeK6(path, env, options.signal)
  if (probe.usable) return { found: true, path, version: probe.version, source: 'cache', tried }
  tried.push({ source: 'cache', why: probe.why, absent: probe.missing })

  return { found: false, tried, settled: false, ways: [releaseWay(platform), await buildWay(env, platform)] }
}

function releaseWay(platform: K6Platform): K6Way {
  const { release, goos, goarch } = platform
  return release === undefined
    ? { source: 'release', possible: false, what: `k6 is not released for ${goos}-${goarch}.` }
    : { source: 'release', possible: true, what: `Fetch ${officialRelease.baseUrl}/${release.archive}.` }
}

async function buildWay(env: Environment, platform: K6Platform): Promise<K6Way> {
  const go = await goOnPath(env, platform)
  if (go === undefined) {
    return { source: 'build', possible: false, what: 'k6 cannot be built: Go is not on the PATH.' }
  }
  try {
    const { stdout } = await promisify(execFile)(go, ['version'], {
      env: childEnvironment(env),
      timeout: 30_000,
    })
    const version = /go\d\S*/.exec(stdout)?.[0] ?? go
    return { source: 'build', possible: true, what: `Build k6 v${pinnedK6Version} with ${version}.` }
  } catch (error) {
    const what = `k6 cannot be built: "${go} version" failed: ${(error as Error).message.trim().split('\n').at(-1)}`
    return { source: 'build', possible: false, what }
  }
}
