import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { Bindings } from '../../lib/fire/bindings.ts'
import { type FireOptions, fire } from '../../lib/fire/fire.ts'
import { findK6 } from '../../lib/fire/k6/index.ts'
import type { HistoryEventLine, HistoryRecord } from '../../lib/history/index.ts'
import type { Plan } from '../../lib/plan/index.ts'

/** A k6, a scenario with a fake watch, and a folder, for the tests of one file. */
export function useK6(): { k6Path: string; scenarioPath: string; folder: string } {
  const used = { k6Path: '', scenarioPath: '', folder: '' }
  beforeAll(async () => {
    used.folder = mkdtempSync(join(tmpdir(), 'onset-fire-'))
    const k6 = await findK6()
    if (!k6.found) throw new Error(k6.message)
    used.k6Path = k6.path
    used.scenarioPath = join(used.folder, 'scenario.js')
    await build({
      entryPoints: [join(import.meta.dirname, 'run-fake-watch.ts')],
      outfile: used.scenarioPath,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      external: ['k6', 'k6/*'],
      logLevel: 'error',
    })
  }, 600_000)
  afterAll(() => rmSync(used.folder, { recursive: true, force: true }))
  return used
}

/** A request as the server saw it. */
export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
  atMs: number
}

/** A server on the loopback address that keeps what it saw; closed when the test is over. */
export async function serve(
  answer: (seen: Seen, response: ServerResponse, all: readonly Seen[]) => void,
): Promise<{ url: string; seen: Seen[]; close: () => void }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const atMs = Date.now()
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body,
        atMs,
      }
      seen.push(one)
      answer(one, response, seen)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close }
}

/** A plan in which a test fills in what it is about. */
export function planOf(parts: Partial<Plan>): Plan {
  return {
    descriptors: [{ name: 'A', scopes: { integration: 'A', organization: 'acme' }, kind: 'alert' }],
    fills: [],
    watches: [],
    deadlineMs: 5_000,
    requestTimeoutMs: 2_000,
    maxRequests: 1_000,
    maxRatePerSecond: 1_000,
    ...parts,
  }
}

/** Alerts of descriptor A to a server. */
export function alertsTo(url: string): Bindings {
  const token = 'token-that-nobody-may-see'
  return {
    descriptors: {
      A: {
        url: `${url}/integrations/v1/formatted_webhook/${token}/`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"alert_uid":"u","title":"Onset load test {request}"}',
      },
    },
    secrets: [token],
  }
}

/** Fires, and gathers what is handed over. */
export async function gather(
  k6: { k6Path: string; scenarioPath: string; folder: string },
  plan: Plan,
  bindings: Bindings,
  options: Partial<FireOptions> = {},
) {
  const records: HistoryRecord[] = []
  const events: HistoryEventLine[] = []
  const outcome = await fire(plan, bindings, {
    k6Path: k6.k6Path,
    scenarioPath: k6.scenarioPath,
    runFolder: k6.folder,
    onRecord: (record) => records.push(record),
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { outcome, records, events }
}

/** The processes whose arguments hold a text, by id: which k6 runs, told by the path of its scenario. */
export function processesWith(text: string): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.includes(' -A -o pid='))
    .map((line) => Number.parseInt(line, 10))
}

/** Resolves as soon as a condition holds; looks often. The test's own time limit bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** A steady fill through descriptor A. */
export function fillOf(ratePerSecond: number, count: number, maxInFlight = 5): Plan['fills'][number] {
  return { descriptor: 'A', ratePerSecond, count, startMs: 0, maxInFlight }
}
