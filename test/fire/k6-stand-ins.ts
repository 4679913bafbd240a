import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Environment } from '../../lib/fire/k6/environment.ts'
import type { ReleaseServer } from '../../lib/fire/k6/index.ts'

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onset-k6-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/**
 * A machine without k6 and Go: a PATH with nothing but the few tools that are needed, an empty home and
 * an empty cache. `bin` is the first folder of the PATH.
 */
export interface Machine {
  env: Environment
  bin: string
  cache: string
  home: string
}

export async function bareMachine(): Promise<Machine> {
  const home = await temporaryFolder()
  const [bin, tools, cache] = ['bin', 'tools', 'cache'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ]
  await Promise.all([bin, tools].map((folder) => mkdir(folder)))
  for (const tool of ['sh', 'tar', 'gzip', 'chmod', 'env', 'ps']) {
    await symlink(installed(tool), join(tools, tool))
  }
  return { env: { PATH: [bin, tools].join(delimiter), HOME: home, ONSET_CACHE: cache }, bin, cache, home }
}

function installed(tool: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return join(folder, tool)
    } catch {
      // The next folder may have it.
    }
  }
  throw new Error(`These tests need ${tool} on the PATH`)
}

/** Writes an executable shell script, making its folder. */
export async function script(path: string, body: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
  return path
}

/** The body of a script that answers as k6 of that version does. */
export const answersAsK6 = (version: string) => `echo "k6 v${version} (go1.26.8, linux/amd64)"`

/** A stand-in for Go that waits at a gate in the middle of a build, and writes down what it was asked. */
export interface StandInGo {
  /** The arguments of each call so far, one call a line. */
  calls: () => Promise<string[]>
  /** The environment that the build was given. */
  environment: () => Promise<string>
  /** The process id of the build that is at the gate. */
  pid: () => Promise<number>
  /** Lets the build at the gate go on; waits until one is there. */
  open: () => Promise<void>
}

/** Puts a stand-in for Go on a machine's PATH. Its k6 is half written while the gate is closed. */
export async function standInGo(machine: Machine, { gated = false, fails = '' } = {}): Promise<StandInGo> {
  const at = (name: string) => join(machine.home, `go-${name}`)
  if (gated) execFileSync('mkfifo', [at('gate')])
  await script(
    join(machine.bin, 'go'),
    `
echo "$*" >> ${at('calls')}
case "$1" in
  version) echo "go version go1.26.8 linux/amd64" ;;
  list) echo "go: downloading example.org/a v1.0.0" >&2; echo example.org/a; echo example.org/b ;;
  build)
    env > ${at('env')}
    echo $$ > ${at('pid')}
    while [ "$1" != -o ]; do shift; done
    echo '#!/bin/sh' > "$2"
    chmod +x "$2"
    echo example.org/a >&2
    ${gated ? `read line < ${at('gate')}` : ''}
    ${fails ? `echo '# example.org/b' >&2; echo '${fails}' >&2; exit 1` : ''}
    echo '${answersAsK6('2.2.0')}' >> "$2"
    echo example.org/b >&2 ;;
esac`,
  )
  const text = (name: string) => readFile(at(name), 'utf8')
  return {
    calls: async () => (await text('calls').catch(() => '')).split('\n').filter((line) => line !== ''),
    environment: () => text('env'),
    pid: async () => Number(await text('pid')),
    open: () => writeFile(at('gate'), 'open\n'),
  }
}

/** A local server in the place of the release's. */
export async function releaseServer(listener: RequestListener): Promise<ReleaseServer> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}/v2.2.0`, answerTimeoutMs: 20_000, stallTimeoutMs: 20_000 }
}

/** A server at which nobody listens. */
export async function noReleaseServer(): Promise<ReleaseServer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return { baseUrl: `http://127.0.0.1:${port}`, answerTimeoutMs: 20_000, stallTimeoutMs: 20_000 }
}
