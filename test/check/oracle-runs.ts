import { type Limit, specSchema } from '../../lib/spec/index.ts'

/**
 * How many histories one test compares with brute force: its share of 100,000, or of as many as
 * ONSET_ORACLE_RUNS says. ONSET_SEED draws the same ones again.
 */
export function oracleRuns(share: number): { runs: number; seed: number } {
  const runs = Math.ceil(Number(process.env.ONSET_ORACLE_RUNS ?? 100_000) * share)
  const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000_000)
  console.log(`against brute force: ${runs} histories a test, seed ${seed} (ONSET_SEED replays them)`)
  return { runs, seed }
}

/** Limits of a spec, with windows of a few microseconds. */
export function shortWindows(limits: readonly Record<string, unknown>[], windowUs: number): Limit[] {
  const named = limits.map((limit, k) => ({ name: `limit ${k + 1}`, window: '1s', ...limit }))
  return specSchema.parse({ limits: named }).limits.map((limit) => ({ ...limit, window: windowUs / 1000 }))
}
