/**
 * How often two runs of one and the same system are told apart, and how often a change is found: pairs of
 * simulated runs are compared as `onset compare` does. Latencies are log-normal, and their level drifts from
 * second to second (an autoregression of order 1 with φ = 0.6), as a machine's does that others use too. In a
 * pair each run has a drift of its own, and the second is slower by a factor. Told is what is said about any
 * of the percentiles 50, 90, 95 and 99.
 *
 *   node bench/compare.ts [--pairs 1000] [--seconds 120] [--per-second 20] [--changes 0,5,10,30]
 *                         [--margin 5] [--seed 42] [--json]
 *
 * Changes and the margin are in percent. The exit code is 1 where a change of no more than the margin is
 * called one more often than in 5 of 100 pairs.
 */
import { parseArgs } from 'node:util'
import { compareTwoRuns } from '../lib/compare/compare-two-runs.ts'
import { defaultQuestion } from '../lib/compare/index.ts'
import { type LatencySample, sampleOf } from '../lib/compare/latency-sample.ts'
import { seededRandom } from '../lib/simulate/index.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '120' },
    'per-second': { type: 'string', default: '20' },
    changes: { type: 'string', default: '0,5,10,30' },
    margin: { type: 'string', default: '5' },
    seed: { type: 'string', default: '42' },
    json: { type: 'boolean', default: false },
  },
})
const wrong: string[] = []
const pairs = number('--pairs', values.pairs, 1)
const seconds = number('--seconds', values.seconds, 1)
const perSecond = number('--per-second', values['per-second'], 1)
const margin = number('--margin', values.margin, 0)
const seed = number('--seed', values.seed, 0)
const changes = values.changes.split(',').map((each) => number('--changes', each, 0))
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`)
  process.exit(2)
}

function number(flag: string, given: string, least: number): number {
  const value = given.trim() === '' ? Number.NaN : Number(given)
  if (!(value >= least)) wrong.push(`${flag}: expected numbers from ${least}, got ${given}`)
  return value
}

/** How much a second's level hangs on the one before. */
const phi = 0.6
/** Standard deviations of logarithms: of the level, and of a request about it. */
const ofLevel = 0.15
const ofRequest = 0.35

interface Told {
  changePercent: number
  /** Shares of the pairs. */
  regressed: number
  noWorse: number
}

function simulatedRun(factor: number, random: () => number): LatencySample {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let level = gauss()
  return sampleOf(
    Array.from({ length: seconds }, () => {
      level = phi * level + Math.sqrt(1 - phi ** 2) * gauss()
      return Array.from(
        { length: perSecond },
        () => 10_000 * factor * Math.exp(ofLevel * level + ofRequest * gauss()),
      )
    }),
  )
}

function told(changePercent: number): Told {
  // Every change meets the same drifts.
  const random = seededRandom(seed)
  let regressed = 0
  let noWorse = 0
  for (let pair = 0; pair < pairs; pair++) {
    const runs = {
      base: simulatedRun(1, random),
      run: simulatedRun(1 + changePercent / 100, random),
    }
    const rows = compareTwoRuns([runs], { ...defaultQuestion, marginRatio: 1 + margin / 100, seed: pair })
    if (rows.some(({ verdict }) => verdict === 'regressed')) regressed++
    if (rows.some(({ verdict }) => verdict === 'no-worse')) noWorse++
  }
  return { changePercent, regressed: regressed / pairs, noWorse: noWorse / pairs }
}

const share = (of: number) => `${(100 * of).toFixed(1)} %`.padStart(11)
const found: Told[] = []
if (!values.json) {
  process.stdout.write(
    `${pairs} pairs of ${seconds} s at ${perSecond} requests a second, margin ${margin} %, seed ${seed}\n`,
  )
  process.stdout.write('  change   REGRESSED    NO WORSE\n')
}
for (const change of changes) {
  const row = told(change)
  found.push(row)
  if (values.json) continue
  process.stdout.write(`${`${change} %`.padStart(8)} ${share(row.regressed)} ${share(row.noWorse)}\n`)
}
if (values.json) {
  const circumstances = { pairs, seconds, perSecond, marginPercent: margin, seed }
  process.stdout.write(`${JSON.stringify({ ...circumstances, told: found }, undefined, 2)}\n`)
}
if (found.some(({ changePercent, regressed }) => changePercent <= margin && regressed > 0.05)) {
  process.stderr.write(
    'A change of no more than the margin was called one more often than in 5 of 100 pairs.\n',
  )
  process.exitCode = 1
}
