import type { Algorithm, Limit } from '../spec/index.ts'

/**
 * So many a limit lets through at most within a window, however they come, whichever of its algorithms it is, and
 * were its own window shorter by its tolerance: no limit above that, on the same requests, is met within that window.
 */
export function mostThrough({ limit, window, tolerance, algorithm }: Limit, windowMs: number): number {
  const windows = windowMs / (window * (1 - tolerance))
  return Math.max(...algorithm.map((one) => Math.floor(limit * timesThrough[one](windows))))
}

/** At an edge all of one window and all of the next pass at once. */
const acrossEdges = (windows: number) => Math.ceil(windows) + 1
/** What is left of a bucket, and what flows in. */
const flowing = (windows: number) => windows + 1

/** How many times its limit each algorithm lets through at most within so many of its windows. */
const timesThrough: Record<Algorithm, (windows: number) => number> = {
  'fixed-window': acrossEdges,
  'first-hit-window': acrossEdges,
  'sliding-counter': acrossEdges,
  'sliding-log': Math.ceil,
  'token-bucket': flowing,
  gcra: flowing,
}
