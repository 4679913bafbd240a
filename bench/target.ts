/**
 * How many alerts the embedded target takes in, and refuses, and what that costs it: autocannon in this
 * process, the target in its own. The CPU is the target's, user and system time of all its threads, from
 * /proc; alerts per CPU second is what one core carries, whatever else the machine is busy with.
 *
 *   node bench/target.ts [--seconds 5] [--connections 32] [--algorithm fixed-window] [--json]
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { cpuSecondsOf } from '../lib/fire/cpu-use.ts'
import { type Algorithm, algorithms } from '../lib/spec/index.ts'
import { embeddedKey, spawnTarget, type TargetConfigInput } from '../lib/target/index.ts'

interface Measurement {
  case: string
  status: string
  requests: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** Of one core; above 1 where the collector's threads help. */
  cpuShare: number
  requestsPerCpuSecond: number
  residentMb: number
}

function cpuSeconds(pid: number): number {
  const seconds = cpuSecondsOf(pid)
  if (seconds === undefined) throw new Error('this system does not say what CPU time a process has used')
  return seconds
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

async function createIntegration(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/integrations/`, {
    method: 'POST',
    headers: { authorization: embeddedKey },
    body: JSON.stringify({ type: 'formatted_webhook', name: 'bench' }),
  })
  const { link } = (await response.json()) as { link: string }
  return link
}

async function measure(
  name: string,
  config: TargetConfigInput,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Measurement> {
  const target = await spawnTarget(config)
  try {
    const url = await createIntegration(target.url)
    const body = JSON.stringify({
      alert_uid: 'bench',
      title: 'bench',
      message: 'one of many',
      state: 'alerting',
    })
    const shot = {
      url,
      method: 'POST' as const,
      headers: { 'content-type': 'application/json' },
      body,
      connections,
    }
    await autocannon({ ...shot, duration: 1 })
    const [cpuBefore, startMs] = [cpuSeconds(target.pid), performance.now()]
    const result = await autocannon({ ...shot, duration: seconds })
    const elapsed = (performance.now() - startMs) / 1_000
    const cpu = cpuSeconds(target.pid) - cpuBefore
    if (result.errors > 0) throw new Error(`${name}: ${result.errors} requests failed`)
    return {
      case: name,
      status: Object.keys(result.statusCodeStats ?? {}).join(' '),
      requests: result.requests.total,
      requestsPerSecond: Math.round(result.requests.total / elapsed),
      p50Ms: result.latency.p50,
      p99Ms: result.latency.p99,
      cpuShare: Number((cpu / elapsed).toFixed(2)),
      requestsPerCpuSecond: Math.round(result.requests.total / cpu),
      residentMb: Math.round(await residentMb(target.pid)),
    }
  } finally {
    await target.stop()
  }
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    algorithm: { type: 'string', default: 'fixed-window' },
    json: { type: 'boolean', default: false },
  },
})
const load = { seconds: Number(values.seconds), connections: Number(values.connections) }
if (
  !algorithms.some((known) => known === values.algorithm) ||
  !(load.seconds > 0) ||
  !(load.connections > 0)
) {
  process.stderr.write(`expected --algorithm ${algorithms.join(' | ')}, and numbers above 0\n`)
  process.exit(2)
}
const algorithm = values.algorithm as Algorithm
const limited = (limit: number) => ({ algorithm, limit, windowMs: 3_600_000, phaseMs: Date.now() })
const wide = limited(10_000_000)

const measured = [
  await measure('accepted', { limits: { integration: wide, organization: wide } }, load),
  await measure('refused', { limits: { integration: limited(1), organization: wide } }, load),
]
if (values.json) process.stdout.write(`${JSON.stringify({ algorithm, ...load, measured })}\n`)
else console.table(measured)
