import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Bindings } from '../../lib/fire/bindings.ts'
import { alertsTo, fillOf, gather, planOf, serve, useK6 } from './run-kit.ts'

const k6 = useK6()

/**
 * A server that keeps every connection open, whatever the client asks for, answers the first request
 * on it, and hangs up in the middle of the second: after it has read, and would have counted, it.
 */
async function hangingUp(): Promise<{ url: string; counted: () => number }> {
  const sockets = new Set<Socket>()
  let counted = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    let requests = 0
    let text = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      const head = text.indexOf('\r\n\r\n')
      if (head < 0 || text.length < head + 4 + length) return
      text = ''
      counted++
      requests++
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
      else socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counted: () => counted }
}

function listOf(url: string, method: 'GET' | 'PUT' = 'GET'): Bindings {
  const body = method === 'PUT' ? '{}' : undefined
  return { descriptors: { A: { url: `${url}/list/`, method, headers: {}, body } }, secrets: [] }
}

const keyPlan = planOf({
  descriptors: [{ name: 'A', scopes: { apiKey: 'A' }, kind: 'list' }],
  fills: [fillOf(20, 20, 1)],
})

test('the trap is there: on kept connections k6 repeats a GET without a word', async () => {
  const server = await hangingUp()
  const script = join(k6.folder, 'trap.js')
  writeFileSync(
    script,
    `import http from 'k6/http'
     export const options = { vus: 1, iterations: 20 }
     export default () => { if (http.get('${server.url}/list/').status === 200) console.log('answered') }`,
  )
  const { stderr } = await promisify(execFile)(k6.k6Path, ['run', '--quiet', '--no-usage-report', script])
  expect(stderr.match(/answered/g)).toHaveLength(20)
  expect(server.counted()).toBeGreaterThan(20)
})

test('a fired GET is never repeated: the server counts what was recorded', async () => {
  const server = await hangingUp()
  const { records } = await gather(k6, keyPlan, listOf(server.url))
  expect(records).toHaveLength(20)
  for (const { status } of records) expect(status).toBe(200)
  expect(server.counted()).toBe(20)
})

test('neither is one of a watch', async () => {
  const server = await hangingUp()
  const gauge = {
    scope: 'apiKey',
    limit: 100,
    windowMs: 1_000,
    fillers: ['A'],
    ratePerSecond: 50,
    probeEveryMs: 100,
    confirmRefusals: 1,
    maxFill: 20,
  }
  const watches = [
    { name: 'key', gauges: [gauge], startMs: 0, deadlineMs: 4_000, maxInFlight: 5, maxRequests: 20 },
  ]
  const { records } = await gather(k6, { ...keyPlan, fills: [], watches }, listOf(server.url))
  expect(records).toHaveLength(20)
  expect(server.counted()).toBe(20)
})

test('a POST travels on kept connections and is not repeated when one breaks: it is unknown', async () => {
  const server = await hangingUp()
  const { records } = await gather(k6, planOf({ fills: [fillOf(20, 20, 1)] }), alertsTo(server.url))
  expect(records).toHaveLength(20)
  expect(server.counted()).toBe(20)
  expect(records.filter(({ status }) => status === 200)).toHaveLength(10)
  for (const { status, error } of records) expect(error === undefined).toBe(status === 200)
})

test('a redirect is recorded and not followed', async () => {
  const elsewhere = await serve((_, response) => response.end())
  const server = await serve((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
  const { records } = await gather(k6, planOf({ fills: [fillOf(20, 3)] }), alertsTo(server.url))
  expect(records.map(({ status }) => status)).toEqual([302, 302, 302])
  expect(elsewhere.seen).toEqual([])
})

test('a list is read page after page, and never beyond its own host', async () => {
  const elsewhere = await serve((_, response) => response.end())
  const server = await serve(({ url }, response) => {
    const next = url === '/list/' ? `${server.url}/list/?page=2` : `${elsewhere.url}/list/?page=3`
    response.end(JSON.stringify({ next, results: [] }))
  })
  const { records } = await gather(k6, keyPlan, listOf(server.url))
  expect(records).toHaveLength(20)
  const pages = server.seen.map(({ url }) => url)
  expect(pages.slice(0, 4)).toEqual(['/list/', '/list/?page=2', '/list/', '/list/?page=2'])
  expect(elsewhere.seen).toEqual([])
})
