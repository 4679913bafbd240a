/**
 * How long it takes to replay a history through 100 limits at once: alerts of 200 integrations, a few of
 * them noisy, through an integration's limit, which is tried, and the organization's. Growth with the number of
 * requests, and the memory that it takes.
 *
 *   node bench/tune.ts [--requests 1000000] [--organizations 1] [--threads 2] [--json]
 *
 * With one organization, its limit refuses most, and all that it refuses is skipped; with ten, a third comes through,
 * and of the others each is looked at.
 *
 * The aim is ten million requests through 100 limits in 30 seconds, on two cores: --requests 10000000.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { seededRandom } from '../lib/simulate/random.ts'
import {
  type CandidateLimit,
  candidatesOf,
  type Demand,
  emptyDemand,
  replayInThreads,
} from '../lib/tune/index.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    organizations: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
})
const most = wholeFrom(1_000, 'requests')
const organizations = wholeFrom(1, 'organizations')
const threads = wholeFrom(1, 'threads')
const seed = 1
const integrations = 200

/** Alerts at 50 a second on average; the first integrations send most of them. */
function alerts(count: number): Demand {
  const random = seededRandom(seed)
  let atUs = Date.UTC(2026, 10, 23) * 1000
  const demand = emptyDemand(
    Array.from({ length: integrations }, (_, index) => ({
      name: `integration ${index}`,
      scopes: { integration: `${index}`, organization: `${index % organizations}` },
    })),
    count,
  )
  demand.cost.fill(1)
  for (let row = 0; row < count; row++) {
    atUs += Math.floor(-Math.log(1 - random()) * 20_000)
    demand.atUs[row] = atUs
    demand.descriptor[row] = Math.floor(random() ** 3 * integrations)
  }
  return demand
}

const limit = (scope: string, most: number): CandidateLimit => ({
  name: scope,
  scope,
  limit: most,
  windowMs: 300_000,
  algorithm: 'fixed-window',
  limitedRequests: 'free',
  chargedWhenRefused: 'free',
})
const candidates = candidatesOf([limit('integration', 300), limit('organization', 500)], {
  scope: 'integration',
  limits: [50, 100, 150, 200, 250, 300, 400, 500, 750, 1000],
  windowsMs: [60_000, 300_000],
  algorithms: ['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter', 'token-bucket'],
})

async function measure(requests: number) {
  const demand = alerts(requests)
  const startMs = performance.now()
  const cpu = process.cpuUsage()
  const replayed = await replayInThreads(demand, candidates, undefined, threads)
  const seconds = (performance.now() - startMs) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const mebibytes = Math.round(process.memoryUsage.rss() / 2 ** 20)
  return {
    requests,
    candidates: replayed.length,
    seconds,
    threads,
    // Of the processor, which others that use it do not change by much.
    nsPerDecision: ((user + system) * 1000) / requests / replayed.length,
    mebibytes,
  }
}
const measured = [await measure(Math.round(most / 10)), await measure(most)]

if (values.json) process.stdout.write(`${JSON.stringify({ seed, measured }, undefined, 2)}\n`)
else {
  for (const { requests, candidates, seconds, nsPerDecision, mebibytes } of measured) {
    process.stdout.write(
      `${requests} requests through ${candidates} limits in ${threads} threads: ${seconds.toFixed(2)} s, ${nsPerDecision.toFixed(0)} ns of the processor for each of both, ${mebibytes} MiB in all\n`,
    )
  }
}

function wholeFrom(least: number, option: 'requests' | 'organizations' | 'threads'): number {
  const value = Number(values[option])
  if (Number.isInteger(value) && value >= least) return value
  process.stderr.write(`--${option}: expected a whole number from ${least} on, got ${values[option]}\n`)
  process.exit(2)
}
