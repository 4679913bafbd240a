import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** What processes have used of the processor over a stretch of time. */
export interface CpuUse {
  /** User and system time of all their threads. */
  cpuSeconds: number
  /** The stretch, by the clock on the wall. */
  overMs: number
  /** 1 is one core, all the time; above that where several cores were used. */
  shareOfCore: number
  /** 1 is all cores of the machine that may be used. */
  shareOfMachine: number
}

/** Linux reports CPU time in hundredths of a second to every program, whatever the kernel counts in. */
const ticksPerSecond = 100

/**
 * The CPU time that a process has used since it began: fields 14 and 15 of `/proc/PID/stat` (proc(5)).
 * @returns `undefined` where there is no such file: on other systems, and when the process has ended.
 */
export function cpuSecondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name, in which anything may stand.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isFinite(ticks) ? ticks / ticksPerSecond : undefined
  } catch {
    return undefined
  }
}

/** Measures what one process uses, from the first look to the last at which it was still there. */
export interface CpuMeter {
  look(nowMs: number): void
  /** `undefined` where it cannot be told. */
  readonly use: CpuUse | undefined
}

/** @param cpuSeconds the CPU time that the process has used so far, if it can be told. */
export function createCpuMeter(
  cpuSeconds: () => number | undefined,
  cores: number = availableParallelism(),
): CpuMeter {
  let first: { atMs: number; seconds: number } | undefined
  let last = first
  return {
    look(nowMs) {
      const seconds = cpuSeconds()
      if (seconds === undefined) return
      last = { atMs: nowMs, seconds }
      first ??= last
    },
    get use() {
      if (!first || !last || last.atMs <= first.atMs) return undefined
      return cpuUse(last.seconds - first.seconds, last.atMs - first.atMs, cores)
    },
  }
}

/** What several processes used over the same time. */
export function usedTogether(
  uses: readonly CpuUse[],
  cores: number = availableParallelism(),
): CpuUse | undefined {
  if (uses.length === 0) return undefined
  const overMs = Math.max(...uses.map((use) => use.overMs))
  return cpuUse(
    uses.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    overMs,
    cores,
  )
}

function cpuUse(cpuSeconds: number, overMs: number, cores: number): CpuUse {
  const shareOfCore = cpuSeconds / (overMs / 1000)
  return { cpuSeconds, overMs, shareOfCore, shareOfMachine: shareOfCore / cores }
}
