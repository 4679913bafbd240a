import { bringsWholeUnits, type Limit } from '../../spec/index.ts'
import type { Grid } from '../../tune/index.ts'
import type { OptionReader } from '../options/option-reader.ts'

/**
 * Limits to try that a bucket of the spec cannot be refilled by, at its `refillEvery`, are noted: it would take
 * in a part of a unit each time, which no spec can state, or more than it holds.
 */
export function checkRefills(reader: OptionReader, grid: Grid, today: readonly Limit[]): void {
  for (const limit of today) {
    if (limit.refillEvery === undefined) continue
    if (limit.scope === grid.scope && grid.algorithms.some((each) => isBucketWith(limit, each))) {
      for (const windowMs of grid.windowsMs) checkRefill(reader, limit, grid.limits, windowMs)
    }
    const beside = grid.beside?.find(({ scope }) => scope === limit.scope)
    if (beside && isBucketWith(limit, limit.algorithm[0])) {
      checkRefill(reader, limit, beside.limits, limit.window)
    }
  }
}

/** Limits that are close to some, and that the buckets of a limit can be refilled by. */
export function refillable(limits: readonly number[], { window, algorithm, refillEvery }: Limit): number[] {
  const step = algorithm.includes('token-bucket') ? stepOf(window, refillEvery) : 1
  return limits.map((limit) => Math.max(1, Math.round(limit / step)) * step)
}

/** If a limit that allows some algorithms is to be enforced by one: will its spec still speak of buckets? */
function isBucketWith({ algorithm }: Limit, tried: Limit['algorithm'][number] | undefined): boolean {
  if (tried === undefined) return false
  return algorithm.includes(tried) ? algorithm.includes('token-bucket') : tried === 'token-bucket'
}

function checkRefill(reader: OptionReader, of: Limit, limits: readonly number[], windowMs: number): void {
  const refillMs = of.refillEvery as number
  const what = `${of.scope}: the spec has refillEvery ${refillMs}ms`
  if (refillMs > windowMs) {
    reader.complain(
      `${what}, which would bring more than a bucket of ${windowMs}ms holds: try longer windows, or change it`,
    )
    return
  }
  const partial = limits.filter((limit) => limit > 0 && !bringsWholeUnits(limit, windowMs, refillMs))
  if (partial.length === 0) return
  const step = stepOf(windowMs, refillMs)
  const hint = step === 1 ? 'change it' : `try multiples of ${step}, or change it`
  reader.complain(
    `${what}, which brings no whole units of ${partial.join(', ')} in ${windowMs}ms each time: ${hint}`,
  )
}

/** The least limit of which a refill brings whole units. */
function stepOf(windowMs: number, refillMs: number | undefined): number {
  if (refillMs === undefined) return 1
  for (let brings = 1; brings * windowMs <= 10_000_000 * refillMs; brings++) {
    const step = (brings * windowMs) / refillMs
    if (Number.isInteger(step)) return step
  }
  return 1
}
