import { pinnedK6Version } from './version.ts'

/** A platform as Go and k6's release name it. */
export interface K6Platform {
  /** Go's names: `linux` and `amd64`. */
  goos: string
  goarch: string
  /** `k6`, or `k6.exe` on Windows. */
  executable: string
  /** What the cache calls a k6 of the pinned version for this platform: `k6-v2.2.0-linux-amd64`. */
  cacheName: string
  /** The official release's archive for this platform; absent where none is published. */
  release?: {
    /** `k6-v2.2.0-macos-arm64.zip` */
    archive: string
    /** The path of k6 in the archive: `k6-v2.2.0-macos-arm64/k6`. */
    member: string
  }
}

const goosOfNode: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', sunos: 'solaris' }
const goarchOfNode: Record<string, string> = { x64: 'amd64', ia32: '386' }

/** The archives of k6's release, which calls darwin `macos` and packs Linux alone as a tarball. */
const releases: Record<string, string> = {
  'linux-amd64': 'linux-amd64.tar.gz',
  'linux-arm64': 'linux-arm64.tar.gz',
  'darwin-amd64': 'macos-amd64.zip',
  'darwin-arm64': 'macos-arm64.zip',
  'windows-amd64': 'windows-amd64.zip',
}

/** Describes a platform given as Node names it (`process.platform`, `process.arch`). */
export function k6Platform(platform: NodeJS.Platform, arch: string): K6Platform {
  const goos = goosOfNode[platform] ?? platform
  const goarch = goarchOfNode[arch] ?? arch
  const executable = goos === 'windows' ? 'k6.exe' : 'k6'
  const described: K6Platform = {
    goos,
    goarch,
    executable,
    cacheName: `k6-v${pinnedK6Version}-${goos}-${goarch}${goos === 'windows' ? '.exe' : ''}`,
  }
  const published = releases[`${goos}-${goarch}`]
  if (published !== undefined) {
    const archive = `k6-v${pinnedK6Version}-${published}`
    described.release = { archive, member: `${archive.replace(/\.(tar\.gz|zip)$/, '')}/${executable}` }
  }
  return described
}
