import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Listens on a free port of the loopback address until the test is over. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server that answers everything in one way, and counts. */
export async function answering(
  answer: (response: ServerResponse, path: string) => void,
): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = []
  const server = createServer((incoming, response) => {
    heard.push(`${incoming.method} ${incoming.url}`)
    incoming.resume().on('end', () => answer(response, incoming.url ?? ''))
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, heard }
}

function passOn(port: number, path: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = incoming
  const onward = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  incoming.pipe(onward)
}

/**
 * A proxy that leads to one target, whatever host is asked for: requests are passed on to `port`, and
 * tunnels (CONNECT) end at `tunnelPort`. It keeps what it was asked for.
 */
export async function proxyTo(port: number, tunnelPort = port): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((incoming, response) => {
    const { host, pathname, search } = new URL(incoming.url ?? '')
    asked.push(`${incoming.method} ${host}`)
    passOn(port, pathname + search, incoming, response)
  })
  server.on('connect', (incoming, socket, head) => {
    asked.push(`CONNECT ${incoming.url}`)
    const through = connect(tunnelPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      through.write(head)
      through.pipe(socket)
      socket.pipe(through)
    })
    through.on('error', () => socket.destroy())
    socket.on('error', () => through.destroy())
    onTestFinished(() => {
      through.destroy()
    })
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, asked }
}

/** A private authority in a folder, and a certificate of it for one host. */
export function certificateFor(folder: string, host: string): { caFile: string; key: Buffer; cert: Buffer } {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  )
  openssl('req', ...curve, '-keyout', 'host.key', '-out', 'host.csr', '-subj', `/CN=${host}`)
  writeFileSync(join(folder, 'host.ext'), `subjectAltName=DNS:${host}\n`)
  const signing = [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'host.ext',
  ]
  openssl('x509', '-req', '-in', 'host.csr', ...signing, '-out', 'host.pem')
  const read = (name: string) => readFileSync(join(folder, name))
  return { caFile: join(folder, 'ca.pem'), key: read('host.key'), cert: read('host.pem') }
}

/** What stands before a target and speaks TLS for it; counts what it passed on. */
export async function tlsBefore(
  port: number,
  { key, cert }: { key: Buffer; cert: Buffer },
): Promise<{ port: number; passed: string[] }> {
  const passed: string[] = []
  const server = createTlsServer({ key, cert }, (incoming, response) => {
    passed.push(`${incoming.method} ${incoming.url}`)
    passOn(port, incoming.url ?? '/', incoming, response)
  })
  server.on('tlsClientError', () => undefined)
  return { port: await listening(server), passed }
}
