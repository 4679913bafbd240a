/**
 * How many simulated histories of a limiter are judged in a second, and how many are compared with other limits
 * as well: `verifyLimiter` on correct limiters of 5 or 10 in a second, two keys, with the algorithm named and
 * with all windowed ones left open, without and with a latency on the way. All limiters answer at once, so that
 * what is measured is Onset. A tenth of the histories is compared.
 *
 *   node bench/limiter.ts [--histories 2000] [--json]
 *
 * The exit code is 1 where a correct limiter fails.
 */
import { parseArgs } from 'node:util'
import { createLimiter } from '../lib/limiters/index.ts'
import {
  type CreateLimiter,
  type LimitUnderTest,
  type VerifyOptions,
  verifyLimiter,
} from '../lib/simulate/limiter.ts'
import type { Algorithm } from '../lib/spec/index.ts'

const { values } = parseArgs({
  options: { histories: { type: 'string', default: '2000' }, json: { type: 'boolean', default: false } },
})
const histories = Number(values.histories)
if (!Number.isInteger(histories) || histories < 1) {
  process.stderr.write(`--histories: expected a whole number above 0, got ${values.histories}\n`)
  process.exit(2)
}

interface Measured {
  limiter: string
  latencyMs: number
  historiesPerSecond: number
  comparedPerSecond: number
  /** The share of those compared that nothing but the limit explains. */
  passed: number
}

const windowMs = 1_000
const cases: { algorithm: Algorithm; limit: number; promised?: 'any' }[] = [
  { algorithm: 'fixed-window', limit: 5 },
  { algorithm: 'sliding-log', limit: 10 },
  { algorithm: 'gcra', limit: 10 },
  { algorithm: 'fixed-window', limit: 5, promised: 'any' },
]

/** A model as somebody's limiter. */
function modelled(algorithm: Algorithm, limit: number): CreateLimiter {
  return () => {
    const model = createLimiter(algorithm, { limit, windowUs: windowMs * 1_000, phaseUs: 0 })
    const states = new Map<string, unknown>()
    return (key, cost, nowMs) => {
      const state = states.get(key) ?? model.init()
      const allowed = model.admits(state, nowMs * 1_000, cost)
      if (allowed) states.set(key, model.charge(state, nowMs * 1_000, cost))
      return allowed
    }
  }
}

const measured: Measured[] = []
for (const { algorithm, limit, promised = algorithm } of cases) {
  for (const latencyMs of [0, 20]) {
    const create = modelled(algorithm, limit)
    const limits: LimitUnderTest = { limit, windowMs, algorithm: promised }
    // Code that has not run yet is compiled first.
    await verifyLimiter(create, limits, { seed: 1, histories: 100, latencyMs })
    const { perSecond: historiesPerSecond } = await timed(create, limits, {
      histories,
      compared: 0,
      latencyMs,
    })
    const compared = Math.ceil(histories / 10)
    const { perSecond: comparedPerSecond, passed } = await timed(create, limits, {
      histories: compared,
      compared,
      latencyMs,
    })
    const limiter = `${algorithm} ${limit} in ${windowMs} ms${promised === 'any' ? ', judged as any' : ''}`
    measured.push({ limiter, latencyMs, historiesPerSecond, comparedPerSecond, passed: passed / compared })
  }
}

async function timed(
  create: CreateLimiter,
  limits: LimitUnderTest,
  options: VerifyOptions & { histories: number },
): Promise<{ perSecond: number; passed: number }> {
  const startedMs = performance.now()
  const result = await verifyLimiter(create, limits, { ...options, seed: 2 })
  const seconds = (performance.now() - startedMs) / 1_000
  if (!result.ok) {
    process.stderr.write(`${result.message}\n`)
    process.exit(1)
  }
  return { perSecond: Math.round(options.histories / seconds), passed: result.passed }
}

if (values.json) process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`)
else {
  const rows = [
    ['LIMITER', 'LATENCY', 'HISTORIES/S', 'COMPARED/S', 'PASSED'],
    ...measured.map(({ limiter, latencyMs, historiesPerSecond, comparedPerSecond, passed }) => [
      limiter,
      `${latencyMs} ms`,
      String(historiesPerSecond),
      String(comparedPerSecond),
      `${(100 * passed).toFixed(1)} %`,
    ]),
  ]
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  )
  for (const row of rows)
    console.log(
      row
        .map((cell, k) => cell.padEnd(widths[k] as number))
        .join('  ')
        .trimEnd(),
    )
}
