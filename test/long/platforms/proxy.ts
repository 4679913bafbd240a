import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A proxy that can be given a snippet. */
export interface ProxyProgram {
  program: string
  /** A whole configuration with the snippet in it, for a port of 127.0.0.1, before what answers all with 200. */
  configuration(snippet: string, port: number, behindPort: number): string
  /** What has the program look at a configuration and nothing else. */
  check(file: string): string[]
  run(file: string): string[]
}

/** A snippet in two, where a comment says that the rest belongs elsewhere. */
function parted(snippet: string, second: string): [string, string] {
  const at = snippet.indexOf(second)
  if (at < 0) throw new Error(`expected a line ${second} in ${snippet}`)
  return [snippet.slice(0, at), snippet.slice(at)]
}

export const nginx: ProxyProgram = {
  program: 'nginx',
  configuration(snippet, port, behindPort) {
    const [http, location] = parted(snippet, '# in the server or location {}')
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (of) => `${of}_temp_path ${of};`,
    )
    return `daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events {}
http { access_log off; ${temporary.join(' ')}
${http}
server { listen 127.0.0.1:${port};
${location}
location / { proxy_pass http://127.0.0.1:${behindPort}; } } }
`
  },
  check: (file) => ['-t', '-q', '-e', 'stderr', '-p', join(file, '..'), '-c', file],
  run: (file) => ['-e', 'stderr', '-p', join(file, '..'), '-c', file],
}

export const haproxy: ProxyProgram = {
  program: 'haproxy',
  configuration(snippet, port, behindPort) {
    const [tables, rules] = parted(snippet, '# in the frontend:')
    return `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
${tables}
frontend onset
  bind 127.0.0.1:${port}
${rules}
  default_backend behind
backend behind
  server behind 127.0.0.1:${behindPort}
`
  },
  check: (file) => ['-c', '-f', file],
  run: (file) => ['-db', '-f', file],
}

/** Is a program on the PATH? */
export function isThere(program: string, ...versionArguments: string[]): boolean {
  return spawnSync(program, versionArguments, { stdio: 'ignore' }).error === undefined
}

/** Has a proxy look at a snippet. @returns what it complains of; nothing where it would start with it. */
export function complaints({ program, configuration, check }: ProxyProgram, snippet: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'onset-proxy-'))
  try {
    const file = join(folder, 'proxy.conf')
    writeFileSync(file, configuration(snippet, 1, 2))
    const { status, stdout, stderr, error } = spawnSync(program, check(file), { encoding: 'utf8' })
    if (error) throw error
    return status === 0 ? '' : `${stdout}${stderr}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Starts a proxy with a snippet, before a server that answers everything with 200. */
export async function started(
  { program, configuration, run }: ProxyProgram,
  snippet: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'onset-proxy-'))
  const behind = createServer((_, response) => response.end('ok'))
  const behindPort = await listening(behind)
  const port = await freePort()
  const file = join(folder, 'proxy.conf')
  writeFileSync(file, configuration(snippet, port, behindPort))
  const child = spawn(program, run(file), { stdio: ['ignore', 'inherit', 'inherit'] })
  await reachable(port, child)
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      behind.closeAllConnections()
      behind.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  server.close()
  await once(server, 'close')
  return port
}

/** Waits until something listens, or the program has ended. */
async function reachable(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const answer = await new Promise<string>((resolve) => {
      socket.once('connect', () => resolve('connected'))
      socket.once('error', ({ message }) => resolve(message))
    })
    socket.destroy()
    if (answer === 'connected') return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
