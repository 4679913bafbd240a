import { rankOf } from '../compare/quantile.ts'
import type { ClientCpu, Observation } from './observation.ts'

/** How the client fared at a rate. */
export interface ClientReport {
  /** Requests left so much later than they were due, in milliseconds. */
  lateness: { p50Ms: number; p99Ms: number; maxMs: number }
  /** The share of requests that pauses of the client may have touched: they are not judged. */
  leftOut: number
  /** The most that k6 used of the processor in one firing; `undefined` where the system does not say. */
  cpu?: ClientCpu
  /** Why the client was the bottleneck, a sentence each; empty where it was not. */
  troubles: string[]
}

/** Lateness beyond this share of the tightest bound is seen in what is measured. */
const latenessShare = 0.1
/** Without a bound on latency. */
const mostLatenessMs = 100
/** Where pauses touch more than this share, the client is the bottleneck. */
const mostLeftOut = 0.5
/** Beyond this share of the machine, what waits is the client. */
const machineShare = 0.9

/**
 * Which requests no pause of the client can have touched: 1 or 0 each. Who sends late has paused from
 * when it was due. What was due within a bound before that may have been answered meanwhile, and measured
 * too long; what the pause has held up comes all at once, and takes the target as long again at the most.
 * Which requests these are depends on when they were due alone and not on what they met, so that leaving
 * them out favours neither claim.
 * @param tightestMs the tightest bound on latency; 0 where there is none.
 */
export function untouched(
  { dueMs, sentMs }: Pick<Observation, 'dueMs' | 'sentMs'>,
  tightestMs: number,
): Uint8Array {
  const limitMs = latenessLimitMs(tightestMs)
  const clean = new Uint8Array(dueMs.length).fill(1)
  let [from, until] = [0, 0]
  for (let late = 0; late < dueMs.length; late++) {
    const pauseMs = (sentMs[late] as number) - (dueMs[late] as number)
    if (pauseMs <= limitMs) continue
    const firstMs = (dueMs[late] as number) - tightestMs
    const lastMs = (sentMs[late] as number) + pauseMs
    while (from < dueMs.length && (dueMs[from] as number) < firstMs) from++
    until = Math.max(until, from)
    while (until < dueMs.length && (dueMs[until] as number) <= lastMs) clean[until++] = 0
  }
  return clean
}

/**
 * Was the client the bottleneck of a step?
 * @param tightestMs the tightest bound on latency; 0 where there is none.
 */
export function clientReport(observations: readonly Observation[], tightestMs: number): ClientReport {
  const late = observations
    .flatMap(({ dueMs, sentMs }) => Array.from(sentMs, (ms, k) => Math.max(0, ms - (dueMs[k] as number))))
    .sort((one, other) => one - other)
  const at = (percentile: number) => late[rankOf(percentile, late.length)] ?? 0
  const lateness = { p50Ms: at(50), p99Ms: at(99), maxMs: late.at(-1) ?? 0 }
  const clean = observations.reduce((sum, each) => sum + countOf(untouched(each, tightestMs)), 0)
  const leftOut = late.length === 0 ? 0 : 1 - clean / late.length
  const [cpu] = observations
    .flatMap((each) => each.cpu ?? [])
    .toSorted((one, other) => other.shareOfMachine - one.shareOfMachine)

  const troubles: string[] = []
  if (leftOut > mostLeftOut) {
    troubles.push(
      `Pauses of the client touched ${(100 * leftOut).toFixed(0)} % of the requests: it sent some more than ${latenessLimitMs(tightestMs)} ms late, which shows in what is measured.`,
    )
  }
  if (cpu !== undefined && cpu.shareOfMachine > machineShare) {
    troubles.push(
      `k6 kept ${(100 * cpu.shareOfMachine).toFixed(0)} % of the machine's cores busy, more than ${100 * machineShare} %.`,
    )
  }
  return { lateness, leftOut, ...(cpu && { cpu }), troubles }
}

function latenessLimitMs(tightestMs: number): number {
  return tightestMs === 0 ? mostLatenessMs : latenessShare * tightestMs
}

function countOf(marks: Uint8Array): number {
  return marks.reduce((sum, mark) => sum + mark, 0)
}
