/**
 * What recording every request costs k6: how late requests leave against the schedule, with the
 * recorder and without it, in alternating runs of the same scenario at the same rate. Lateness is
 * taken where requests arrive, at a server that does nothing else, in a process of its own: the k-th
 * arrival against the k-th instant of the schedule, which starts where the earliest of them fits. The
 * first second is left out, in which every virtual user opens its connection. It wants the machine for
 * itself: k6 and the server take two cores at the default rate.
 *
 *   node bench/recorder.ts [--rate 4000] [--seconds 5] [--pairs 5] [--json]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import type { Bindings } from '../lib/fire/bindings.ts'
import { fire } from '../lib/fire/index.ts'
import { findK6, packageRoot } from '../lib/fire/k6/index.ts'
import { exitWords, startK6 } from '../lib/fire/k6-process.ts'
import { createHistoryWriter, defaultOutcomeRule, openHistoryFile } from '../lib/history/index.ts'
import type { Plan } from '../lib/plan/index.ts'
import { startBareServer } from './bare/server.ts'

const aimedRatio = 1.1

interface Lateness {
  requests: number
  p50Ms: number
  p99Ms: number
}

function latenessOf(arrivals: number[], ratePerSecond: number): Lateness {
  const periodMs = 1000 / ratePerSecond
  const warmUp = Math.min(ratePerSecond, arrivals.length >> 1)
  const against = arrivals
    .sort((a, b) => a - b)
    .slice(warmUp)
    .map((atMs, k) => atMs - k * periodMs)
  const startMs = against.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const late = against.map((value) => value - startMs).sort((a, b) => a - b)
  const at = (share: number) => late[Math.floor(share * (late.length - 1))] ?? Number.NaN
  return { requests: arrivals.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}

async function bench(rate: number, seconds: number, pairs: number, json: boolean): Promise<void> {
  const k6 = await findK6()
  if (!k6.found) throw new Error(k6.message)
  const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'))
  const server = await startBareServer()
  try {
    const plan: Plan = {
      descriptors: [{ name: 'A', scopes: { integration: 'A' }, kind: 'alert' }],
      fills: [{ descriptor: 'A', ratePerSecond: rate, count: rate * seconds, startMs: 0, maxInFlight: 500 }],
      watches: [],
      deadlineMs: seconds * 1000,
      requestTimeoutMs: 5_000,
      maxRequests: rate * seconds,
      maxRatePerSecond: rate,
    }
    const headers = { 'content-type': 'application/json' }
    const bindings: Bindings = {
      descriptors: { A: { url: server.url, method: 'POST', headers, body: '{"title":"{request}"}' } },
      secrets: [],
    }
    const scenario = (silent: boolean) => bundle(folder, silent)
    const [recording, silent] = [await scenario(false), await scenario(true)]
    const planPath = join(folder, 'plan.json')
    await writeFile(planPath, JSON.stringify(plan))

    let runs = 0
    const withRecorder = async () => {
      const history = createHistoryWriter(openHistoryFile(join(folder, `history-${++runs}.ndjson`)), {
        tool: `k6 v${k6.version}`,
        startedAtMs: Date.now(),
        clockSlackMs: 1,
        descriptors: plan.descriptors,
      })
      const outcome = await fire(plan, bindings, {
        k6Path: k6.path,
        scenarioPath: recording,
        runFolder: folder,
        onRecord: (record) => history.record(record),
        onEvent: (event) => history.event(event),
      })
      await history.close()
      if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    }
    const withoutRecorder = async () => {
      const home = join(folder, `home-${++runs}`)
      await mkdir(home)
      const variables = {
        ONSET_PLAN: planPath,
        ONSET_BINDINGS: JSON.stringify(bindings),
        ONSET_OUTCOMES: JSON.stringify(defaultOutcomeRule),
        ONSET_LANE: 'kept',
      }
      const exit = await startK6(k6.path, silent, '/dev/null', home, variables, []).exited
      if (exit.exitCode !== 0) throw new Error(exitWords(exit))
    }
    const measure = async (run: () => Promise<void>): Promise<Lateness> => {
      await run()
      return latenessOf(await server.arrivals(), rate)
    }

    const rows: { without: Lateness; recorder: Lateness; ratio: number }[] = []
    for (let pair = 0; pair < pairs; pair++) {
      const without = await measure(withoutRecorder)
      const recorder = await measure(withRecorder)
      rows.push({ without, recorder, ratio: recorder.p99Ms / without.p99Ms })
    }
    const ratio =
      median(rows.map(({ recorder }) => recorder.p99Ms)) / median(rows.map(({ without }) => without.p99Ms))
    if (json) {
      process.stdout.write(`${JSON.stringify({ rate, seconds, rows, ratio, aimedRatio })}\n`)
      return
    }
    console.table(
      rows.flatMap(({ without, recorder, ratio }) => [
        { recorder: 'no', ...rounded(without) },
        { recorder: 'yes', ...rounded(recorder), ratio: ratio.toFixed(2) },
      ]),
    )
    console.log(
      `median p99 of lateness with the recorder against without: ${ratio.toFixed(2)} (aim: at most ${aimedRatio})`,
    )
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The scenario as it is, or one whose virtual users say nothing. */
async function bundle(folder: string, silent: boolean): Promise<string> {
  const outfile = join(folder, silent ? 'silent.js' : 'recording.js')
  const contents = silent
    ? `import * as verify from './verify.ts'
       export const { options, setup } = verify
       export const fill = () => { globalThis.console = { log() {} }; return verify.fill() }`
    : `export * from './verify.ts'`
  await build({
    stdin: { contents, resolveDir: join(packageRoot(import.meta.url), 'scenarios'), loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    external: ['k6', 'k6/*'],
    logLevel: 'error',
  })
  return outfile
}

function median(numbers: number[]): number {
  const sorted = numbers.sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]] as [number, number]
  return (low + high) / 2
}

function rounded({ requests, p50Ms, p99Ms }: Lateness) {
  return { requests, p50Ms: p50Ms.toFixed(2), p99Ms: p99Ms.toFixed(2) }
}

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '4000' },
    seconds: { type: 'string', default: '5' },
    pairs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const [rate, seconds, pairs] = [values.rate, values.seconds, values.pairs].map(Number) as [
  number,
  number,
  number,
]
if (![rate, seconds, pairs].every((n) => Number.isSafeInteger(n) && n > 0)) {
  process.stderr.write('expected whole numbers above 0 for --rate, --seconds and --pairs\n')
  process.exit(2)
} else await bench(rate, seconds, pairs, values.json)
