import { rankOf } from '../compare/quantile.ts'
import type { ClientCpu, Observation } from './observation.ts'

/** How the client fared at a rate. */
export interface ClientReport {
  /** Requests left so much later than they were due, in milliseconds. */
  lateness: { p50Ms: number; p99Ms: number; maxMs: number }
  /** The most that k6 used of the processor in one firing; `undefined` where the system does not say. */
  cpu?: ClientCpu
  /** Why the client was the bottleneck, a sentence each; empty where it was not. */
  troubles: string[]
}

/** Lateness beyond this share of the tightest bound is seen in what is measured. */
const latenessShare = 0.1
/** Without a bound on latency. */
const mostLatenessMs = 100
/** Beyond this share of the machine, what waits is the client. */
const machineShare = 0.9

/**
 * Was the client the bottleneck of a step?
 * @param tightestMs the tightest bound on latency, if there is one.
 */
export function clientReport(
  observations: readonly Observation[],
  tightestMs: number | undefined,
): ClientReport {
  const late = observations
    .flatMap(({ dueMs, sentMs }) => Array.from(sentMs, (ms, k) => Math.max(0, ms - (dueMs[k] as number))))
    .sort((one, other) => one - other)
  const at = (percentile: number) => late[rankOf(percentile, late.length)] ?? 0
  const lateness = { p50Ms: at(50), p99Ms: at(99), maxMs: late.at(-1) ?? 0 }
  const [cpu] = observations
    .flatMap((each) => each.cpu ?? [])
    .toSorted((one, other) => other.shareOfMachine - one.shareOfMachine)

  const troubles: string[] = []
  const mostMs = tightestMs === undefined ? mostLatenessMs : latenessShare * tightestMs
  if (lateness.p99Ms > mostMs) {
    troubles.push(
      `1 in 100 requests left ${lateness.p99Ms.toFixed(1)} ms late or later, where ${mostMs.toFixed(1)} ms would show in what is measured.`,
    )
  }
  if (cpu !== undefined && cpu.shareOfMachine > machineShare) {
    troubles.push(
      `k6 kept ${(100 * cpu.shareOfMachine).toFixed(0)} % of the machine's cores busy, more than ${100 * machineShare} %.`,
    )
  }
  return { lateness, ...(cpu && { cpu }), troubles }
}
