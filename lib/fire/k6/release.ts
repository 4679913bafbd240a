import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { childEnvironment, type Environment } from './environment.ts'
import type { K6Event } from './events.ts'
import { get, NetworkError, type Patience } from './http-get.ts'
import type { K6Platform } from './platform.ts'
import { pinnedK6Version } from './version.ts'

/** Where a release is fetched from. */
export interface ReleaseServer extends Patience {
  /** The folder that holds the archives and `k6-v2.2.0-checksums.txt`; no slash at the end. */
  baseUrl: string
}

/** The official release of the pinned version; short of patience, for the build is there to fall back to. */
export const officialRelease: ReleaseServer = {
  baseUrl: `https://github.com/grafana/k6/releases/download/v${pinnedK6Version}`,
  answerTimeoutMs: 5_000,
  stallTimeoutMs: 20_000,
}

/** What a slow step came to: the path of a k6 that nobody has run yet, or why there is none. */
export type Obtained = { obtained: true; path: string } | { obtained: false; why: string }

/** What fetching a release needs. */
export interface ReleaseRequest {
  platform: K6Platform
  server: ReleaseServer
  /** `scripts/k6` of the package, which may pin checksums. */
  moduleFolder: string
  /** An empty folder of our own to work in. */
  folder: string
  env: Environment
  signal?: AbortSignal
  onEvent: (event: K6Event) => void
}

/**
 * Fetches the official release's archive, checks its SHA-256 and unpacks k6 into the given folder.
 *
 * The checksum comes from `scripts/k6/checksums.txt` where the package has that file, and else from the
 * checksums file that k6 publishes beside the archive. The second guards against damage on the way;
 * that the release is k6's rests on the address being fixed, its exact version included, and on HTTPS.
 * The first guards against a replaced release as well: it is the published file, committed.
 *
 * Whatever goes wrong is `why`. Rejects only with the signal's reason, when aborted.
 */
export async function fetchRelease(request: ReleaseRequest): Promise<Obtained> {
  const { platform, server, folder, env, signal, onEvent } = request
  if (platform.release === undefined) {
    return no(`k6 v${pinnedK6Version} is not released for ${platform.goos}-${platform.goarch}`)
  }
  const { archive, member } = platform.release
  const address = `${server.baseUrl}/${archive}`
  onEvent({ kind: 'started', source: 'release', what: address })
  try {
    const expected = checksumOf(archive, await checksums(request))
    const file = join(folder, archive)
    const actual = await download(address, file, request)
    if (actual !== expected) {
      return no(`${address} was refused: its SHA-256 is ${actual}, and ${expected} was published`)
    }
    await unpack(file, member, folder, env, signal)
    return { obtained: true, path: join(folder, member) }
  } catch (error) {
    signal?.throwIfAborted()
    return no(`${(error as Error).message}${proxyHint(error, env)}`)
  }
}

function no(why: string): Obtained {
  return { obtained: false, why }
}

async function checksums(request: ReleaseRequest): Promise<string> {
  const { server, moduleFolder } = request
  const pinned = await readFile(join(moduleFolder, 'checksums.txt'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (pinned !== undefined) return pinned
  const address = `${server.baseUrl}/k6-v${pinnedK6Version}-checksums.txt`
  const pieces: Uint8Array[] = []
  for await (const piece of get(address, server, request.signal).body) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

/** Finds an archive's line in what `sha256sum` wrote: the hash, blanks or a star, the name. */
function checksumOf(archive: string, text: string): string {
  for (const line of text.split('\n')) {
    const [, hash, name] = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(line) ?? []
    if (hash !== undefined && name === archive) return hash.toLowerCase()
  }
  throw new Error(`The published checksums name no ${archive}, so it cannot be trusted`)
}

/** Writes what an address holds to a file and returns its SHA-256 in hexadecimal. */
async function download(address: string, file: string, request: ReleaseRequest): Promise<string> {
  const answer = get(address, request.server, request.signal)
  const hash = createHash('sha256')
  const begun = Date.now()
  let bytes = 0
  let shown = 0
  await pipeline(
    answer.body,
    async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        hash.update(piece)
        bytes += piece.length
        const elapsedMs = Date.now() - begun
        if (elapsedMs - shown >= 100 || bytes === answer.totalBytes()) {
          shown = elapsedMs
          request.onEvent({ kind: 'download', bytes, totalBytes: answer.totalBytes(), elapsedMs })
        }
        yield piece
      }
    },
    createWriteStream(file),
  )
  return hash.digest('hex')
}

/** `tar` unpacks both kinds: GNU's the tarballs of Linux, the BSD one of macOS and Windows zip as well. */
async function unpack(
  file: string,
  member: string,
  folder: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = { env: childEnvironment(env), signal, windowsHide: true }
  await promisify(execFile)('tar', ['-xf', file, '-C', folder, member], options).catch(
    (error: NodeJS.ErrnoException & { stderr?: string }) => {
      const said =
        error.code === 'ENOENT' ? 'there is no tar on the PATH' : error.stderr?.trim().split('\n')[0]
      throw new Error(`${file} could not be unpacked: ${said || error.message}`)
    },
  )
}

function proxyHint(error: unknown, env: Environment): string {
  const proxied = env.HTTPS_PROXY ?? env.https_proxy
  if (!(error instanceof NetworkError) || !proxied || env.NODE_USE_ENV_PROXY === '1') return ''
  return '; HTTPS_PROXY is set, which Node uses only where NODE_USE_ENV_PROXY=1 is set too'
}
