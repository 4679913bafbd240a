import type { History } from '../history/index.ts'

/** Answered requests for each second in which requests were sent; NaN where none were. */
export function answersPerSecond(history: History): number {
  const seconds = new Set<number>()
  let answers = 0
  for (let row = 0; row < history.count; row++) {
    seconds.add(Math.floor((history.sentUs[row] as number) / 1e6))
    if (history.status[row] !== 0) answers++
  }
  return answers / seconds.size
}
