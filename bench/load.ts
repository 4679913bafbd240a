/**
 * How late the requests of an open-model load leave: k6 sends to a server that does nothing but answer, in
 * a process of its own, and every record is held against the place of its request in the schedule. k6's
 * clock counts whole milliseconds, so this is what it shows, give or take one. Beside it, what the answers
 * took, and what k6 used of the processor. It wants the machine for itself.
 *
 *   node bench/load.ts [--rates 1000,4000] [--seconds 5] [--arrivals poisson] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleScenario } from '../lib/fire/bundle.ts'
import { fire, readLoadRequest } from '../lib/fire/index.ts'
import { findK6 } from '../lib/fire/k6/index.ts'
import { busiestSecond, type Load, type Plan, requestCount, scheduleOf } from '../lib/plan/index.ts'
import { type BareServer, startBareServer } from './bare/server.ts'

interface Measured {
  ratePerSecond: number
  sent: number
  dropped: number
  lateP50Ms: number
  lateP99Ms: number
  lateMaxMs: number
  answeredP50Ms: number
  answeredP99Ms: number
  cpuShareOfCore: number | undefined
  cpuUsPerRequest: number | undefined
}

async function measure(
  ratePerSecond: number,
  {
    seconds,
    arrivals,
    server,
    folder,
  }: { seconds: number; arrivals: Load['arrivals']; server: BareServer; folder: string },
): Promise<Measured> {
  const k6 = await findK6()
  if (!k6.found) throw new Error(k6.message)
  const durationMs = seconds * 1000
  const load: Load = {
    descriptors: ['A'],
    stages: [{ durationMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
    arrivals,
    seed: 1,
    startMs: 500,
    maxInFlight: 1_000,
  }
  const schedule = scheduleOf(load)
  const plan: Plan = {
    descriptors: [{ name: 'A', scopes: { integration: 'A' }, kind: 'alert' }],
    fills: [],
    watches: [],
    loads: [load],
    deadlineMs: durationMs + 1_000,
    requestTimeoutMs: 5_000,
    maxRequests: requestCount(load),
    maxRatePerSecond: 2 * busiestSecond(schedule),
  }
  const headers = { 'content-type': 'application/json' }
  const sent: { turn: number; atMs: number; durationMs: number }[] = []
  let dropped = 0
  const outcome = await fire(
    plan,
    {
      descriptors: { A: { url: server.url, method: 'POST', headers, body: '{"title":"{request}"}' } },
      secrets: [],
    },
    {
      k6Path: k6.path,
      scenarioPath: join(folder, 'verify.js'),
      runFolder: folder,
      onRecord: (record) => {
        const { turn } = readLoadRequest(record.request) ?? {}
        if (turn === undefined || record.status !== 200)
          throw new Error(`an odd record: ${JSON.stringify(record)}`)
        sent.push({ turn, atMs: record.sent, durationMs: record.durationMs as number })
      },
      onEvent: (event) => {
        if (event.event === 'dropped') dropped += event.count
      },
    },
  )
  const startedAtMs = outcome.loadsStartedAtMs[0]
  if (outcome.kind !== 'finished' || startedAtMs === undefined) throw new Error(JSON.stringify(outcome))
  const late = quantiles(sent.map(({ turn, atMs }) => atMs - startedAtMs - (schedule[turn] as number)))
  const answered = quantiles(sent.map((each) => each.durationMs))
  return {
    ratePerSecond,
    sent: sent.length,
    dropped,
    lateP50Ms: late(0.5),
    lateP99Ms: late(0.99),
    lateMaxMs: late(1),
    answeredP50Ms: answered(0.5),
    answeredP99Ms: answered(0.99),
    cpuShareOfCore: outcome.cpu?.shareOfCore,
    cpuUsPerRequest: outcome.cpu && (outcome.cpu.cpuSeconds * 1e6) / sent.length,
  }
}

function quantiles(numbers: number[]): (share: number) => number {
  const sorted = numbers.sort((a, b) => a - b)
  return (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
}

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '1000,4000' },
    seconds: { type: 'string', default: '5' },
    arrivals: { type: 'string', default: 'poisson' },
    json: { type: 'boolean', default: false },
  },
})
const [rates, seconds] = [values.rates.split(',').map(Number), Number(values.seconds)]
const { arrivals } = values
if (
  ![...rates, seconds].every((n) => n > 0 && Number.isFinite(n)) ||
  (arrivals !== 'poisson' && arrivals !== 'even')
) {
  process.stderr.write(
    'expected numbers above 0 for --rates and --seconds, and poisson or even for --arrivals\n',
  )
  process.exit(2)
}

const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'))
const server = await startBareServer()
try {
  await bundleScenario({ scenario: 'verify', folder })
  const measured: Measured[] = []
  for (const rate of rates) measured.push(await measure(rate, { seconds, arrivals, server, folder }))
  if (values.json) process.stdout.write(`${JSON.stringify({ seconds, arrivals, measured })}\n`)
  else
    console.table(
      measured.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, n]) => [name, n && Number(n.toFixed(2))])),
      ),
    )
} finally {
  server.close()
  await rm(folder, { recursive: true, force: true })
}
