import type { Anchored, Counts } from './anchored.ts'
import { firstAnchor, now, origin, type Zone } from './zone.ts'

/** What a limiter asks of the instant of a decision: so long after its anchor, where it has one. */
export interface Asked {
  limiter: number
  leastUs: number
  mostUs: number
  /** The decision becomes the limiter's anchor. */
  anchors: boolean
}

/** One decision after others: what was decided, and what that asked. */
export interface Decision {
  before: Decision | undefined
  request: number
  asked: readonly Asked[]
}

/** Some decisions, in order, with all the instants at which they can have been made. */
export interface Line {
  /** The last of them. Where lines come from takes no more memory than this: zones are large. */
  last: Decision | undefined
  /** Those sent by the deadline that are not decided, ascending by when they can be at the earliest. */
  pending: readonly number[]
  /** The first request, by that, that is not sent by the deadline. */
  next: number
  /** By when the next decision has to be made. */
  deadlineUs: number
  /** How many are left that have to be decided. */
  left: number
  /** What each limiter has counted, and what it would have, had it counted all that it met. */
  counts: readonly Counts[]
  metUnits: readonly number[]
  zone: Zone
  /** Tells which requests are decided. */
  decided: number
  /** Tells what is counted. */
  counted: number
}

/**
 * Of many lines those to go on with: as many as can be that differ in what they will still know when all that
 * is under way now is decided, and of those that do not differ, the ones that leave most instants open. A line
 * that more instants lead to is the likelier for that, and the less likely to be stuck soon.
 */
export function chosenLines(lines: readonly Line[], width: number, models: readonly Anchored[]): Line[] {
  if (lines.length <= width) return [...lines]
  const byMemory = new Map<string, { line: Line; room: number }[]>()
  for (const line of lines) {
    const memory = memoryOf(line, models)
    const alike = byMemory.get(memory) ?? []
    byMemory.set(memory, alike)
    alike.push({ line, room: roomOf(line, models) })
  }
  const groups = [...byMemory.values()]
  for (const group of groups) group.sort((a, b) => b.room - a.room)
  groups.sort(([a], [b]) => (b?.room ?? 0) - (a?.room ?? 0))
  const chosen: Line[] = []
  for (let place = 0; chosen.length < width; place++) {
    for (const group of groups) {
      const one = group[place]
      if (one && chosen.length < width) chosen.push(one.line)
    }
  }
  return chosen
}

/** What limiters counted, but for what follows from which requests are decided. */
function memoryOf({ counts, metUnits }: Line, models: readonly Anchored[]): string {
  return models
    .map(({ memory }, limiter) => memory(counts[limiter] as Counts, metUnits[limiter] as number))
    .join(';')
}

/** How many instants are open for the last decision, and for the starts of windows: the logarithm. */
function roomOf({ zone }: Line, models: readonly Anchored[]): number {
  const widthUs = (instant: number) => 1 + zone.most(instant, origin) - zone.least(instant, origin)
  let room = Math.log(widthUs(now))
  for (const [limiter, { hasPhase }] of models.entries()) {
    if (hasPhase) room += Math.log(widthUs(firstAnchor + limiter))
  }
  return room
}
