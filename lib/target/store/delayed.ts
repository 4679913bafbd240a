interface Job {
  dueMs: number
  bytes: number
  run: () => void
}

/** Work that is done in its order of arrival, once its delay has passed. */
export interface DelayedWork {
  /** Puts work at the end of the line. `bytes` is what it keeps in memory while it waits. */
  add(nowMs: number, bytes: number, run: () => void): void
  /** Does everything that is due. */
  advance(nowMs: number): void
}

/** What may wait at most; beyond it the oldest work is done early, so that nothing is lost. */
export const maxWaiting = { jobs: 100_000, bytes: 64 * 1024 * 1024 }

/**
 * A line in which everything waits equally long. It has no timer: it moves on when it is told the time,
 * which its owner does before every read.
 */
export function createDelayedWork(delayMs: number): DelayedWork {
  // What was done stays as an empty place at the front until there are as many of those as jobs.
  let jobs: (Job | undefined)[] = []
  let next = 0
  let bytes = 0

  function advance(nowMs: number): void {
    for (let job = jobs[next]; job; job = jobs[next]) {
      const isFull = jobs.length - next > maxWaiting.jobs || bytes > maxWaiting.bytes
      if (job.dueMs > nowMs && !isFull) break
      jobs[next++] = undefined
      bytes -= job.bytes
      job.run()
    }
    if (next >= 1_024 && next >= jobs.length / 2) {
      jobs = jobs.slice(next)
      next = 0
    }
  }

  return {
    add(nowMs, jobBytes, run) {
      jobs.push({ dueMs: nowMs + delayMs, bytes: jobBytes, run })
      bytes += jobBytes
      advance(nowMs)
    },
    advance,
  }
}
