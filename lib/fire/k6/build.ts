import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from './environment.ts'
import type { K6Event } from './events.ts'
import { goEnvironment, runGo } from './go.ts'
import type { K6Platform } from './platform.ts'
import type { Obtained } from './release.ts'

/** What a build needs. */
export interface BuildRequest {
  platform: K6Platform
  /** The Go program, or `undefined` where none is on the PATH. */
  go: string | undefined
  /** `scripts/k6` of the package: the module that pins k6 and all it is made of. */
  moduleFolder: string
  /** An empty folder of our own to work in. */
  folder: string
  env: Environment
  signal?: AbortSignal
  onEvent: (event: K6Event) => void
}

/** The package of k6's program. */
const k6Package = 'go.k6.io/k6/v2'

/**
 * Builds k6 from the package's own Go module, exactly as go.mod and go.sum pin it, into the given
 * folder; Go's own temporaries go there too, so that nothing is left elsewhere. Whatever goes wrong is
 * `why`. Rejects only with the signal's reason, when aborted, once all of Go has ended.
 */
export async function buildK6(request: BuildRequest): Promise<Obtained> {
  const { platform, go, moduleFolder, folder, onEvent } = request
  if (go === undefined) return { obtained: false, why: 'Go is not on the PATH' }
  try {
    await access(join(moduleFolder, 'go.mod'))
  } catch {
    return {
      obtained: false,
      why: `${moduleFolder} holds no go.mod: the installation of Onset is incomplete`,
    }
  }
  onEvent({ kind: 'started', source: 'build', what: go })

  const scratch = join(folder, 'go')
  await mkdir(scratch)
  const env = {
    ...goEnvironment(request.env),
    GOTMPDIR: scratch,
    GOOS: platform.goos,
    GOARCH: platform.goarch,
    GOWORK: 'off',
    CGO_ENABLED: '0',
  }
  const begun = Date.now()

  let modules = 0
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false']
  const stale = await runGo(
    ['list', ...flags, '-deps', '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', k6Package],
    {
      ...{ go, cwd: moduleFolder, env, signal: request.signal },
      onErrorLine: (line) => {
        if (/^go: downloading /.test(line)) modules += 1
      },
      onProgress: () => onEvent({ kind: 'modules', done: modules, elapsedMs: Date.now() - begun }),
    },
  )
  if (!stale.ok) return { obtained: false, why: stale.why }

  const path = join(folder, platform.executable)
  const total = stale.stdout.split('\n').filter((line) => line !== '').length
  let compiled = 0
  const built = await runGo(['build', '-v', ...flags, '-o', path, k6Package], {
    ...{ go, cwd: moduleFolder, env, signal: request.signal },
    onErrorLine: (line) => {
      if (/^\S+$/.test(line)) compiled += 1
    },
    onProgress: () =>
      onEvent({ kind: 'packages', done: Math.min(compiled, total), total, elapsedMs: Date.now() - begun }),
  })
  return built.ok ? { obtained: true, path } : { obtained: false, why: built.why }
}
