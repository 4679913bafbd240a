import { orderOf } from './order.ts'

/** How a count against a limit goes. */
export type CountRule =
  /** What was let through within one window back. */
  | { kind: 'within'; windowUs: number }
  /** What was let through since the window started, one of those that are given. */
  | { kind: 'windows'; windows: readonly Window[] }

/** A window of which it is known from when to when it can have started, and ended. */
export interface Window {
  startUs: readonly [number, number]
  endUs: readonly [number, number]
}

/** Requests that may use up a limit, with the interval in which each was decided. */
export interface Counted {
  loUs: Float64Array
  hiUs: Float64Array
  /** Units that it surely uses up: 0 where it may not have been let through. */
  surely: Float64Array
  /** Units that it possibly uses up. */
  possibly: Float64Array
}

/** A line of steps: from each instant on the value that stands beside it. */
export interface Steps {
  us: Float64Array
  value: Float64Array
}

/** What was surely and what was possibly counted, at each instant. */
export interface CountLines {
  surely: Steps
  possibly: Steps
}

/**
 * Counts what was let through, as far as a client can know it. A request counts surely from the last
 * instant at which it can have been decided, and possibly from the first; it stops to count surely as soon
 * as its window can have ended, and possibly when that window has ended for certain. Pure.
 */
export function countLines(counted: Counted, rule: CountRule): CountLines {
  return rule.kind === 'within' ? countedWithin(counted, rule.windowUs) : countedSince(counted, rule.windows)
}

function countedWithin({ loUs, hiUs, surely, possibly }: Counted, windowUs: number): CountLines {
  const sure = createChanges(loUs.length)
  const maybe = createChanges(loUs.length)
  for (let k = 0; k < loUs.length; k++) {
    const lo = loUs[k] as number
    const hi = hiUs[k] as number
    sure.add(hi, lo + windowUs, surely[k] as number)
    maybe.add(lo, hi + windowUs, possibly[k] as number)
  }
  return { surely: sure.steps(), possibly: maybe.steps() }
}

function countedSince({ loUs, hiUs, surely, possibly }: Counted, windows: readonly Window[]): CountLines {
  const sure = createChanges(loUs.length)
  const maybe = createChanges(loUs.length)
  for (let k = 0; k < loUs.length; k++) {
    const lo = loUs[k] as number
    const hi = hiUs[k] as number
    for (let w = firstEndingAfter(windows, lo); w < windows.length; w++) {
      const { startUs, endUs } = windows[w] as Window
      if (startUs[0] > hi) break
      if (lo >= startUs[1] && hi < endUs[0]) sure.add(hi, endUs[0], surely[k] as number)
      maybe.add(Math.max(lo, startUs[1]), endUs[1], possibly[k] as number)
    }
  }
  return { surely: sure.steps(), possibly: maybe.steps() }
}

/** The first window that has not ended for certain at an instant. */
function firstEndingAfter(windows: readonly Window[], us: number): number {
  let low = 0
  let high = windows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((windows[middle] as Window).endUs[1] > us) high = middle
    else low = middle + 1
  }
  return low
}

/** Collects by how much a count changes when. */
function createChanges(expected: number) {
  let us = new Float64Array(2 * expected + 2)
  let by = new Float64Array(us.length)
  let count = 0
  const push = (atUs: number, units: number) => {
    if (count === us.length) {
      us = grown(us)
      by = grown(by)
    }
    us[count] = atUs
    by[count++] = units
  }
  return {
    add(fromUs: number, untilUs: number, units: number) {
      if (units === 0 || untilUs <= fromUs) return
      push(fromUs, units)
      push(untilUs, -units)
    },
    steps(): Steps {
      const times = us.subarray(0, count)
      const steps: Steps = { us: new Float64Array(count), value: new Float64Array(count) }
      let length = 0
      let value = 0
      for (const index of orderOf(times)) {
        const atUs = times[index] as number
        value += by[index] as number
        if (length > 0 && steps.us[length - 1] === atUs) steps.value[length - 1] = value
        else {
          steps.us[length] = atUs
          steps.value[length++] = value
        }
      }
      return { us: steps.us.subarray(0, length), value: steps.value.subarray(0, length) }
    },
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2)
  larger.set(column)
  return larger
}

/** How many steps are at or before an instant: the value then is that of the last of them. */
export function stepsUntil({ us }: Steps, atUs: number): number {
  let low = 0
  let high = us.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((us[middle] as number) <= atUs) low = middle + 1
    else high = middle
  }
  return low
}

/** The value of a line of steps at an instant; 0 before its first step. */
export function valueAt(steps: Steps, atUs: number): number {
  return steps.value[stepsUntil(steps, atUs) - 1] ?? 0
}

/** The least and the greatest value of a line of steps between two instants, both included. */
export function rangeWithin(steps: Steps, fromUs: number, toUs: number): { least: number; most: number } {
  let least = valueAt(steps, fromUs)
  let most = least
  const end = stepsUntil(steps, toUs)
  for (let k = stepsUntil(steps, fromUs); k < end; k++) {
    least = Math.min(least, steps.value[k] as number)
    most = Math.max(most, steps.value[k] as number)
  }
  return { least, most }
}

/** The windows that start at a phase, over a span: one a window's length. */
export function alignedWindows(
  phaseUs: readonly [number, number],
  windowUs: number,
  fromUs: number,
  toUs: number,
): Window[] {
  const first = Math.floor((fromUs - phaseUs[1]) / windowUs)
  const last = Math.ceil((toUs - phaseUs[0]) / windowUs)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => {
    const startUs = [phaseUs[0] + (first + k) * windowUs, phaseUs[1] + (first + k) * windowUs] as const
    return { startUs, endUs: [startUs[0] + windowUs, startUs[1] + windowUs] as const }
  })
}

/**
 * The windows that open at the first request that is let through after the last one ended, as far as a
 * client can know: rows in order of `loUs`.
 */
export function firstHitWindows({ loUs, hiUs, surely }: Counted, windowUs: number): Window[] {
  const windows: Window[] = []
  let endLo = Number.NEGATIVE_INFINITY
  let endHi = Number.NEGATIVE_INFINITY
  for (let k = 0; k < loUs.length; k++) {
    if (surely[k] === 0 || (hiUs[k] as number) < endLo) continue
    const lo = Math.max(loUs[k] as number, endLo)
    // Whatever was surely let through after the last window can have opened this one, until the first did.
    let hi = Number.POSITIVE_INFINITY
    let next = k
    for (; next < loUs.length && (loUs[next] as number) <= hi; next++) {
      const isAfter = surely[next] !== 0 && (loUs[next] as number) >= endHi
      if (isAfter) hi = Math.min(hi, hiUs[next] as number)
    }
    if (hi === Number.POSITIVE_INFINITY) hi = hiUs[k] as number
    windows.push({ startUs: [lo, Math.max(lo, hi)], endUs: [lo + windowUs, Math.max(lo, hi) + windowUs] })
    ;[endLo, endHi] = (windows.at(-1) as Window).endUs
  }
  return windows
}
