import type { CaseFile } from '../evidence/case-file.ts'
import { Demand } from '../evidence/evidence.ts'
import { hypotheses } from '../evidence/hypothesis.ts'

/** Windows are looked at up to so many times the spec's. */
export const widest = 4

/** At most so many suggestions are followed. */
const mostSuggestions = 10

/** Limits and windows that the beginnings and ends of refusals suggest. */
export function landmarks(
  file: CaseFile,
  limitIndex: number,
): { limits: Set<number>; windowsUs: Set<number> } {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const [hypothesis] = hypotheses(spec, file.surroundings(limitIndex))
  const limits = new Set<number>()
  const windowsUs = new Set<number>()
  if (!hypothesis) return { limits, windowsUs }
  for (const cell of file.cellsOfLimit(limitIndex)) {
    const { loUs, demand } = file.evidence(cell, hypothesis)
    const { admitted } = file.index(cell, hypothesis)
    const turns: number[] = []
    let sinceTurn = 0
    let refusing = false
    for (let i = 0; i < loUs.length; i++) {
      const us = loUs[i] as number
      if (demand[i] === Demand.refuse && !refusing) {
        limits.add(sinceTurn)
        limits.add(admitted.possiblyWithin(us - hypothesis.windowUs + 1, us))
        refusing = true
      } else if (demand[i] === Demand.admit || demand[i] === Demand.vacant) {
        if (refusing) {
          turns.push(us)
          sinceTurn = 0
        }
        refusing = false
        if (demand[i] === Demand.admit) sinceTurn++
      }
    }
    // Never refused again: as many is what a limit can be at least.
    if (!refusing) limits.add(sinceTurn)
    if (loUs.length > 0) turns.unshift(loUs[0] as number)
    // Entries of a log expire one by one: neighbouring turns say nothing new.
    const apart = turns.filter((us, k) => k === 0 || us - (turns[k - 1] as number) > hypothesis.windowUs / 20)
    for (const [k, from] of apart.entries()) {
      for (let later = k + 1; later < apart.length; later++) {
        const us = (apart[later] as number) - from
        // They ascend: what is too far off for one is so for all that follow.
        if (us >= widest * hypothesis.windowUs) break
        if (us > hypothesis.windowUs / 4) windowsUs.add(us)
      }
    }
  }
  limits.delete(0)
  return { limits, windowsUs }
}

/**
 * A few suggestions, apart from one another: the first ones, which come from the first onset and say
 * most, and some spread over all the others.
 */
export function few(values: ReadonlySet<number>, apart: number): number[] {
  const first = [...values].slice(0, mostSuggestions / 2)
  const others: number[] = []
  for (const value of [...values].sort((a, b) => a - b)) {
    const last = others.at(-1)
    if (last === undefined || value - last >= apart) others.push(value)
  }
  const room = Math.min(others.length, mostSuggestions - first.length)
  const step = room > 1 ? (others.length - 1) / (room - 1) : 0
  const spread = Array.from({ length: room }, (_, k) => others[Math.round(k * step)] as number)
  return [...new Set([...first, ...spread])]
}
