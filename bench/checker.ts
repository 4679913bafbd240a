/**
 * How fast histories are read and judged, how that grows, and in how much memory: each case in a
 * process of its own, so that its peak is its own, with its start-up code still cold, as in a command.
 * The histories are generated: a model of a limiter answers about so many requests at a time, and what
 * comes is written as a run writes it (bench/checker/history.ts). The file is in the system's cache when
 * it is read. The spec allows every windowed algorithm, and says nothing of where windows start.
 *
 * Beside it porcupine, a checker of linearizability, on the same histories of one fixed window for all
 * requests. What is compared is checking without reading. The two do not do the same: porcupine is told
 * the algorithm and where its windows start, and asked whether these can have given the answers; Onset
 * is told neither, finds them, and refutes the neighbouring limits besides. Porcupine is built with Go
 * from the module in bench/porcupine; without Go this part is left out, which is said.
 *
 *   node bench/checker.ts [--sizes 10000,100000,1000000,10000000] [--in-flight 10,50,500] [--seconds 60]
 *                         [--porcupine-sizes 1000,3000,10000,30000] [--memory-mb 4000] [--json]
 *
 * `--seconds` is how long one judging may take, and one checking by porcupine, which is also given so
 * much memory. Larger histories than one that took too long are only read. The other limiters are judged
 * in one size each, see `mostOfOthers`. The exit code is 1 where something could not be measured: a case
 * that took too long, or an answer that is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { limiters, type Traffic } from './checker/history.ts'
import { type Compared, compare, type Measured, measure } from './checker/measure.ts'
import { buildPorcupine } from './checker/porcupine.ts'
import { comparedRows, measuredRows, reachedAims } from './checker/report.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000,10000000' },
    'in-flight': { type: 'string', default: '10,50,500' },
    seconds: { type: 'string', default: '60' },
    'porcupine-sizes': { type: 'string', default: '1000,3000,10000,30000' },
    'memory-mb': { type: 'string', default: '4000' },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const memoryMb = Number(values['memory-mb'])
const sizes = wholeNumbers(values.sizes)
const inFlights = wholeNumbers(values['in-flight'])
const porcupineSizes = wholeNumbers(values['porcupine-sizes'])
if (
  ![seconds, memoryMb, ...sizes, ...inFlights, ...porcupineSizes].every((n) => Number.isInteger(n) && n > 0)
) {
  process.stderr.write('expected whole numbers above 0, separated by commas\n')
  process.exit(2)
}

/** Histories of other limiters are no larger than this: of one limit, and of two that share their requests. */
const mostOfOthers = { organization: 1_000_000, 'integration+organization': 100_000 } as const

const plain: Omit<Traffic, 'records' | 'inFlight'> = {
  limiter: 'fixed-window',
  scopes: 'organization',
  seed: 20_261_125,
}
const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'))
try {
  const measured: Measured[] = []
  const kinds = inFlights.map((inFlight) => ({ ...plain, inFlight }))
  for (const kind of kinds) measured.push(...(await growing(kind, sizes)))
  measured.push(...(await otherLimiters()))
  const { compared, left } = await besidePorcupine()
  tell(measured, compared, left)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** One kind of history in all sizes, which are judged until one takes too long. */
async function growing(kind: Omit<Traffic, 'records'>, ofSizes: readonly number[]): Promise<Measured[]> {
  const found: Measured[] = []
  for (const records of ofSizes.toSorted((a, b) => a - b)) {
    const tooSlow = found.some(({ unjudged }) => unjudged !== undefined)
    found.push(await measure(folder, { ...kind, records }, tooSlow ? 0 : seconds))
  }
  return found
}

/** The other limiters, and both limits, in the largest size that is not too large to be tried with all of them. */
async function otherLimiters(): Promise<Measured[]> {
  const inFlight = inFlights[inFlights.length >> 1]
  const found: Measured[] = []
  for (const scopes of ['organization', 'integration+organization'] as const) {
    const records = Math.max(...sizes.filter((size) => size <= mostOfOthers[scopes]))
    if (records < 0 || inFlight === undefined) continue
    for (const limiter of limiters) {
      if (limiter === plain.limiter && scopes === plain.scopes) continue
      found.push(await measure(folder, { ...plain, limiter, scopes, inFlight, records }, seconds))
    }
  }
  return found
}

/** With 10 and with 50 in flight, in growing sizes up to the first that porcupine cannot finish. */
async function besidePorcupine(): Promise<{ compared: Compared[]; left?: string }> {
  const built = buildPorcupine(folder)
  if ('why' in built) return { compared: [], left: built.why }
  const compared: Compared[] = []
  for (const inFlight of [10, 50]) {
    for (const records of porcupineSizes) {
      const one = await compare(folder, built.path, { ...plain, inFlight, records }, seconds, memoryMb)
      compared.push(one)
      if (one.porcupine.result !== 'Ok') break
    }
  }
  return { compared }
}

function tell(measured: readonly Measured[], compared: readonly Compared[], left?: string): void {
  const aims = reachedAims(measured, compared)
  const unjudged = [...measured, ...compared].filter((one) => one.unjudged !== undefined).length
  if (unjudged > 0) process.exitCode = 1
  const machine = `${cpus()[0]?.model ?? 'an unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ machine, measured, compared, porcupineLeftOut: left, aims })}\n`)
    return
  }
  console.log(`On ${machine}. Growth is the time of a record against that in the next smaller history.`)
  console.table(measuredRows(measured))
  if (left === undefined) {
    console.log(
      'Checking alone. Porcupine is told the algorithm and where its windows start; Onset finds both.',
    )
    console.table(comparedRows(compared))
  } else console.log(`Porcupine is left out: ${left}.`)
  console.table(aims)
  if (unjudged > 0) console.log(`${unjudged} histories were not judged within ${seconds} s each.`)
}

function wholeNumbers(listed: string): number[] {
  return listed.split(',').map(Number)
}
