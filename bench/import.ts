/**
 * How long it takes to import what k6 wrote, beside DuckDB and `wc -l` on the same file, in turns. DuckDB
 * answers less: it filters the durations and computes quantiles by a tag and the status, and puts no
 * requests together. The file is made by k6 itself, and then repeated, every copy an hour later, until it
 * is as long as asked for. DuckDB is installed for the time of the benchmark only; without a network its
 * column is left out, and the benchmark says so and fails.
 *
 *   node bench/import.ts [--megabytes 900] [--rounds 5] [--json]
 */
import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { findK6 } from '../lib/fire/k6/index.ts'
import { defaultOutcomeRule } from '../lib/history/index.ts'
import { importFile } from '../lib/import/index.ts'
import { spawnTarget } from '../lib/target/index.ts'

/** Requests that k6 makes; the file is repeated up to 24 times, once for each hour of a day. */
const iterations = 20_000

const script = (url: string) => `
import http from 'k6/http'
import { check } from 'k6'
export const options = { scenarios: { s: { executor: 'shared-iterations', vus: 10, iterations: ${iterations} } } }
export default function () {
  const tags = { integration: 'k' + (__VU % 4), organization: 'acme' }
  check(http.post('${url}/', '{}', { tags }), { answered: ({ status }) => status > 0 })
}`

const query = `
import duckdb, sys, time
connection = duckdb.connect()
connection.execute("set threads = 2")
started = time.perf_counter()
rows = connection.execute("""
  select data.tags.integration, data.tags.status, count(*), quantile_cont(data.value, [0.5, 0.9, 0.99])
  from read_json(?, format = 'newline_delimited', columns = {metric: 'VARCHAR', type: 'VARCHAR',
    data: 'STRUCT(value DOUBLE, tags STRUCT(integration VARCHAR, status VARCHAR))'})
  where metric = 'http_req_duration' and type = 'Point' group by all""", [sys.argv[1]]).fetchall()
print((time.perf_counter() - started) * 1000, sum(row[2] for row in rows))`

async function bench(megabytes: number, rounds: number, json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'))
  try {
    const { path, copies } = await makeFile(folder, megabytes)
    const python = join(folder, 'venv', 'bin', 'python')
    run('python3', ['-m', 'venv', join(folder, 'venv')])
    run(python, ['-m', 'pip', 'install', '--quiet', 'duckdb'])
    await writeFile(join(folder, 'query.py'), query)
    const rows: { importMs: number; duckdbMs: number; wcMs: number }[] = []
    for (let round = 0; round < rounds; round++) {
      const importMs = await timed(async () => {
        const rules = [{ scope: 'integration', from: { kind: 'field' as const, name: 'integration' } }]
        const terms = { rules, outcomes: defaultOutcomeRule, complete: false, mostMalformed: 0 }
        const read = await importFile(path, { ...terms, file: path, format: 'k6-json', until: 'first-byte' })
        if (!read.ok || read.history.count !== copies * iterations) throw new Error('requests were lost')
      })
      const [duckdbMs, counted] = run(python, [join(folder, 'query.py'), path])
        .split(' ')
        .map(Number)
      if (counted !== copies * iterations) throw new Error(`DuckDB counted ${counted} requests`)
      const wcMs = await timed(async () => void run('wc', ['-l', path]))
      rows.push({ importMs, duckdbMs: duckdbMs as number, wcMs })
    }
    const ratio = median(rows.map(({ importMs, duckdbMs }) => importMs / duckdbMs))
    if (json) process.stdout.write(`${JSON.stringify({ copies, rows, ratio, load: loadavg() })}\n`)
    else {
      console.table(
        rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, ms]) => [name, Math.round(ms)])),
        ),
      )
      console.log(
        `${copies} copies of ${iterations} requests, on ${availableParallelism()} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}`,
      )
      console.log(
        `import against DuckDB, median of the rounds: ${ratio.toFixed(2)} (aim: at most 0.5, with the check)`,
      )
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeFile(folder: string, megabytes: number): Promise<{ path: string; copies: number }> {
  const k6 = await findK6()
  if (!k6.found) throw new Error(k6.message)
  const target = await spawnTarget()
  const once = join(folder, 'once.json')
  const scriptPath = join(folder, 'script.js')
  await writeFile(scriptPath, script(target.url))
  run(k6.path, ['run', '--quiet', '--out', `json=${once}`, scriptPath])
  await target.stop()
  const text = await readFile(once, 'utf8')
  const copies = Math.max(1, Math.min(24, Math.round((megabytes * 1e6) / text.length)))
  const path = join(folder, 'run.json')
  const file = createWriteStream(path)
  for (let copy = 0; copy < copies; copy++) {
    const later = (_: string, before: string, hour: string) =>
      before + String((Number(hour) + copy) % 24).padStart(2, '0')
    const written = text.replace(/("time":"[^"T]+T)(\d\d)/g, later)
    if (!file.write(written)) await new Promise<void>((resolve) => file.once('drain', () => resolve()))
  }
  await finished(file.end())
  return { path, copies }
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`)
  return stdout
}

async function timed(action: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await action()
  return performance.now() - started
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number
}

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '900' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const [megabytes, rounds] = [Number(values.megabytes), Number(values.rounds)] as [number, number]
if (![megabytes, rounds].every((n) => Number.isSafeInteger(n) && n > 0)) {
  process.stderr.write('expected whole numbers above 0 for --megabytes and --rounds\n')
  process.exit(2)
}
await bench(megabytes, rounds, values.json)
